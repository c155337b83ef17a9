"""The wallet's mark in the sizes that devices want for an installed app; drawn, not taken.

A card with three waves on teal turning to indigo. Nothing of it is a state emblem or a seal.
"""

from functools import lru_cache
from io import BytesIO
from math import pi, sin
from typing import Final

from PIL import Image, ImageDraw

SIZES: Final = (180, 192, 512)
"""Pixels of an edge: a home screen, a launcher, a start screen."""
_OVERSAMPLED: Final = 4
"""Drawn larger and scaled down, for the drawing itself has hard edges."""
_TEAL: Final = (12, 91, 96)
_INDIGO: Final = (49, 60, 140)
_CARD: Final = (243, 251, 250)
_WAVES: Final = ((47, 133, 131), (30, 110, 120), (49, 60, 140))


@lru_cache(maxsize=len(SIZES))
def icon_png(size: int) -> bytes:
    """The mark as a square PNG, ``size`` pixels an edge.

    What matters stays inside the middle four fifths, so that a device may cut a circle of it.
    """
    edge = size * _OVERSAMPLED
    picture = _ground(edge)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = (round(edge * part) for part in (0.19, 0.3, 0.81, 0.7))
    draw.rounded_rectangle((left, top, right, bottom), radius=edge * 0.05, fill=_CARD)
    for number, colour in enumerate(_WAVES):
        middle = edge * (0.41 + 0.09 * number)
        draw.line(_wave(left, right, middle, edge), fill=colour, width=round(edge * 0.028))
    file = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def _ground(edge: int) -> Image.Image:
    """A slanted passage from teal to indigo."""
    corners = Image.new("L", (2, 2))
    corners.putdata((0, 110, 110, 255))
    slope = corners.resize((edge, edge), Image.Resampling.BILINEAR)
    return Image.composite(
        Image.new("RGB", (edge, edge), _INDIGO), Image.new("RGB", (edge, edge), _TEAL), slope
    )


def _wave(left: float, right: float, middle: float, edge: int) -> list[tuple[float, float]]:
    inset = edge * 0.07
    steps = 60
    width = right - left - 2 * inset
    return [
        (
            left + inset + width * step / steps,
            middle + edge * 0.02 * sin(step / steps * 3 * pi),
        )
        for step in range(steps + 1)
    ]
