"""A wallet's proof that it holds the key a credential is to be bound to.

Source: [OID4VCI §F.1], [OID4VCI §F.4]. The nonce is checked by the issuer's store, as the
last step: here it is only read.
"""

from datetime import datetime
from typing import Any

import msgspec

from keys.errors import ProofError, SignatureError, TokenError
from keys.jws import parse_jws, public_key_from_jwk, sign_jws, verify_jws
from keys.signing_key import SigningKey
from schemas.errors import InputError
from schemas.strict_json import decode_object

PROOF_TYP = "openid4vci-proof+jwt"
MAX_PROOF_BYTES = 16 * 1024
MAX_AGE_S = 300
"""How old a proof may be, in seconds."""
MAX_AHEAD_S = 60
"""How far a wallet's clock may run ahead, in seconds."""
_KEY_MEMBERS = ("jwk", "kid", "x5c")


class ProvenKey(msgspec.Struct, frozen=True):
    """A key whose possession was proven, and the nonce the proof was made for."""

    jwk: dict[str, str]
    """Public members only: kty, crv, x, y."""
    nonce: str


def make_proof(
    key: SigningKey, *, audience: str, nonce: str, now: datetime, client_id: str | None = None
) -> str:
    """A proof for the issuer ``audience``; ``iss`` only for a wallet that is a known client."""
    claims: dict[str, Any] = {"aud": audience, "iat": int(now.timestamp()), "nonce": nonce}
    if client_id is not None:
        claims["iss"] = client_id
    return sign_jws(msgspec.json.encode(claims), typ=PROOF_TYP, key=key, jwk=key.public_jwk())


def verify_proof(
    token: str, *, audience: str, now: datetime, client_id: str | None = None
) -> ProvenKey:
    """The key a proof proves.

    Args:
        token: the proof, compact JWS.
        audience: our own credential issuer identifier.
        now: timezone-aware.
        client_id: of the access token; ``None`` after anonymous access.

    Raises:
        ProofError: any rule of a proof does not hold.
    """
    try:
        jws = parse_jws(token, typ=PROOF_TYP, max_bytes=MAX_PROOF_BYTES)
        if [name for name in _KEY_MEMBERS if name in jws.header] != ["jwk"]:
            raise ProofError("a proof names its key by jwk, and by nothing else")
        jwk = jws.header["jwk"]
        if not isinstance(jwk, dict):
            raise ProofError("jwk must be an object")
        key = public_key_from_jwk(jwk)
        verify_jws(jws, key)
        claims = decode_object(jws.payload, max_bytes=MAX_PROOF_BYTES)
    except (TokenError, SignatureError, InputError) as error:
        raise ProofError(error.detail) from error
    _check_claims(claims, audience=audience, now=now, client_id=client_id)
    return ProvenKey(jwk=key.jwk(), nonce=claims["nonce"])


def _check_claims(
    claims: dict[str, Any], *, audience: str, now: datetime, client_id: str | None
) -> None:
    if claims.get("aud") != audience:
        raise ProofError("the proof was made for another issuer (aud)")
    iat = claims.get("iat")
    if type(iat) is not int:
        raise ProofError("the proof does not say when it was made (iat)")
    now_s = int(now.timestamp())
    # Compared as whole numbers: a huge one does not fit a float.
    if not now_s - MAX_AGE_S <= iat <= now_s + MAX_AHEAD_S:
        raise ProofError("the proof is too old or from the future (iat)")
    if not isinstance(claims.get("nonce"), str):
        raise ProofError("the proof has no nonce")
    if "iss" in claims and claims["iss"] != client_id:
        raise ProofError("the proof names another client (iss)")
