"""Reading the code in a picture: a photograph, a screenshot, a scan, pages of a document.

What the bytes are is seen from the bytes, never from a name. Size in bytes and in pixels
is capped before anything is decoded, because a small file can hold a huge picture.
Turned, mirrored and inverted codes are read as well; a scanner would do the same.
"""

import struct
from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from schemas.errors import InputError
from verifier.pdf_pages import PDF, PdfError, pdf_pages

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 16_000_000
"""A phone's photograph has 12 million. Four bytes each are held while decoding."""
MAX_SIDE: Final = 65535
"""Pixels across or down; the code reader takes no more."""
_WHITE: Final = 255
# A chunk with too few bytes ends Pillow's reader in whatever error falls out of it.
_DECODER_FAULTS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AssertionError,
    struct.error,
)
# Opened by class, not through Pillow's own guessing: its size check comes first there, and
# answers with a warning or an error of its own, depending on how far beyond its cap.
_FORMATS: Final[dict[bytes, type[ImageFile.ImageFile]]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
}


class UnreadablePictureError(InputError):
    """No code could be read from what was sent; each kind says what to do."""


class NotAPictureError(UnreadablePictureError):
    """Neither PNG nor JPEG, or damaged."""

    code = "not_a_picture"


class PictureTooLargeError(UnreadablePictureError):
    """More bytes or pixels than are taken."""

    code = "picture_too_large"
    http_status = 413


class NoCodeFoundError(UnreadablePictureError):
    """A picture without a readable QR code."""

    code = "no_code_found"


class UnclearCodeError(NoCodeFoundError):
    """There is a QR code, and it cannot be read: blurred, covered, too small."""

    code = "unclear_code"


class SeveralCodesError(UnreadablePictureError):
    """More than one QR code; which is meant cannot be known."""

    code = "several_codes"


def read_codes(data: bytes) -> str:
    """The text of the one QR code in a picture, or on the pages of a document.

    Raises:
        NotAPictureError, PictureTooLargeError, NoCodeFoundError, SeveralCodesError.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(f"{len(data)} bytes where at most {MAX_BYTES} are taken")
    pictures = pdf_pages(data) if data.startswith(PDF) else iter((_picture(data),))
    texts: set[str] = set()
    unclear = False
    try:
        for picture in pictures:
            found = _codes_in(picture)
            texts |= {code.text for code in found if code.valid}
            unclear = unclear or bool(found)
    except PdfError as error:
        raise NotAPictureError(error.detail, remedy=error.remedy) from error
    return _the_one(texts, unclear=unclear)


def _codes_in(picture: Image.Image) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        try_invert=True,
        return_errors=True,
    )


def _the_one(texts: set[str], *, unclear: bool) -> str:
    if unclear and not texts:
        raise UnclearCodeError(
            "there is a QR code in this picture, and it cannot be read",
            remedy="Show the whole code, sharp, bright and larger.",
        )
    if not texts:
        raise NoCodeFoundError(
            "no QR code can be read in this picture",
            remedy="Hold the phone still, turn its screen brighter, and fill the frame.",
        )
    if len(texts) > 1:
        raise SeveralCodesError(
            f"{len(texts)} different QR codes are in this picture",
            remedy="Show one code at a time.",
        )
    return texts.pop()


def _picture(data: bytes) -> Image.Image:
    """The decoded picture in grey, after its size is known to be harmless."""
    picture_class = next((c for start, c in _FORMATS.items() if data.startswith(start)), None)
    if picture_class is None:
        raise _no_picture()
    try:
        picture = picture_class(BytesIO(data))
        width, height = picture.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise _too_large(f"{width} x {height} pixels where at most {MAX_PIXELS} are taken")
        picture.load()
        return _flat(picture)
    except _DECODER_FAULTS as error:
        raise _no_picture() from error


def _flat(picture: Image.Image) -> Image.Image:
    """In grey, on white where it is transparent: screenshots often are."""
    if picture.mode == "I;16":
        return picture.point(lambda value: value / 256).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("L")
    coloured = picture.convert("RGBA")
    flat = Image.new("L", coloured.size, _WHITE)
    flat.paste(coloured.convert("L"), mask=coloured.getchannel("A"))
    return flat


def _too_large(detail: str) -> PictureTooLargeError:
    return PictureTooLargeError(detail, remedy="Send a smaller picture.")


def _no_picture() -> NotAPictureError:
    return NotAPictureError(
        "neither a picture (PNG, JPEG) nor a document (PDF), or a damaged one",
        remedy="Take the picture again.",
    )
