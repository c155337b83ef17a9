"""Pictures of codes: what is in them is a link for the wallet, or a sentence that says why not."""

from io import BytesIO
from typing import Any

import pytest
import qrcode
from PIL import Image

from holder_sim.errors import NoCodeError, NotALinkError, NotAPictureError, SeveralCodesError
from holder_sim.link_picture import MAX_BYTES, link_in, read_link

OFFER = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example%2F1"
REQUEST = "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fa.example%2F2"


def drawn(*texts: str) -> Image.Image:
    codes = [qrcode.make(text).get_image().convert("RGB") for text in texts]
    sheet = Image.new("RGB", (sum(c.width for c in codes), max(c.height for c in codes)), "white")
    left = 0
    for code in codes:
        sheet.paste(code, (left, 0))
        left += code.width
    return sheet


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("text", [OFFER, REQUEST, REQUEST.replace("openid4vp", "haip-vp")])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_link_is_read(text: str, kind: str) -> None:
    assert link_in(saved(drawn(text), kind)) == text


def test_a_code_on_nothing_is_read_as_on_white() -> None:
    code = drawn(OFFER).convert("L")
    clear = Image.new("RGBA", code.size)
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))

    assert link_in(saved(clear)) == OFFER


def test_a_link_beside_another_code_is_the_one_that_is_meant() -> None:
    assert link_in(saved(drawn("https://pay.example/1", OFFER))) == OFFER


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAPictureError),
        (b"%PDF-1.7", NotAPictureError),
        (saved(drawn(OFFER))[:200], NotAPictureError),
        (saved(Image.new("RGB", (400, 400), "white")), NoCodeError),
        (saved(drawn("https://pay.example/1")), NotALinkError),
        (saved(drawn("ZJ1:ABC")), NotALinkError),
        (saved(drawn(OFFER, REQUEST)), SeveralCodesError),
        (saved(Image.new("1", (8000, 2001))), NotAPictureError),
    ],
    ids=["empty", "pdf", "cut", "blank", "payment", "own-code", "two", "huge"],
)
async def test_anything_else_says_why(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await read_link(data)

    assert "pay.example" not in str(caught.value)


async def test_too_many_bytes_are_not_read_at_all() -> None:
    with pytest.raises(NotAPictureError, match="bytes"):
        await read_link(b"\x89PNG" + bytes(MAX_BYTES))


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(NoCodeError, match="within"):
        await read_link(saved(drawn(OFFER)), reading_s=0.001)
