"""A request's link as the modules of a QR code, for the page to draw."""

from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

QUIET_ZONE: Final = 4
"""Modules of white around a code [QR §9.1]; the page draws them."""


def rows_of_link(link: str) -> tuple[str, ...]:
    """The modules row by row, ``1`` dark and ``0`` light, without the quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, image_factory=PilImage)
    code.add_data(link)
    code.make(fit=True)
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())
