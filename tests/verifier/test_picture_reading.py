"""Pictures read in a process of their own, and what becomes of one that takes too long."""

from io import BytesIO

import pytest
import qrcode
from PIL import Image
from qrcode.image.pil import PilImage

from schemas.errors import InputError
from verifier.picture_reading import PictureReader
from verifier.qr_reader import (
    MAX_BYTES,
    NoCodeFoundError,
    NotAPictureError,
    PictureTooLargeError,
)

CORNERS = 444
"""Across and down, in nine pixels each: reading them takes a minute and more."""


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def code_of(text: str) -> bytes:
    drawing = qrcode.QRCode(box_size=4, border=4, image_factory=PilImage)
    drawing.add_data(text)
    drawing.make()
    file = BytesIO()
    drawing.make_image(image_factory=PilImage).save(file, kind="PNG")
    return file.getvalue()


def nothing_but_corners() -> bytes:
    corner = Image.new("L", (9, 9), 255)
    corner.paste(0, (1, 1, 8, 8))
    corner.paste(255, (2, 2, 7, 7))
    corner.paste(0, (3, 3, 6, 6))
    row = Image.new("L", (9 * CORNERS, 9), 255)
    for at in range(0, row.width, 9):
        row.paste(corner, (at, 0))
    whole = Image.new("L", (row.width, row.width), 255)
    for at in range(0, whole.height, 9):
        whole.paste(row, (0, at))
    return png(whole.convert("1"))


@pytest.mark.parametrize("text", ["ZJ1:ABC:", "two\nlines", "温州"])
async def test_the_text_comes_back_whole(text: str) -> None:
    assert await PictureReader().read(code_of(text)) == text


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"GIF89a", NotAPictureError, id="no picture"),
        pytest.param(png(Image.new("L", (50, 50), 255)), NoCodeFoundError, id="no code"),
        pytest.param(b"\x89PNG" + bytes(MAX_BYTES), PictureTooLargeError, id="too many bytes"),
    ],
)
async def test_errors_come_back_as_they_were(data: bytes, error: type[InputError]) -> None:
    with pytest.raises(error) as raised:
        await PictureReader().read(data)
    assert raised.value.detail
    assert raised.value.remedy


async def test_a_picture_made_to_take_minutes_is_given_up() -> None:
    with pytest.raises(NoCodeFoundError, match="within"):
        await PictureReader(reading_s=1.5).read(nothing_but_corners())


async def test_a_reader_that_dies_has_read_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(NotAPictureError, match="gave up"):
        await PictureReader().read(code_of("ZJ1:ABC:"))
