"""An offer as a picture for a phone's camera: a QR code drawn as SVG, black on white [QR].

Drawn as one path, so nothing in it is styled and the page's policy needs no exception.
"""

from typing import Final

from markupsafe import Markup
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE: Final = 4
"""Empty modules around the code, as many as readers want."""


def offer_picture(text: str, description: str) -> Markup:
    """``text`` as an SVG element that says ``description`` to whoever cannot see it."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Markup(
        '<svg viewBox="0 0 {size} {size}" role="img" aria-label="{description}"'
        ' shape-rendering="crispEdges"><path d="{path}" fill="#000000"/></svg>'
    ).format(size=len(rows), description=description, path=path)
