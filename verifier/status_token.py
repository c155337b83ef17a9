"""A status list token: believed only for one issuer and one address.

Checked before a single entry is read: exact ``typ``; a key that this very issuer's entry
of the trust list names for status lists, so that a token good for its own certificate is
not yet good for us; ``sub`` equal to the address, so that another list of the same issuer
cannot stand in; ``iat`` and ``exp``; and an inflation that stops at a cap.
Source: [TSL §5.1, §8.3, §11], [HAIP §6.1].
"""

from datetime import UTC, datetime

from msgspec import Struct

from keys.errors import TrustError
from keys.jws import parse_jws, verify_jws
from keys.trust_list import TrustedIssuer, trusted_status_key
from schemas.errors import InputError
from schemas.status_list import (
    STATUS_LIST_TYP,
    StatusList,
    StatusListPayload,
    decode_status_list,
    parse_status_payload,
)
from verifier.errors import StatusListRefusedError

MAX_ENTRIES = 1 << 20
"""Entries of one list: ours have 2^20 of two bits, 256 kB unpacked."""
MAX_TOKEN_BYTES = 2 * 1024 * 1024
"""Bytes of one token: incompressible, such a list has about 470 kB on the wire."""
MAX_LIFETIME_S = 7 * 86400
"""Seconds after ``iat`` for which a list without ``exp`` is used, and the most with one:
an old list must not stay good because its signer set no end."""
MAX_CLOCK_SKEW_S = 60


class VerifiedList(Struct, frozen=True):
    """A status list whose token was verified. Instants in seconds since 1970 UTC."""

    status_list: StatusList
    as_of: datetime
    """``iat`` (UTC)."""
    iat_s: int
    ends_s: int
    """First second in which it may not be used any more."""
    ttl_s: int | None
    """How long the issuer lets it be kept without asking again; ``None``: not said."""


def read_status_token(
    token: str, *, uri: str, issuer: TrustedIssuer, now: datetime
) -> VerifiedList:
    """The list in ``token``, if it is the one at ``uri`` and ``issuer`` stands behind it.

    Raises:
        StatusListRefusedError: it is not to be believed; the detail says why.
    """
    try:
        jws = parse_jws(token, typ=STATUS_LIST_TYP, max_bytes=MAX_TOKEN_BYTES)
        verify_jws(jws, trusted_status_key(jws, issuer, at=now))
        payload = parse_status_payload(jws.payload)
        ends_s = _ends(payload, uri=uri, now_s=now.timestamp())
        status_list = decode_status_list(payload.status_list, max_entries=MAX_ENTRIES)
    except (TrustError, InputError) as error:
        raise StatusListRefusedError(f"status list refused: {error.detail}") from error
    as_of = datetime.fromtimestamp(payload.iat, UTC)
    return VerifiedList(status_list, as_of, payload.iat, ends_s, payload.ttl)


def _ends(payload: StatusListPayload, *, uri: str, now_s: float) -> int:
    if payload.sub != uri:
        raise StatusListRefusedError("the token is for another list (sub)")
    if payload.iat > now_s + MAX_CLOCK_SKEW_S:
        raise StatusListRefusedError("the token is from the future (iat)")
    ends_s = payload.iat + MAX_LIFETIME_S
    if payload.exp is not None:
        ends_s = min(ends_s, payload.exp)
    if now_s >= ends_s:
        raise StatusListRefusedError("the token has run out (exp)")
    return ends_s
