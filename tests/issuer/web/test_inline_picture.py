"""A portrait as the address of an image, with the type that it is."""

from base64 import b64decode

import pytest

from issuer.demonstration import drawn_portrait
from issuer.web.inline_picture import inline_picture


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(drawn_portrait(hue=0.5), "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg")],
    ids=["png", "jpeg"],
)
def test_a_picture_in_its_own_address(data: bytes, media_type: str) -> None:
    address = inline_picture(data)

    start, content = address.split(",")
    assert start == f"data:{media_type};base64"
    assert b64decode(content) == data
