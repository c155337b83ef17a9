"""The confirmation slip's signed code: what a permit's holder shows on paper.

A slip is a compact JWS of the county's credential key, with a type of its own, so that
neither a permit's signature can stand for a slip nor a slip's for a permit [RFC8725 §3.11].
It names its holder, shows the last four characters of the citizen number, ends with the
endorsement and has its own place in a status list; there is no key of a holder in it,
because paper proves nothing about who carries it.

    "ZJP1:" base45( check deflate(text) raw ) ":"

``text`` and ``raw`` are those of ``presentation_qr``, for one token without disclosures;
the texts all slips share are known to both sides. ``check`` is the first four bytes of
SHA-256 of what follows: paper gets stained and creased, and a clerk should be told "scan it
again" and not "forged". That nothing was changed is proven by the signature alone.
"""

import re
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from schemas.base45 import base45_decode, base45_encode
from schemas.errors import EncodingError, InputError
from schemas.permit_credential import CountyCode, EndorsementClaim, SecondsSince1970, StatusClaim
from schemas.qr_dictionary import DICTIONARY_1
from schemas.qr_markers import (
    BINDING,
    PART,
    ForeignCodeError,
    PackError,
    UnreadableCodeError,
    UnsupportedVersionError,
)
from schemas.qr_text_reader import TextReader
from schemas.qr_text_writer import TextWriter
from schemas.status_list import status_reference

SLIP_TYP: Final = "zj-slip+jwt"
"""``typ`` of the token; a change of meaning takes a new one."""
PREFIX: Final = "ZJP1:"
END: Final = ":"
MAX_CHARACTERS: Final = 970
"""Of a code's text: a QR code of version 20 at level M in alphanumeric mode [QR §7.4.10]."""
MAX_TOKEN_BYTES: Final = 8 * 1024
"""Of the token: its certificate has some 550 characters, its payload below 1,500."""
MAX_TEXT_BYTES: Final = 4 * 1024
"""Cap on the inflated text; that of a slip has some 500 bytes."""
SLIP_CLAIMS: Final = ("name", "citizen_id_tail", "permit_number", "residence_address")
"""Which claims of a permit a slip can carry, by their names there; the last may be missing."""
_CHECK_BYTES: Final = 4
_VERSION: Final = re.compile(r"ZJP[0-9]{1,2}:")
_DICTIONARY: Final = (
    DICTIONARY_1
    + '\x1f{"alg":"ES256","typ":"zj-slip+jwt","x5c":[\x06]}'
    '\x1f{"iss":"https://permit.zj.example/\x13","iat":\x0b,"exp":\x0b,"jti":"'
    '","kind":"paper","status":{"status_list":{"idx":\x11,"uri":"https://permit.zj.example/\x14'
    '/status/0"}},"jurisdiction":"\x14","permit_number":"ZJ330302202600000'
    '","citizen_id_tail":\x15,"endorsement":{"sequence":\x12,"usable_through":\x10}'
    ',"name":"·","residence_address":"浙江省温州市鹿城区示范街道示范路"}'.encode()
)
"""As UTF-8, markers included; frozen with version 1 of the code, see ``qr_dictionary``."""

SlipId = Annotated[
    str, Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$", max_length=14)
]
"""Twelve characters that are not mistaken for one another, in fours."""


class SlipClaimsError(InputError):
    """Signed as a slip, but not the claims of one."""

    code = "invalid_slip"


class SlipPayload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a slip says. Days are Asia/Shanghai."""

    iss: str
    """Credential issuer identifier of the county."""
    iat: SecondsSince1970
    """Start of the day of printing."""
    exp: SecondsSince1970
    """First second after the endorsement's last day [RFC7519 §4.1.4]."""
    jti: SlipId
    """The slip's own number, as printed on it and kept in the audit log [RFC7519 §4.1.7]."""
    kind: Literal["paper"] = "paper"
    status: StatusClaim
    """The slip's own place, which follows the permit's standing."""
    jurisdiction: CountyCode
    """The county of residence [GBT2260]."""
    permit_number: Annotated[str, Meta(min_length=1, max_length=40)]
    citizen_id_tail: Annotated[str, Meta(pattern="^[0-9]{3}[0-9X]$", max_length=4)]
    """Last four characters of the citizen number [GB11643]."""
    endorsement: EndorsementClaim
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    residence_address: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """``None`` where it would make the code too fine to scan."""

    @property
    def nbf(self) -> int:
        """From when it holds: the day of printing."""
        return self.iat


_encoder = msgspec.json.Encoder()


def encode_slip(payload: SlipPayload) -> bytes:
    """The JSON that is signed."""
    # Written out although it is the default: the kind of a slip stands in every slip.
    members = msgspec.structs.asdict(payload)
    return _encoder.encode({name: value for name, value in members.items() if value is not None})


def slip_payload(claims: dict[str, Any]) -> SlipPayload:
    """The claims of a slip whose signature was verified; unknown ones are left aside.

    Raises:
        SlipClaimsError: one is missing, of another type or outside its range.
    """
    if "kind" not in claims:
        raise SlipClaimsError("not the claims of a slip: no kind")
    try:
        status_reference(claims)  # whole numbers by type: 1.0 is no place in a list
        return msgspec.convert(claims, SlipPayload, strict=True)
    except (InputError, msgspec.ValidationError) as error:
        raise SlipClaimsError(f"not the claims of a slip: {error}") from error


def is_slip_text(text: str) -> bool:
    """Whether a scanned text begins like a slip's code, of any version."""
    return _VERSION.match(text.lstrip("\r\n\t ")[:6].upper()) is not None


def pack_slip(token: str) -> str:
    """The text for a QR code, in the characters of its alphanumeric mode only.

    Raises:
        PackError: no ES256 token in strict base64url, or too much for a code that still
            scans from paper.
    """
    if len(token) > MAX_TOKEN_BYTES or not token.isascii() or "~" in token:
        raise PackError("not a slip's token: too long, or characters that none has")
    writer = TextWriter(token + "~", [])
    try:
        writer.add_jws(token, PART)
    except EncodingError as error:
        raise PackError(f"not a slip's token: {error.detail}") from error
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_DICTIONARY)
    deflated = squeeze.compress(bytes(writer.text)) + squeeze.flush()
    data = deflated + bytes(writer.signatures + writer.raw)
    text = PREFIX + base45_encode(_check(data) + data) + END
    if len(text) > MAX_CHARACTERS:
        raise PackError(f"{len(text)} characters where a slip's code takes {MAX_CHARACTERS}")
    return text


def unpack_slip(text: str, *, certificates: Mapping[bytes, bytes]) -> str:
    """The token inside a slip's code, exactly as it was packed.

    Args:
        text: as scanned; a line end after it and a scanner's caps lock do no harm.
        certificates: DER by ``certificate_key``: those the reader holds.

    Raises:
        ForeignCodeError, UnsupportedVersionError: not a code of this kind.
        UnreadableCodeError: cut off or damaged.
        UnknownCertificateError: the issuer's certificate is not among ``certificates``.
    """
    data = _payload_of(text)
    inflate = zlib.decompressobj(-15, zdict=_DICTIONARY)
    try:
        stream = inflate.decompress(data, MAX_TEXT_BYTES)
    except zlib.error as error:
        raise UnreadableCodeError("the slip's code is damaged") from error
    # One token and nothing else: header and payload, no disclosures, no key binding.
    if not inflate.eof or not stream.startswith(PART) or stream.count(PART) != 2:
        raise UnreadableCodeError("the slip's code is damaged or was cut off")
    if BINDING in stream:
        raise UnreadableCodeError("the slip's code holds a key binding, which no slip has")
    return TextReader(stream, inflate.unused_data, certificates).presentation().removesuffix("~")


def _payload_of(text: str) -> bytes:
    text = text.strip("\r\n\t ")
    if not is_slip_text(text):
        raise ForeignCodeError("not the code of a confirmation slip")
    text = text[: MAX_CHARACTERS + 1].upper()
    if not text.startswith(PREFIX):
        raise UnsupportedVersionError(
            "a slip's code of another version", remedy="Update this counter's software."
        )
    if len(text) > MAX_CHARACTERS or len(text) <= len(PREFIX) or not text.endswith(END):
        raise UnreadableCodeError("the end of the slip's code is missing")
    try:
        data = base45_decode(text[len(PREFIX) : -len(END)])
    except EncodingError as error:
        raise UnreadableCodeError(f"the slip's code is damaged: {error.detail}") from error
    check, rest = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
    if check != _check(rest):
        raise UnreadableCodeError("the slip's code is damaged: its check bytes do not fit")
    return rest


def _check(data: bytes) -> bytes:
    return sha256(data).digest()[:_CHECK_BYTES]
