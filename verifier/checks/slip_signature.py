"""Signature of a confirmation slip: a county we trust printed this, as a slip.

The rules are those of a permit's signature, and the same certificates count. The type in
the header is another, and is compared before anything else: a permit's token is no slip,
for then a copy of it could be shown without the holder's key, and a slip is no permit.
No key is ever taken from the token [RFC8725 §3.10, §3.11].

Left to others on purpose: whether it has ended (validity, endorsement, revocation), whether
the issuer may permit for the county (jurisdiction), and whether the person is the holder,
which no machine can see on paper.
"""

from datetime import datetime

from msgspec import Struct

from keys.errors import TokenError
from keys.jws import parse_jws
from keys.trust_list import TrustedIssuer, TrustList
from schemas.errors import InputError
from schemas.paper_slip import MAX_TOKEN_BYTES, SLIP_TYP, SlipPayload, slip_payload
from schemas.permit_credential import PERMIT_VCT
from schemas.strict_json import decode_object
from verifier.checks.signature import verified_issuer
from verifier.errors import BadCredentialError, InvalidSlipError, WrongCredentialTypeError


class TrustedSlip(Struct, frozen=True):
    """A slip whose issuer's signature was verified. Only ``check_slip_signature`` makes one."""

    payload: SlipPayload
    issuer: TrustedIssuer
    """The entry of the trust list, not the slip's word."""


def check_slip_signature(token: str, *, trust_list: TrustList, now: datetime) -> TrustedSlip:
    """The slip, if an issuer of the trust list signed it.

    Raises:
        AuthenticityError: one of the subclasses imported above or by ``signature.py``; the
            first that applies.
    """
    try:
        jws = parse_jws(token, typ=SLIP_TYP, max_bytes=MAX_TOKEN_BYTES)
        claims = decode_object(jws.payload, max_bytes=MAX_TOKEN_BYTES)
    except (TokenError, InputError) as error:
        raise BadCredentialError("the slip's token breaks its own rules") from error
    issuer = verified_issuer(jws, claims, trust_list=trust_list, now=now)
    try:
        payload = slip_payload(claims)
    except InputError as error:
        raise InvalidSlipError("signed, but not a slip in shape") from error
    if PERMIT_VCT not in issuer.credential_types:
        raise WrongCredentialTypeError("this issuer may not issue residence permits")
    return TrustedSlip(payload, issuer)
