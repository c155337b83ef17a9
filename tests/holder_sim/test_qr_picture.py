"""Pictures of codes: read back by a real reader, small, and alphanumeric through and through."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from holder_sim.qr_picture import (
    MODULE_PIXELS,
    QUIET_ZONE,
    PictureError,
    picture_of,
    rows_of,
    terminal_of,
)
from schemas.base45 import ALPHABET
from verifier.qr_reader import read_codes

TEXT = "ZJ1:" + (ALPHABET * 16)[:710] + ":"
"""As long as a permit with two claims."""
ROW = re.compile("\x1b\\[30;107m(.*)\x1b\\[0m")


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("L")


def drawn(terminal: str) -> Image.Image:
    """What a terminal shows, as a picture of 4 x 4 pixels a module."""
    lines = [match.group(1) for match in map(ROW.fullmatch, terminal.split("\n")) if match]
    assert len(lines) == len(terminal.split("\n"))
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)), 255)
    for y, line in enumerate(lines):
        for x, block in enumerate(line):
            for below, dark in enumerate((block in "█▀", block in "█▄")):
                picture.putpixel((x, 2 * y + below), 0 if dark else 255)
    return picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)


def test_what_the_wallet_draws_the_counter_reads() -> None:
    assert read_codes(picture_of(TEXT).png) == TEXT


def test_a_terminal_shows_the_same_code() -> None:
    (found,) = zxingcpp.read_barcodes(drawn(terminal_of(TEXT)))

    assert found.text == TEXT


@pytest.mark.parametrize(
    ("level", "characters", "version"),
    [
        pytest.param(ERROR_CORRECT_L, 758, 15, id="15-L, full"),
        pytest.param(ERROR_CORRECT_L, 759, 16, id="one more"),
        pytest.param(ERROR_CORRECT_M, 734, 17, id="17-M, full"),
        pytest.param(ERROR_CORRECT_M, 735, 18, id="17-M and one more"),
        pytest.param(ERROR_CORRECT_Q, 702, 20, id="20-Q, full"),
        pytest.param(ERROR_CORRECT_M, 1, 1, id="the smallest"),
        pytest.param(ERROR_CORRECT_L, 4296, 40, id="the largest"),
    ],
)
def test_capacities_are_those_of_alphanumeric_mode(
    level: int, characters: int, version: int
) -> None:
    """In byte mode the same text would need some four versions more [QR §7.4.10]."""
    text = (ALPHABET * 100)[:characters]

    assert picture_of(text, error_correction=level).version == version


def test_level_m_and_a_quiet_zone_of_four_modules_unless_asked_otherwise() -> None:
    picture = picture_of(TEXT)
    image = opened(picture.png)
    (found,) = zxingcpp.read_barcodes(image)
    edge = 17 + 4 * picture.version

    assert picture.version == 17
    assert found.ec_level == "M"
    assert image.width == image.height == MODULE_PIXELS * (edge + 2 * QUIET_ZONE)
    margin = MODULE_PIXELS * QUIET_ZONE
    assert image.point(lambda value: 255 - value).getbbox() == (
        margin,
        margin,
        image.width - margin,
        image.height - margin,
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "45 characters", id="nothing"),
        pytest.param("zj1:abc", "45 characters", id="small letters"),
        pytest.param("ZJ1:林", "45 characters", id="Chinese"),
        pytest.param("ZJ1:A\n", "45 characters", id="a line end"),
        pytest.param("A" * 3392, "fit no code", id="more than the largest code of level M"),
    ],
)
def test_texts_that_are_no_code(text: str, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence):
        picture_of(text)
    with pytest.raises(PictureError, match=sentence):
        terminal_of(text)


def test_rows_are_the_picture_without_its_white_edge() -> None:
    rows = rows_of("ZJ1:ABC")

    edge = 17 + 4 * picture_of("ZJ1:ABC").version
    assert (len(rows), {len(row) for row in rows}) == (edge, {edge})
    assert rows[0][:8] == rows[6][:8] == "11111110"  # a finder pattern and its white line
    assert set("".join(rows)) == {"0", "1"}
