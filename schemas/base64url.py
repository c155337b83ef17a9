"""Base64url without padding, strictly: one text for each byte string [RFC7515 §2, RFC4648 §5].

The standard library's decoder skips characters it does not know and ignores stray bits
at the end, so two texts could decode to one value, and a signature or digest over the
text would no longer pin the value down.
"""

import msgspec

from schemas.errors import EncodingError

# The JSON codec's own base64 is strict too, and takes half the time of the standard
# library's. It works on a JSON string, so what has a meaning there must not get in.
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(bytes).decode
_TO_STANDARD = bytes.maketrans(b'-_+/=\\"', b"+/     ")
_ENDS = (b'"', b'"', b'=="', b'="')
# A last group of two or three characters leaves bits over; these are the characters with
# which they are zero. A group of one cannot be.
_ANY = bytes(range(256))
_LAST = (_ANY, b"", b"AQgw", b"AEIMQUYcgkosw048")


def b64url_encode(data: bytes) -> str:
    """The one unpadded base64url text of ``data``."""
    standard = _encode(data)[1:-1].rstrip(b"=")
    return standard.replace(b"+", b"-").replace(b"/", b"_").decode("ascii")


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
        return _decode(b'"' + raw.translate(_TO_STANDARD) + _ENDS[len(raw) & 3])
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise EncodingError("not unpadded base64url") from error
