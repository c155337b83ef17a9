"""What a counter asks of a wallet: the query of a service item, and the signed request.

Source: [OID4VP §5], [OID4VP §6], [HAIP §5].
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from keys.jws import sign_jws, x5c_header
from keys.signing_key import SigningKey
from schemas.openid4vp import (
    AUTHORIZATION_REQUEST_TYP,
    STATIC_AUDIENCE,
    x509_hash_client_id,
)
from schemas.permit_credential import CLAIM_PATHS, PERMIT_VCT, SD_JWT_VC_TYP
from verifier.presentation_session import Requested
from verifier.service_items import ServiceItem

QUERY_ID = "permit"
"""The one credential query of our requests; the answer's ``vp_token`` has this key."""
ENCRYPTIONS = ("A128GCM", "A256GCM")
"""Both are listed, as [HAIP §5] asks; the wallet chooses."""


def query_for(item: ServiceItem) -> dict[str, Any]:
    """The DCQL query of a service item: one permit, and of it only what the item needs.

    An item without claims asks for none: ``claims`` is then left out, which means no
    selectively disclosable claim at all [OID4VP §6.4.1].
    """
    credential: dict[str, Any] = {
        "id": QUERY_ID,
        "format": SD_JWT_VC_TYP,
        "meta": {"vct_values": [PERMIT_VCT]},
    }
    if item.claims:
        credential["claims"] = [{"path": list(CLAIM_PATHS[name])} for name in item.claims]
    return {"credentials": [credential]}


def signed_request(
    session: Requested,
    *,
    key: SigningKey,
    response_uri: str,
    encryption_jwk: Mapping[str, str] | None,
) -> str:
    """The request object of ``session``, a JWS [RFC9101 §4]; same meaning at every call.

    Args:
        session: what is asked.
        key: signs; its certificate names the client.
        response_uri: where the wallet posts its answer.
        encryption_jwk: the public key made for this request alone, or ``None`` where the
            answer comes unencrypted.
    """
    metadata: dict[str, Any] = {
        "vp_formats_supported": {
            SD_JWT_VC_TYP: {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}
        }
    }
    if encryption_jwk is not None:
        metadata["jwks"] = {"keys": [dict(encryption_jwk)]}
        metadata["encrypted_response_enc_values_supported"] = list(ENCRYPTIONS)
    request: dict[str, Any] = {
        "client_id": x509_hash_client_id(key.chain[0]),
        "aud": STATIC_AUDIENCE,
        "response_type": "vp_token",
        "response_mode": session.response_mode,
        "response_uri": response_uri,
        "nonce": session.nonce,
        "dcql_query": session.query,
        "client_metadata": metadata,
        **_purpose_of(session),
        "iat": int(session.created_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return sign_jws(
        msgspec.json.encode(request), typ=AUTHORIZATION_REQUEST_TYP, key=key, x5c=x5c_header(key)
    )


def _purpose_of(session: Requested) -> dict[str, Any]:
    """What it is for, in members of our own: inside the signature, for the holder to read."""
    purpose: dict[str, Any] = {"service_item": {"id": session.item, **session.item_name}}
    if session.case_number:
        purpose["case_number"] = session.case_number
    return purpose
