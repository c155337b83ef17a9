"""PDF documents handed in: whole, not locked, not acting by themselves, and no bombs. Pure.

The file is searched, not rendered. Names may be spelled with hexadecimal escapes, and objects
may lie packed in streams of their own, so both are undone before names are looked for; a
stream of objects packed in a way that cannot be undone here is refused. What a stream says of
itself is not believed: readers find their way to it by other tables, so each is unpacked if it
can be, whatever its dictionary names. What readers make of the file is theirs: the officer's
page hands it out as a download.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from issuer.application_errors import (
    DocumentBombError,
    DocumentTooLargeError,
    DocumentUnreadableError,
    DocumentUnsafeError,
)
from issuer.inflating import inflated, inflated_size

MAX_PAGES: Final = 100
MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
"""All that the file's streams may unpack to: ten A4 pages in colour at 300 dpi, unpacked."""
MAX_OBJECTS_BYTES: Final = 16 * 1024 * 1024
"""What one stream of objects may unpack to."""
MAX_STREAMS: Final = 10_000
MAX_IMAGE_PIXELS: Final = 100_000_000
_DICTIONARY_BYTES: Final = 8 * 1024
"""How far before its stream a dictionary is looked for."""
_END_BYTES: Final = 1024
"""Readers look for the end mark in the last kilobyte."""

_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_OBJECTS: Final = re.compile(rb"/ObjStm(?![A-Za-z])")
# Without these two no reader finds the objects, whatever the type says.
_OBJECT_KEYS: Final = (re.compile(rb"/N(?![A-Za-z])"), re.compile(rb"/First(?![A-Za-z])"))
_IMAGE: Final = re.compile(rb"/Subtype\s*/Image(?![A-Za-z])")
_SIDE: Final = re.compile(rb"/(?:Width|Height)\s+(\d{1,9})(?!\d)")
_LOCKED: Final = re.compile(rb"/Encrypt(?![A-Za-z])")
_FILTER: Final = re.compile(rb"/Filter(?![A-Za-z])\s*(\[[^\]]*\]|/\w+)?")
_DEFLATED: Final = re.compile(rb"/(?:FlateDecode|Fl)(?![A-Za-z])")
_PACKED: Final = re.compile(rb"/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z])")
_PREDICTOR: Final = re.compile(rb"/Predictor\s+(?:[2-9]|1\d)")
# A script, a program to be started, a form to be sent, a file inside, a way to another file.
_ACTS: Final = re.compile(
    rb"/(?:JavaScript|Launch|SubmitForm|ImportData|EmbeddedFiles?|RichMedia|GoToR|GoToE)"
    rb"(?![A-Za-z])"
)
# Too short to be looked for in packed data, where it turns up by chance.
_FORM: Final = re.compile(rb"/(?:XFA|JS)(?![A-Za-z])")


_OVERLAP: Final = 32
"""Bytes of one piece that are looked at again with the next, longer than any name above."""
_DIGITS: Final = re.compile(rb"\s*\d+\s+\d+\s")
"""How objects packed in a stream begin."""
_MIN_NESTED_BYTES: Final = 1024
"""What unpacks to so much once more was packed twice, and is no picture that looks like it."""


class _Stream(Struct, frozen=True):
    before: bytes
    """All between the stream before and this one, as far as it is looked at."""
    dictionary: bytes
    content: bytes


class _Watch:
    """Looks at what comes out of a stream for what acts, also across its pieces."""

    def __init__(self) -> None:
        self.head = b""
        self._last = b""

    def __call__(self, piece: bytes) -> None:
        self.head = self.head or piece
        seen = self._last + piece
        _refuse_acts(_plain(seen) if b"#" in seen else seen, _ACTS)
        self._last = seen[-_OVERLAP:]


def check_pdf(data: bytes) -> None:
    """Raises a ``DocumentError`` for a PDF that is not whole, locked, acts or is a bomb."""
    if b"%%EOF" not in data[-_END_BYTES:]:
        raise _unreadable("the file is cut off: its end is missing")
    plain = _plain(data)
    if _LOCKED.search(plain):
        raise _unreadable("the file is locked by a password")
    _refuse_acts(plain, _ACTS)
    pages, left = len(_PAGE.findall(plain)), MAX_UNPACKED_BYTES
    for number, stream in enumerate(_streams(data)):
        left -= _unpacked_size(stream, left)
        if left < 0 or number >= MAX_STREAMS:
            raise DocumentBombError(
                f"the file unpacks to more than {MAX_UNPACKED_BYTES // 1024 // 1024} MB "
                f"or has more than {MAX_STREAMS} parts",
                remedy="Scan it at a lower resolution, or hand in fewer pages at once.",
            )
        _check_image(stream.dictionary)
        pages += _pages_within(stream)
    _check_pages(pages)


def _plain(data: bytes) -> bytes:
    """With the escapes in names undone."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def _streams(data: bytes) -> Iterator[_Stream]:
    at = 0
    while found := _STREAM.search(data, at):
        # Never `.*?` over the file: a file made for it would take hours.
        first = max(at, found.start() - _DICTIONARY_BYTES)
        begin = data.rfind(b"obj", first, found.start())
        if begin < 0 < first - at:
            raise _unsafe("a part of the file is described so that it cannot be checked")
        at = data.find(b"endstream", found.end())
        if at < 0:
            raise _unreadable("the file is cut off: a part of it does not end")
        yield _Stream(
            before=_plain(data[first : found.start()]),
            dictionary=_plain(data[max(first, begin) : found.start()]),
            content=data[found.end() : at],
        )


def _unpacked_size(stream: _Stream, left: int) -> int:
    filters = _filters(stream)
    if len(_PACKED.findall(filters)) > 1:
        raise _packed_again()
    # A stream that does not unpack is a reader's own trouble, unless objects lie in it.
    watch = _Watch()
    size = inflated_size(stream.content, cap=left, see=watch).size
    if inflated_size(watch.head, cap=_MIN_NESTED_BYTES).size > _MIN_NESTED_BYTES:
        raise _packed_again()
    return max(size, len(stream.content))


def _pages_within(stream: _Stream) -> int:
    """Pages among the objects packed in a stream, where such lie there and none acts."""
    keys = all(key.search(stream.dictionary) for key in _OBJECT_KEYS)
    if not keys and not _OBJECTS.search(stream.before):
        return 0
    filters = _filters(stream)
    undone: bytes | None = stream.content
    if filters:
        only_deflated = _DEFLATED.fullmatch(filters.strip(b"[] \r\n\t"))
        readable = only_deflated and not _PREDICTOR.search(stream.dictionary)
        undone = inflated(stream.content, cap=MAX_OBJECTS_BYTES) if readable else None
    elif not _DIGITS.match(stream.content) and not stream.content.lstrip().startswith(b"<<"):
        undone = inflated(stream.content, cap=MAX_OBJECTS_BYTES)
    if undone is None or len(undone) >= MAX_OBJECTS_BYTES:
        raise _unsafe("a part of the file is packed so that it cannot be checked")
    objects = _plain(undone)
    _refuse_acts(objects, _ACTS)
    _refuse_acts(objects, _FORM)
    return len(_PAGE.findall(objects))


def _filters(stream: _Stream) -> bytes:
    found = _FILTER.search(stream.dictionary)
    if found and found[1] is None:
        raise _unsafe("a part of the file is packed so that it cannot be checked")
    return found[1] if found else b""


def _check_image(dictionary: bytes) -> None:
    sides = [int(side) for side in _SIDE.findall(dictionary)]
    if _IMAGE.search(dictionary) and len(sides) == 2 and sides[0] * sides[1] > MAX_IMAGE_PIXELS:
        raise DocumentTooLargeError(
            f"a picture in the file has {sides[0]} times {sides[1]} pixels, "
            f"more than {MAX_IMAGE_PIXELS // 1_000_000} million",
            remedy="Scan it at a lower resolution.",
        )


def _check_pages(pages: int) -> None:
    if not pages:
        raise _unreadable("the file has no page")
    if pages > MAX_PAGES:
        raise DocumentTooLargeError(
            f"the file has {pages} pages, more than {MAX_PAGES}",
            remedy="Hand in the pages that prove it.",
        )


def _refuse_acts(text: bytes, names: re.Pattern[bytes]) -> None:
    if found := names.search(text):
        raise _unsafe(f"the file acts when it is opened ({found[0][1:].decode('ascii')})")


def _packed_again() -> DocumentBombError:
    return DocumentBombError(
        "a part of the file is packed several times over",
        remedy="Print the document to a new PDF, or photograph it.",
    )


def _unsafe(detail: str) -> DocumentUnsafeError:
    return DocumentUnsafeError(detail, remedy="Print the document to a new PDF, or photograph it.")


def _unreadable(detail: str) -> DocumentUnreadableError:
    return DocumentUnreadableError(
        detail, remedy="Open it, print it to a new PDF without a password, and hand that in."
    )
