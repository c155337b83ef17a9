"""Photographs and scans handed in as JPEG or PNG: whole, of a sane size, and no bombs. Pure.

The structure is walked and nothing is decoded: that would take the memory a bomb is after.
Phones append things to a JPEG (a second picture, a short film), so bytes behind its end are
no fault; a PNG ends where it says it does.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from issuer.application_errors import (
    DocumentBombError,
    DocumentTooLargeError,
    DocumentUnreadableError,
)
from issuer.inflating import inflated_size

MAX_PIXELS: Final = 64_000_000
"""A phone's photograph has 12 to 50 million, an A4 page scanned at 600 dpi has 35."""
MAX_SIDE: Final = 20_000
"""Pixels of width or height."""
MAX_NOTE_BYTES: Final = 4 * 1024 * 1024
"""What a compressed note or colour profile inside a picture may unpack to."""
MAX_SCANS: Final = 64
"""Passes over a progressive JPEG; encoders make a dozen, and each costs a reader as much."""
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel, by PNG colour type."""
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""First column and row, and the steps, of the seven passes of an interlaced PNG."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that give the size."""
_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"


def check_png(data: bytes) -> None:
    """Raises a ``DocumentError`` for a PNG that is not whole, too large or a bomb."""
    chunks = _chunks(data)
    expected = _pixel_bytes(*next(chunks, (b"", b"")))
    packed = bytearray()
    for name, content in chunks:
        if name == b"IDAT":
            packed += content
        elif name in (b"zTXt", b"iTXt", b"iCCP"):
            _check_note(name, content)
    pixels = inflated_size(bytes(packed), cap=expected)
    if pixels.size > expected:
        raise _bomb()
    if pixels.size < expected or not pixels.whole:
        raise _unreadable("the picture is damaged or cut off")


def check_jpeg(data: bytes) -> None:
    """Raises a ``DocumentError`` for a JPEG that is not whole, too large or a bomb."""
    at, sized = 2, False
    while (segment := _segment(data, at)) is not None:
        marker, content, at = segment
        if marker in _FRAMES and len(content) >= 5:
            _check_size(
                int.from_bytes(content[3:5], "big"), height=int.from_bytes(content[1:3], "big")
            )
            sized = True
        if marker == _SCAN:
            break
    # In the packed data behind it these two bytes are nothing but the end's marker.
    end = data.find(_END, at)
    if not sized or end < 0:
        raise _unreadable("the picture is cut off or damaged")
    if data.count(b"\xff\xda", at, end) > MAX_SCANS:
        raise _bomb()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = 8, b""
    while name != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        if len(checksum) != 4 or zlib.crc32(name + content) != int.from_bytes(checksum, "big"):
            raise _unreadable("the picture is damaged or cut off")
        yield name, content
        at += 12 + length
    if at != len(data):
        raise _unreadable("the picture goes on behind its end")


def _pixel_bytes(name: bytes, header: bytes) -> int:
    """How many bytes the lines of the picture take, each with its filter's byte."""
    if name != b"IHDR" or len(header) != 13 or header[9] not in _CHANNELS:
        raise _unreadable("the picture does not begin with its size")
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    _check_size(width, height=height)
    bits = header[8] * _CHANNELS[header[9]]
    if not header[12]:
        return _lines(width, height, bits)
    return sum(
        _lines(-((left - width) // step_x), -((top - height) // step_y), bits)
        for left, top, step_x, step_y in _PASSES
    )


def _lines(width: int, height: int, bits: int) -> int:
    return height * (1 + (width * bits + 7) // 8) if width > 0 and height > 0 else 0


def _check_note(name: bytes, content: bytes) -> None:
    _, _, rest = content.partition(b"\0")
    if name == b"iTXt":
        if rest[:1] != b"\1":
            return  # not compressed
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        packed = rest[1:]
    if inflated_size(packed, cap=MAX_NOTE_BYTES).size > MAX_NOTE_BYTES:
        raise _bomb()


def _segment(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """Marker, content and where the next one begins; None where no segment begins."""
    while data[at : at + 2] == b"\xff\xff":
        at += 1  # filling bytes
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    content = data[at + 4 : at + 2 + length]
    if data[at : at + 1] != b"\xff" or length < 2 or len(content) != length - 2:
        return None
    return data[at + 1], content, at + 2 + length


def _check_size(width: int, *, height: int) -> None:
    if not (width and height):
        raise _unreadable("the picture has no size")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise DocumentTooLargeError(
            f"the picture has {width} times {height} pixels, "
            f"more than {MAX_PIXELS // 1_000_000} million or {MAX_SIDE} on a side",
            remedy="Photograph or scan it at a lower resolution.",
        )


def _bomb() -> DocumentBombError:
    return DocumentBombError(
        "the picture unpacks to far more than its size says",
        remedy="Take a new photograph of the paper, and hand that in.",
    )


def _unreadable(detail: str) -> DocumentUnreadableError:
    return DocumentUnreadableError(
        detail, remedy="Take the photograph again, or save the file anew."
    )
