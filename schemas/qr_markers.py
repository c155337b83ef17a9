"""The markers inside a permit's code, and what can go wrong with one.

See ``presentation_qr``, which says what each marker stands for. Markers are control
characters that no JSON text holds; tab, line feed and carriage return are left out.
"""

import re
from hashlib import sha256
from typing import Final

from schemas.base64url import b64url_decode, b64url_encode
from schemas.curve_point import y_of
from schemas.errors import EncodingError, InputError

MAX_DISCLOSURES: Final = 64
MAX_KEYS: Final = 4
"""Keys whose y is left out; a permit has one. Each costs the reader a square root."""
THUMBPRINT_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
FIRST_INDEX: Final = 0x20
"""The index after ``DIGEST`` is counted from here, so that it is no marker itself."""
PART, BINDING = b"\x1f", b"\x1e"
RAW_16, RAW_32, RAW_64 = b"\x01", b"\x02", b"\x03"
DIGEST, SD_HASH, CERTIFICATE, KEY_Y, DIGESTS = b"\x04", b"\x05", b"\x06", b"\x07", b"\x08"
DAY_START, INSTANT, SAME_INSTANT = b"\x0b", b"\x0c", b"\x0e"
DATE, LAST_DAY = b"\x0f", b"\x10"
INDEX, SEQUENCE, COUNTY, SAME_COUNTY = b"\x11", b"\x12", b"\x13", b"\x14"
ID_TAIL, ID_NUMBER, NAME = b"\x15", b"\x16", b"\x17"
CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What stands in no JSON text."""
_X = re.compile(rb'"x":"([A-Za-z0-9_-]{43})"')


class PackError(InputError):
    """A presentation that this form of code does not hold."""

    code = "not_packable"


class ForeignCodeError(InputError):
    """A readable code, but not one of a permit."""

    code = "foreign_code"


class UnreadableCodeError(InputError):
    """A permit's code that was cut off or damaged."""

    code = "unreadable_code"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, remedy="Have the code shown again and scan the whole of it.")


class UnsupportedVersionError(InputError):
    """A permit's code of a version that this software does not know."""

    code = "unsupported_version"


class UnknownCertificateError(InputError):
    """The code names an issuer's certificate that is not held here."""

    code = "unknown_certificate"


def certificate_key(der: bytes) -> bytes:
    """By which a code names a certificate: the first 8 bytes of its SHA-256."""
    return sha256(der).digest()[:THUMBPRINT_BYTES]


def digest_of(encoded: str) -> bytes:
    """The base64url SHA-256 of a base64url text, without quotes."""
    return b64url_encode(sha256(encoded.encode("ascii")).digest()).encode("ascii")


def quoted(text: bytes) -> bytes:
    """As it stands in JSON; ``text`` needs no escapes."""
    return b'"' + text + b'"'


def array_of(digests: list[bytes]) -> bytes:
    """The JSON array of ``digests``, as every issuer of compact JSON writes it."""
    return b"[" + b",".join(map(quoted, digests)) + b"]"


def last_y(before: bytes, *, odd: bool) -> bytes | None:
    """The y that goes with the last x in ``before``, base64url; ``None``: there is none."""
    coordinates = _X.findall(before)
    if not coordinates:
        return None
    try:
        y = y_of(b64url_decode(coordinates[-1]), odd=odd)
    except EncodingError:
        return None
    return None if y is None else b64url_encode(y).encode("ascii")
