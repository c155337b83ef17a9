"""Base64url without padding, strictly: one text for each byte string [RFC7515 §2, RFC4648 §5].

The standard library's decoder skips characters it does not know and ignores stray bits
at the end, so two texts could decode to one value, and a signature or digest over the
text would no longer pin the value down.
"""

from binascii import Error, a2b_base64, b2a_base64

from schemas.errors import EncodingError

_TO_URL = bytes.maketrans(b"+/", b"-_")
_TO_STANDARD = bytes.maketrans(b"-_+/", b"+/  ")
_PADDING = (b"", b"", b"==", b"=")
# A last group of two or three characters leaves bits over; these are the characters with
# which they are zero. A group of one cannot be.
_ANY_BUT_PADDING = bytes(set(range(256)) - {ord("=")})
_LAST = (_ANY_BUT_PADDING, b"", b"AQgw", b"AEIMQUYcgkosw048")


def b64url_encode(data: bytes) -> str:
    """The one unpadded base64url text of ``data``."""
    return b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def b64url_decode(text: str | bytes) -> bytes:
    """The bytes of ``text``.

    Raises:
        EncodingError: padding, a character outside the alphabet, an impossible length,
            or bits set after the last byte.
    """
    try:
        raw = text.encode("ascii") if isinstance(text, str) else text
        if raw and raw[-1] not in _LAST[len(raw) & 3]:
            raise EncodingError("not canonical base64url: of impossible length, or bits left over")
        return a2b_base64(raw.translate(_TO_STANDARD) + _PADDING[len(raw) & 3], strict_mode=True)
    except (Error, UnicodeEncodeError) as error:
        raise EncodingError("not unpadded base64url") from error
