"""Photographs: real ones of every make are taken, cut-off ones, giants and bombs are not."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from issuer.application_errors import (
    DocumentBombError,
    DocumentError,
    DocumentTooLargeError,
    DocumentUnreadableError,
)
from issuer.picture_checks import check_jpeg, check_png


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = (37, 23), **how: Any) -> bytes:
    target = BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(target, kind, **how)
    return target.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + name + content + checksum


def png(
    width: int, height: int, pixels: bytes, *more: bytes, depth: int = 8, kind: int = 0
) -> bytes:
    """A grey PNG with whatever pixels."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, kind, 0, 0, 0])
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *more,
            chunk(b"IDAT", zlib.compress(pixels)),
            chunk(b"IEND", b""),
        )
    )


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def jpeg(width: int, height: int, *, scans: int = 1) -> bytes:
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00" * 4
    return b"\xff\xd8" + segment(0xC0, frame) + scan * scans + b"\xff\xd9"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_kind_are_taken(mode: str) -> None:
    check_png(saved("PNG", "L" if mode == "I;16" else mode))
    if mode == "I;16":
        target = BytesIO()
        Image.new("I;16", (5, 7), 300).save(target, "PNG")
        check_png(target.getvalue())


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (8, 8), (9, 17)])
def test_interlaced_pngs_are_measured_pass_by_pass(width: int, height: int) -> None:
    lines = sum(
        (-((top - height) // down)) * (1 + -((left - width) // right))
        for left, top, right, down in [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ]
        if left < width and top < height
    )
    whole = bytearray(png(width, height, bytes(lines)))
    whole[28] = 1  # interlaced
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")

    check_png(bytes(whole))
    Image.open(BytesIO(whole)).load()


@pytest.mark.parametrize(
    "how",
    [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}, {"optimize": True}],
    ids=str,
)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpegs_of_every_kind_are_taken(mode: str, how: dict[str, Any]) -> None:
    check_jpeg(saved("JPEG", mode, **how))


def test_a_jpeg_of_a_phone_with_its_notes_and_what_it_appends() -> None:
    exif = Image.Exif()
    exif[0x010F] = "示范手机"
    picture = saved("JPEG", exif=exif, comment=b"demonstration", size=(400, 300))

    check_jpeg(picture)
    check_jpeg(picture + saved("JPEG"))
    check_jpeg(picture + b"\x00" * 1000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_is_cut_off_anywhere_is_refused(kind: str) -> None:
    whole, check = saved(kind), check_png if kind == "PNG" else check_jpeg
    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(DocumentUnreadableError) as refused:
            check(whole[:end])
        assert refused.value.remedy


@pytest.mark.parametrize("at", [20, 40, 60, 200])
def test_a_png_with_a_changed_byte_is_refused(at: int) -> None:
    whole = bytearray(saved("PNG"))
    whole[at] ^= 1

    with pytest.raises(DocumentError):
        check_png(bytes(whole))


def test_a_png_goes_no_further_than_its_end() -> None:
    with pytest.raises(DocumentUnreadableError, match="behind its end"):
        check_png(saved("PNG") + b"x")


@pytest.mark.parametrize(
    ("width", "height"), [(20_001, 1), (1, 20_001), (9_000, 9_000), (2**31, 2**31)]
)
def test_giants_are_refused_before_anything_is_unpacked(width: int, height: int) -> None:
    with pytest.raises(DocumentTooLargeError, match="pixels"):
        check_png(png(width, height, b""))
    if max(width, height) < 2**16:
        with pytest.raises(DocumentTooLargeError, match="pixels"):
            check_jpeg(jpeg(width, height))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0)])
def test_a_picture_without_a_size_is_none(width: int, height: int) -> None:
    with pytest.raises(DocumentUnreadableError, match="no size"):
        check_png(png(width, height, b""))
    with pytest.raises(DocumentUnreadableError, match="no size"):
        check_jpeg(jpeg(width, height))


def test_a_png_that_unpacks_to_more_than_it_says_is_a_bomb() -> None:
    with pytest.raises(DocumentBombError):
        check_png(png(10, 10, bytes(50_000_000)))
    with pytest.raises(DocumentUnreadableError, match="damaged"):
        check_png(png(10, 10, bytes(109)))


@pytest.mark.parametrize(
    ("name", "before"),
    [
        (b"zTXt", b"Comment\0\0"),
        (b"iCCP", b"profile\0\0"),
        (b"iTXt", b"Comment\0\1\0en\0Bemerkung\0"),
    ],
)
def test_a_note_in_a_png_is_no_place_for_a_bomb(name: bytes, before: bytes) -> None:
    def with_note(size: int) -> bytes:
        return png(10, 10, bytes(110), chunk(name, before + zlib.compress(bytes(size))))

    check_png(with_note(100_000))
    with pytest.raises(DocumentBombError):
        check_png(with_note(5_000_000))


def test_ordinary_notes_in_a_png_do_no_harm() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "示范" * 50, zip=True)
    notes.add_itxt("Title", "示范", zip=False)

    check_png(saved("PNG", pnginfo=notes))


def test_a_jpeg_of_endless_scans_is_a_bomb() -> None:
    check_jpeg(jpeg(10, 10, scans=20))
    with pytest.raises(DocumentBombError):
        check_jpeg(jpeg(10, 10, scans=1000))


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_or_refused_with_a_reason(data: bytes) -> None:
    for check, start in ((check_png, b"\x89PNG\r\n\x1a\n"), (check_jpeg, b"\xff\xd8\xff")):
        with pytest.raises(DocumentError) as refused:
            check(start + data)
        assert refused.value.detail
