"""Status lists: one number for each credential ever issued, packed bit by bit.

A credential says which list and which place in it is its own. The list is fetched as a
whole, so that whoever serves it does not learn which credential is being looked at.
Signatures, ages and what a value means for a permit are decided elsewhere.

Units: ``iat`` and ``exp`` are seconds since 1970 UTC, ``ttl`` is seconds. A list names
its number of bits an entry (1, 2, 4 or 8), lowest bits first. Source: [TSL §4, §5, §6].
"""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import EncodingError, InputError
from schemas.strict_json import decode_object

VALID = 0
INVALID = 1
"""Revoked or cancelled; final [TSL §7]."""
SUSPENDED = 2
"""May become valid again. Any other value than these three counts as not valid."""

STATUS_LIST_TYP = "statuslist+jwt"
STATUS_LIST_MEDIA_TYPE = "application/statuslist+jwt"

BITS_ALLOWED = (1, 2, 4, 8)
MAX_ENTRIES = 2**20
"""Entries of one list. Ours have this many; larger ones are refused before inflating."""
MAX_PAYLOAD_BYTES = 4 * 1024 * 1024
"""Bytes of a token's payload: 2^20 entries of 8 bits, uncompressible, take 1.4 MB."""
MAX_URI_LENGTH = 2048
"""Characters of the URI of a list."""

_MIN_TTL_S, _MAX_TIME_S = 1, 2**53


class StatusListError(InputError):
    """Not a status list, a reference to none, or a place outside it."""

    code = "invalid_status_list"


class StatusReference(Struct, frozen=True):
    """Where the status of one credential is found [TSL §6.2]."""

    idx: int
    """Place in the list, counted from 0."""
    uri: str
    """Of the list; equal to ``sub`` of its token, character for character."""


class StatusListClaim(Struct, frozen=True):
    """A list as it travels: bits an entry, and base64url of the zlib stream [TSL §4.2]."""

    bits: int
    lst: str


class StatusListPayload(Struct, frozen=True, omit_defaults=True):
    """What the token of a list says [TSL §5.1]."""

    sub: str
    iat: int
    status_list: StatusListClaim
    exp: int | None = None
    ttl: int | None = None
    """How long it may be kept before asking again, in seconds."""


class StatusList:
    """A list unpacked. Entries are read in place, in constant time."""

    __slots__ = ("bits", "raw")

    def __init__(self, bits: int, raw: bytes) -> None:
        self.bits = _checked_bits(bits)
        self.raw = raw

    @classmethod
    def from_values(cls, bits: int, size: int, values: Mapping[int, int]) -> "StatusList":
        """A list of ``size`` entries, 0 wherever ``values`` has none.

        Raises:
            StatusListError: a place outside the list, or a value too big for ``bits``.
        """
        raw = bytearray((size * _checked_bits(bits) + 7) // 8)
        for idx, value in values.items():
            if not (0 <= idx < size and 0 <= value < 1 << bits):
                raise StatusListError(f"{value} at {idx} in {size} entries of {bits} bits")
            raw[idx * bits >> 3] |= value << (idx * bits & 7)
        return cls(bits, bytes(raw))

    def __len__(self) -> int:
        """Entries, those included that only fill the last byte."""
        return len(self.raw) * 8 // self.bits

    def value(self, idx: int) -> int:
        """The entry at ``idx``.

        Raises:
            StatusListError: no whole number, or outside the list [TSL §8.3].
        """
        if type(idx) is not int or not 0 <= idx < len(self):
            raise StatusListError(f"no entry {idx!r} in a list of {len(self)}")
        at = idx * self.bits
        return self.raw[at >> 3] >> (at & 7) & ((1 << self.bits) - 1)

    def encode(self, *, level: int = 6) -> StatusListClaim:
        """The list as it travels; ``level`` is zlib's, 0 to 9, and changes nothing else."""
        return StatusListClaim(self.bits, b64url_encode(zlib.compress(self.raw, level)))


def decode_status_list(claim: StatusListClaim, *, max_entries: int = MAX_ENTRIES) -> StatusList:
    """Unpack a list of at most ``max_entries``; never inflates beyond that.

    Raises:
        StatusListError: bits not allowed, not base64url, not one whole zlib stream with
            nothing after it, or more entries.
    """
    max_bytes = (max_entries * _checked_bits(claim.bits) + 7) // 8
    inflate = zlib.decompressobj()
    try:
        # One byte more than may come out, so that a list at the cap reaches its end.
        raw = inflate.decompress(b64url_decode(claim.lst), max_bytes + 1)
    except (EncodingError, zlib.error) as error:
        raise StatusListError("lst is not base64url of a zlib stream") from error
    if len(raw) > max_bytes:
        raise StatusListError(f"more than {max_entries} entries")
    if not inflate.eof or inflate.unused_data:
        raise StatusListError("lst stops short or goes on behind its end")
    return StatusList(claim.bits, raw)


def parse_status_payload(payload: bytes) -> StatusListPayload:
    """The payload of a token whose signature was verified; unknown claims are ignored.

    Does not compare ``sub`` with the credential's ``uri`` nor times with a clock: both
    are the caller's.

    Raises:
        StatusListError: a claim missing, of the wrong type or outside its range.
    """
    try:
        claims = decode_object(payload, max_bytes=MAX_PAYLOAD_BYTES)
        parsed = msgspec.convert(claims, StatusListPayload)
    except (InputError, msgspec.ValidationError) as error:
        raise StatusListError(f"no status list: {error}") from error
    numbers = {name: claims[name] for name in ("iat", "exp", "ttl") if name in claims}
    for name, number in numbers.items():
        _check_whole(name, number, least=_MIN_TTL_S if name == "ttl" else 0, most=_MAX_TIME_S)
    _checked_bits(parsed.status_list.bits)
    return parsed


def status_reference(claims: Mapping[str, Any]) -> StatusReference:
    """Where a credential with these claims has its status.

    Raises:
        StatusListError: no reference to a status list, or not a well-formed one.
    """
    try:
        reference = claims["status"]["status_list"]
        idx, uri = reference["idx"], reference["uri"]
    except (KeyError, TypeError, IndexError) as error:
        raise StatusListError("the credential has no status.status_list") from error
    _check_whole("idx", idx, least=0, most=_MAX_TIME_S)
    if type(uri) is not str or not 0 < len(uri) <= MAX_URI_LENGTH:
        raise StatusListError(f"uri is no string of 1 to {MAX_URI_LENGTH} characters")
    return StatusReference(idx, uri)


def _checked_bits(bits: int) -> int:
    if type(bits) is not int or bits not in BITS_ALLOWED:
        raise StatusListError(f"bits is {bits!r}, not 1, 2, 4 or 8")
    return bits


def _check_whole(name: str, number: object, *, least: int, most: int) -> None:
    # By exact type: True and 1.0 equal 1 in Python, and stand for nothing here.
    if type(number) is not int or not least <= number <= most:
        raise StatusListError(f"{name} is no whole number from {least} to {most}")
