"""The pages of a PDF document as grey pictures: a scanned slip, a screenshot sent by mail.

Only the first pages are drawn, each only so large, because a document of a few bytes can
have any number of pages of any size. The renderer is a library in C that reads what strangers
send; it runs in the child process of ``picture_reading.py`` and nowhere else.
"""

from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from PIL import Image

from schemas.errors import InputError

PDF: Final = b"%PDF-"
MAX_PAGES: Final = 4
"""A slip has one; what is further behind is not looked at."""
SCALE: Final = 300 / 72
"""Pixels a point: 300 to the inch, at which a printed code is sharp."""
MAX_EDGE: Final = 3600
"""Pixels of the longer side, an A4 page at 300 to the inch; larger pages are drawn smaller."""


class PdfError(InputError):
    """No document that can be drawn: damaged, or locked with a password."""

    code = "not_a_document"


def pdf_pages(data: bytes) -> Iterator[Image.Image]:
    """The first pages, one after another.

    Raises:
        PdfError: at the first page, or at one that is damaged.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            for number in range(min(len(document), MAX_PAGES)):
                yield _drawn(document[number])
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise PdfError(
            "a PDF document that is damaged or locked with a password",
            remedy="Take a picture of the page instead.",
        ) from error


def _drawn(page: Any) -> Image.Image:
    width, height = page.get_size()
    scale = min(SCALE, MAX_EDGE / max(width, height, 1))
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture.convert("L")
