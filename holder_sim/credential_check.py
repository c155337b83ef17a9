"""What a wallet checks of each credential it receives, before it keeps any.

A wallet that stored whatever came would show it at a counter and be refused there. Order
as the verifier's: signature and chain first, then the content. Source: [SD-JWT §7.2],
[SD-JWT-VC §3.5], [HAIP §6.1.1].
"""

from collections.abc import Mapping
from datetime import datetime

from holder_sim.errors import BadCredentialError
from keys.errors import TrustError
from keys.jws import jwk_thumbprint, parse_jws, public_key_from_jwk, verify_jws
from keys.trust_list import TrustList, trusted_credential_key
from schemas.disclosed_claims import process_payload
from schemas.endorsement_window import day_of, expires_at
from schemas.errors import InputError
from schemas.permit_credential import (
    PROTECTED_CLAIMS,
    SD_JWT_VC_TYP,
    PermitPayload,
    permit_payload,
)
from schemas.sd_jwt import parse_sd_jwt
from schemas.strict_json import decode_object

MAX_CREDENTIAL_BYTES = 256 * 1024


def check_received(
    credential: str,
    *,
    issuer: str,
    vct: str,
    own_keys: Mapping[str, object],
    trust_list: TrustList,
    now: datetime,
) -> str:
    """Check one credential; give the thumbprint of the own key it is bound to.

    Args:
        credential: as received.
        issuer: credential issuer identifier it was asked of.
        vct: type that the configuration promised.
        own_keys: by thumbprint [RFC7638], those the proofs were made with.
        trust_list: the wallet's own.
        now: timezone-aware.

    Raises:
        BadCredentialError: what is wrong with it.
    """
    try:
        payload = _verified(credential, issuer, trust_list, now)
        thumbprint = jwk_thumbprint(public_key_from_jwk(payload.cnf.jwk).jwk())
    except (InputError, TrustError) as error:
        raise BadCredentialError(f"{error.code}: {error.detail}") from error
    if thumbprint not in own_keys:
        raise BadCredentialError("the credential is bound to a key that is not ours (cnf)")
    if payload.vct != vct:
        raise BadCredentialError("the credential is of another type than was offered (vct)")
    if not payload.nbf <= now.timestamp() < payload.exp:
        raise BadCredentialError("the credential is not valid now (nbf, exp)")
    if payload.exp != int(expires_at(payload.endorsement.usable_through).timestamp()):
        raise BadCredentialError("exp and endorsement disagree")
    return thumbprint


def _verified(credential: str, issuer: str, trust_list: TrustList, now: datetime) -> PermitPayload:
    sd_jwt = parse_sd_jwt(credential)
    if sd_jwt.kb_jwt is not None:
        raise BadCredentialError("an issuer does not send a key binding")
    jws = parse_jws(sd_jwt.issuer_jwt, typ=SD_JWT_VC_TYP, max_bytes=MAX_CREDENTIAL_BYTES)
    entry = trust_list.issuer(issuer, on=day_of(now))
    verify_jws(jws, trusted_credential_key(jws, entry, at=now))
    signed = decode_object(jws.payload, max_bytes=MAX_CREDENTIAL_BYTES)
    processed = process_payload(signed, sd_jwt.disclosures)
    if any(path[0] in PROTECTED_CLAIMS for path in processed.disclosed):
        raise BadCredentialError("a claim that must be in plain came by a disclosure")
    payload = permit_payload(processed.claims)
    if payload.iss != issuer:
        raise BadCredentialError("the credential names another issuer (iss)")
    if payload.vct not in entry.credential_types or payload.jurisdiction not in entry.counties:
        raise BadCredentialError("the trust list does not let this issuer issue this")
    return payload
