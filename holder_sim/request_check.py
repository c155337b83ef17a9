"""What a wallet checks of a counter's request before a person is even asked.

A request is believed only if it is signed by a certificate under an anchor that the trust
list names for verifiers, and only what was signed counts. The client identifier is kept
whole, prefix included, wherever it stands [OID4VP §14.8].
"""

from datetime import datetime

from holder_sim.errors import BadRequestError
from keys.certificates import Role, is_of_role
from keys.errors import TrustError
from keys.jws import parse_jws, verify_jws, x5c_of
from keys.trust_list import TrustList
from keys.x5c import TrustedLeaf, trusted_leaf
from schemas.endpoint_url import check_https_url
from schemas.errors import InputError
from schemas.openid4vp import (
    AUTHORIZATION_REQUEST_TYP,
    AuthorizationLink,
    RequestObject,
    RequestObjectError,
    parse_request_object,
    split_client_id,
    x509_hash_client_id,
)

MAX_REQUEST_BYTES = 128 * 1024
MAX_CLOCK_SKEW_S = 60
VERIFIER_NAME = "CN=verifier"
"""First name in the subject of certificates made for verifiers (keys/certificates.py)."""


def check_request(
    token: str, *, link: AuthorizationLink, trust_list: TrustList, now: datetime
) -> tuple[RequestObject, TrustedLeaf]:
    """The request and who signed it.

    Args:
        token: request object as fetched, compact JWS.
        link: what brought the wallet here.
        trust_list: names the anchors of verifiers.
        now: timezone-aware.

    Raises:
        BadRequestError: what is wrong; nothing is to be sent to anyone.
    """
    try:
        jws = parse_jws(token, typ=AUTHORIZATION_REQUEST_TYP, max_bytes=MAX_REQUEST_BYTES)
        anchors = trust_list.anchors_of_verifiers()
        leaf = trusted_leaf(x5c_of(jws), anchors=anchors, at=now)
        verify_jws(jws, leaf.public_key)
        request = parse_request_object(jws.payload)
        check_https_url(request.response_uri)
    except RequestObjectError as error:
        raise BadRequestError(f"{error.error}: {error.detail}") from error
    except (InputError, TrustError) as error:
        raise BadRequestError(f"{error.code}: {error.detail}") from error
    _check_client(request, link, leaf)
    if request.exp is not None and now.timestamp() >= request.exp:
        raise BadRequestError("the request's time is over")
    if request.iat is not None and request.iat > now.timestamp() + MAX_CLOCK_SKEW_S:
        raise BadRequestError("the request is from the future")
    return request, leaf


def _check_client(request: RequestObject, link: AuthorizationLink, leaf: TrustedLeaf) -> None:
    if request.client_id != link.client_id:
        raise BadRequestError("the link and the signed request name different clients")
    prefix, _ = split_client_id(request.client_id)
    if prefix != "x509_hash":
        raise BadRequestError("the client identifier must name a certificate by its hash")
    if request.client_id != x509_hash_client_id(leaf.der):
        raise BadRequestError("the client identifier is not that of the signing certificate")
    if not is_of_role(leaf.subject, Role.VERIFIER):
        # A county's issuer certificate hangs under the same root and is no counter's.
        raise BadRequestError("the certificate is not a verifier's")
