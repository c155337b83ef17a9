"""What a file handed in may be: PDF, JPEG or PNG by its content, whole, and nothing besides.

Pure, and before anything opens the file: a name or a stated type proves nothing. The checks
keep caps on bytes, pages, pixels and on what unpacking would make of it, and refuse files
that are a second thing too (a page with scripts, an archive) or that act when opened. They
do not make a file harmless for every reader: it is still served as a download only.
Every refusal names its cause and what to do instead.
"""

import re
from typing import Final

from issuer.application_errors import (
    DocumentTooLargeError,
    DocumentTypeError,
    DocumentUnsafeError,
)
from issuer.pdf_checks import check_pdf
from issuer.picture_checks import check_jpeg, check_png

MAX_DOCUMENT_BYTES: Final = 10 * 1024 * 1024
"""Ten mebibytes: a scan of several pages in good quality."""
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
_STARTS: Final = {
    PDF: b"%PDF-",
    JPEG: b"\xff\xd8\xff",
    PNG: b"\x89PNG\r\n\x1a\n",
}
_CHECKS: Final = {PDF: check_pdf, JPEG: check_jpeg, PNG: check_png}
# What makes a reader that guesses take the file for a page and run what is in it.
_PAGE: Final = re.compile(rb"<(?:html|script|svg|iframe|body|!doctype)[\s>/]|<\?php", re.IGNORECASE)
_ARCHIVE_END: Final = b"PK\x05\x06"
_ARCHIVE_END_BYTES: Final = 22
"""Of a ZIP archive's last record without its comment, whose length is its last two bytes."""


def checked_type(data: bytes) -> str:
    """The media type of ``data``, if it is a document that is taken.

    Raises:
        DocumentTooLargeError: over a cap on bytes, pages or pixels.
        DocumentTypeError: empty, or neither PDF nor JPEG nor PNG.
        DocumentBombError: unpacks to far more than it should.
        DocumentUnsafeError: carries scripts, files or another format inside.
        DocumentUnreadableError: cut off, damaged or locked by a password.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise DocumentTooLargeError(
            f"the file has more than {MAX_DOCUMENT_BYTES // 1024 // 1024} MB",
            remedy="Hand in fewer pages at once, or scan at a lower resolution.",
        )
    media_type = next((name for name, start in _STARTS.items() if data.startswith(start)), None)
    if media_type is None:
        raise DocumentTypeError(
            "the file is empty" if not data else "the file is neither PDF nor JPEG nor PNG",
            remedy="Take a photograph of the paper, or save it as PDF, and hand that in.",
        )
    _refuse_second_format(data, media_type)
    _CHECKS[media_type](data)
    return media_type


def _refuse_second_format(data: bytes, media_type: str) -> None:
    other_pdf = media_type != PDF and b"%PDF-" in data
    # In a PDF the text of a page may speak of markup; only its first kilobyte decides for
    # readers that guess. Compressed picture data never spells a tag.
    page = _PAGE.search(data, 0, 1024 if media_type == PDF else len(data))
    if other_pdf or page or _ends_as_archive(data):
        raise DocumentUnsafeError(
            "the file holds a second one of another format inside",
            remedy="Take a new photograph or scan of the paper, and hand that in.",
        )


def _ends_as_archive(data: bytes) -> bool:
    at = data.rfind(_ARCHIVE_END)
    if at < 0 or len(data) - at < _ARCHIVE_END_BYTES:
        return False
    comment = int.from_bytes(data[at + 20 : at + 22], "little")
    return at + _ARCHIVE_END_BYTES + comment <= len(data)
