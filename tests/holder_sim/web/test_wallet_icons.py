"""The mark, drawn in every size a device asks for."""

from io import BytesIO

import pytest
from PIL import Image

from holder_sim.web.wallet_icons import SIZES, icon_png


@pytest.mark.parametrize("size", SIZES)
def test_the_mark_has_the_size_it_says(size: int) -> None:
    picture = Image.open(BytesIO(icon_png(size)))

    assert (picture.format, picture.size) == ("PNG", (size, size))
    # A device may cut a circle out of it: the corners hold nothing but ground.
    corners = [picture.convert("RGB").getpixel(at) for at in ((1, 1), (size - 2, size - 2))]
    assert corners[0] != corners[1]
    middle = picture.convert("RGB").getpixel((size // 2, round(size * 0.35)))
    assert middle == (243, 251, 250)


def test_the_mark_is_small() -> None:
    assert sum(len(icon_png(size)) for size in SIZES) < 100_000
