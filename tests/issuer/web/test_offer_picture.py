"""The picture of an offer holds the offer, and nothing that the page's policy would stop."""

import re
from io import BytesIO

from markupsafe import Markup
from PIL import Image, ImageDraw
from zxingcpp import read_barcode

from issuer.web.offer_picture import QUIET_ZONE, offer_picture

OFFER = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A8101%2Foffers%2Fx"


def drawn(picture: Markup) -> Image.Image:
    """The SVG as a screen shows it, four pixels a module."""
    found = re.search(r'viewBox="0 0 (\d+) ', picture)
    assert found
    size = int(found[1])
    image = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(image)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture):
        draw.point((int(x), int(y)), fill=0)
    return image.resize((size * 4, size * 4), Image.Resampling.NEAREST)


def test_a_camera_reads_the_offer() -> None:
    image = drawn(offer_picture(OFFER, "code"))
    read = read_barcode(image)

    assert read is not None
    assert read.text == OFFER
    image.crop((0, 0, QUIET_ZONE * 4, image.height)).save(edge := BytesIO(), "PNG")
    assert set(Image.open(edge).tobytes()) == {255}


def test_its_description_is_text_and_never_markup() -> None:
    picture = offer_picture(OFFER, '"><script>')

    assert "<script>" not in picture
    assert "style" not in picture
