"""Reading codes out of real pictures, good and bad, and out of what is no picture."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from qrcode.image.pil import PilImage

from schemas.errors import InputError
from verifier.qr_reader import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    NoCodeFoundError,
    NotAPictureError,
    PictureTooLargeError,
    SeveralCodesError,
    read_codes,
)

TEXT = "ZJ1:" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" * 15 + ":"


def code(text: str, *, pixels: int = 4) -> Image.Image:
    """A code as a grey picture."""
    drawing = qrcode.QRCode(box_size=pixels, border=4, image_factory=PilImage)
    drawing.add_data(text)
    drawing.make()
    file = BytesIO()
    drawing.make_image(image_factory=PilImage).save(file, kind="PNG")
    return Image.open(file).convert("L")


def saved(picture: Image.Image, form: str = "PNG") -> bytes:
    file = BytesIO()
    picture.save(file, form)
    return file.getvalue()


CODE = code(TEXT)
PNG, JPEG = saved(CODE), saved(CODE, "JPEG")
PHOTO_SIZE = (1280, 720)


def inverted(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 255 - value)


def transparent(picture: Image.Image) -> Image.Image:
    """Black modules on nothing, as drawing programs save them."""
    clear = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=inverted(picture))
    return clear


def sixteen_bits(picture: Image.Image) -> Image.Image:
    deep = Image.new("I;16", picture.size)
    deep.putdata([value * 200 + 2000 for value in picture.tobytes()])
    return deep


def covered(picture: Image.Image) -> Image.Image:
    hidden = picture.copy()
    edge = picture.width
    hidden.paste(90, (edge // 4, edge // 4, edge, edge * 3 // 4))
    return hidden


def photographed(picture: Image.Image) -> Image.Image:
    """Aslant, blurred, dim, amid grey."""
    photo = Image.new("L", PHOTO_SIZE, 120)
    dim = picture.point(lambda value: 60 + value // 2)
    slanted = dim.rotate(9, expand=True, fillcolor=120, resample=Image.Resampling.BICUBIC)
    photo.paste(slanted.resize((660, 660)), (300, 30))
    return photo.filter(ImageFilter.GaussianBlur(0.8))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p, id="straight"),
        pytest.param(lambda p: p.rotate(180), id="upside down"),
        pytest.param(lambda p: p.rotate(90), id="on its side"),
        pytest.param(lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT), id="mirrored"),
        pytest.param(inverted, id="light on dark"),
        pytest.param(transparent, id="on a transparent ground"),
        pytest.param(sixteen_bits, id="16 bits a pixel"),
        pytest.param(lambda p: p.convert("P"), id="with a palette"),
        pytest.param(lambda p: p.convert("1"), id="black and white"),
        pytest.param(lambda p: p.convert("RGB"), id="in colour"),
        pytest.param(photographed, id="photographed badly"),
    ],
)
def test_read_whatever_way_it_is_held(change: Callable[[Image.Image], Image.Image]) -> None:
    assert read_codes(saved(change(CODE))) == TEXT


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_read_from_a_jpeg(mode: str) -> None:
    assert read_codes(saved(CODE.convert(mode), "JPEG")) == TEXT


def test_any_qr_code_is_read_as_its_text() -> None:
    assert read_codes(saved(code("https://example.org/示范"))) == "https://example.org/示范"


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(Image.new("L", (300, 300), 255), id="white"),
        pytest.param(Image.new("RGBA", (300, 300)), id="nothing but transparent"),
        pytest.param(Image.new("L", (1, 1)), id="one pixel"),
    ],
)
def test_no_code(picture: Image.Image) -> None:
    with pytest.raises(NoCodeFoundError) as caught:
        read_codes(saved(picture))

    assert caught.value.code == "no_code_found"
    assert "brighter" in caught.value.remedy


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(CODE.crop((0, 0, CODE.width, CODE.height // 2)), id="half a code"),
        pytest.param(CODE.resize((90, 90)), id="too far away"),
        pytest.param(covered(CODE), id="a thumb on it"),
    ],
)
def test_a_code_that_is_there_and_cannot_be_read(picture: Image.Image) -> None:
    with pytest.raises(NoCodeFoundError) as caught:
        read_codes(saved(picture))

    assert caught.value.code == "unclear_code"
    assert "whole code" in caught.value.remedy


def test_a_document_is_read_page_by_page() -> None:
    blank = Image.new("L", (600, 800), 255)
    page = blank.copy()
    page.paste(CODE, (20, 20))

    assert read_codes(document(blank, page)) == TEXT
    with pytest.raises(SeveralCodesError):
        read_codes(document(page, code("https://example.org")))
    with pytest.raises(NoCodeFoundError):
        read_codes(document(blank))


def document(*pages: Image.Image) -> bytes:
    file = BytesIO()
    first, *others = (page.copy() for page in pages)  # saving leaves something in them
    first.save(file, "PDF", save_all=True, append_images=others)
    return file.getvalue()


def side_by_side(left: Image.Image, right: Image.Image) -> bytes:
    both = Image.new("L", (left.width + right.width, max(left.height, right.height)), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return saved(both)


def test_several_codes_are_not_chosen_among() -> None:
    with pytest.raises(SeveralCodesError, match="2 different") as caught:
        read_codes(side_by_side(CODE, code("https://example.org")))

    assert caught.value.code == "several_codes"


def test_one_code_seen_twice_is_one() -> None:
    assert read_codes(side_by_side(CODE, CODE)) == TEXT


def png_saying(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return PNG[:8] + header + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PNG + bytes(MAX_BYTES), id="bytes"),
        pytest.param(png_saying(MAX_PIXELS + 1, 1), id="one pixel too many"),
        pytest.param(png_saying(10_000, 10_000), id="where Pillow would warn"),
        pytest.param(png_saying(30_000, 30_000), id="where Pillow would raise its own error"),
        pytest.param(png_saying(2**31 - 1, 2**31 - 1), id="the largest a header can say"),
    ],
)
def test_too_large_to_decode(data: bytes) -> None:
    with pytest.raises(PictureTooLargeError, match="at most") as caught:
        read_codes(data)

    assert (caught.value.code, caught.value.http_status) == ("picture_too_large", 413)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(TEXT.encode(), id="the text itself"),
        pytest.param(b"GIF89a" + bytes(100), id="another kind of picture"),
        pytest.param(saved(CODE, "BMP"), id="a whole picture of another kind"),
        pytest.param(b"%PDF-1.7", id="a document"),
        pytest.param(PNG[:8], id="only the beginning of a PNG"),
        pytest.param(PNG[: len(PNG) // 2], id="half a PNG"),
        pytest.param(JPEG[: len(JPEG) // 2], id="half a JPEG"),
        pytest.param(png_saying(10, 0), id="no height"),
        pytest.param(b"\xff\xd8\xff\xe0", id="only the beginning of a JPEG"),
    ],
)
def test_not_a_picture(data: bytes) -> None:
    with pytest.raises(NotAPictureError) as caught:
        read_codes(data)

    assert caught.value.code == "not_a_picture"


@settings(deadline=None)
@given(
    st.sampled_from([PNG, JPEG]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=5),
)
@pytest.mark.filterwarnings("ignore")
def test_damaged_pictures_are_read_or_refused(
    picture: bytes, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(picture)
    for at, value in changes:
        data[at] = value
    try:
        read_codes(bytes(data))
    except InputError:
        return


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


@pytest.mark.parametrize("kind", [b"gAMA", b"cHRM", b"pHYs", b"iCCP", b"fcTL", b"acTL", b"IHDR"])
@pytest.mark.parametrize("content", [b"", b"\0"])
def test_a_chunk_that_is_too_short_is_no_defect_of_ours(kind: bytes, content: bytes) -> None:
    end = PNG.rindex(b"IEND") - 4

    with pytest.raises(NotAPictureError):
        read_codes(PNG[:end] + chunk(kind, content) + PNG[end:])


def test_a_picture_of_one_long_line_is_too_large() -> None:
    with pytest.raises(PictureTooLargeError):
        read_codes(saved(Image.new("1", (1, MAX_SIDE + 1))))
