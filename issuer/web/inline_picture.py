"""A portrait inside the page that shows it, so that it has no address of its own to be kept."""

from base64 import b64encode
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"


def inline_picture(data: bytes) -> str:
    """``data``, a JPEG or PNG, as the address of an image."""
    media_type = "image/png" if data.startswith(_PNG) else "image/jpeg"
    return f"data:{media_type};base64,{b64encode(data).decode('ascii')}"
