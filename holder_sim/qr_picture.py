"""A code's text as a picture: PNG for files and screens, half blocks for a terminal.

Alphanumeric mode is asked for by name: left to choose, an encoder may take byte mode for
part of the text, and the code grows [QR §7.3.4]. Error level M is what a counter's camera
wants at this density; the quiet zone of four modules is the standard's.
"""

from io import BytesIO
from typing import Final, Literal

import qrcode
from msgspec import Struct
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage
from qrcode.util import QRData

from schemas.base45 import ALPHABET
from schemas.errors import InputError

MODULE_PIXELS: Final = 8
"""Edge of one module in the PNG."""
_ALPHANUMERIC: Final[Literal[2]] = 2  # the mode indicator of ISO/IEC 18004
QUIET_ZONE: Final = 4
"""Modules of white around the code [QR §9.1]."""


class PictureError(InputError):
    """A text that no QR code in alphanumeric mode holds."""

    code = "not_a_code_text"


class Picture(Struct, frozen=True):
    """A rendered code."""

    png: bytes
    version: int
    """1 to 40; a code of version v has 17 + 4 v modules on an edge."""


def picture_of(text: str, *, error_correction: int = ERROR_CORRECT_M) -> Picture:
    """The code as PNG.

    Raises:
        PictureError: other characters than the mode has, or too many.
    """
    code = _code(text, error_correction)
    file = BytesIO()
    code.make_image(image_factory=PilImage).save(file, kind="PNG")
    return Picture(png=file.getvalue(), version=_version(code))


def rows_of(text: str) -> tuple[str, ...]:
    """The modules row by row, ``1`` dark and ``0`` light, without the quiet zone.

    Raises:
        PictureError: as ``picture_of``.
    """
    matrix = _code(text, ERROR_CORRECT_M).get_matrix()
    inner = slice(QUIET_ZONE, len(matrix) - QUIET_ZONE)
    return tuple("".join("1" if dark else "0" for dark in row[inner]) for row in matrix[inner])


def terminal_of(text: str) -> str:
    """The code in half blocks, two modules a character, dark on light.

    Colours are set explicitly, so that it scans on a dark terminal too.
    """
    rows = _code(text, ERROR_CORRECT_M).get_matrix()
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    lines = (
        "".join(blocks[upper, lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"\x1b[30;107m{line}\x1b[0m" for line in lines)


def _code(text: str, error_correction: int) -> "qrcode.QRCode[PilImage]":
    if not text or not set(text) <= set(ALPHABET):
        raise PictureError("a code's text has only the 45 characters of alphanumeric mode")
    code = qrcode.QRCode(
        error_correction=error_correction,
        box_size=MODULE_PIXELS,
        border=QUIET_ZONE,
        image_factory=PilImage,
    )
    code.add_data(QRData(text.encode("ascii"), mode=_ALPHANUMERIC), optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise PictureError(f"{len(text)} characters fit no code") from error
    return code


def _version(code: "qrcode.QRCode[PilImage]") -> int:
    version: int = code.version
    return version
