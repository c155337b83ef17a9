"""The credential issuer's endpoints: offer by reference, nonce, credential [OID4VCI §4, §7, §8]."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Controller, Request, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK

from issuer.issuance import Issuance
from issuer.issuance_errors import (
    EncryptionParametersError,
    InvalidCredentialRequestError,
    MissingTokenError,
)
from schemas.errors import InputError
from schemas.openid4vci import (
    CredentialOffer,
    CredentialRequest,
    CredentialResponse,
    NonceResponse,
    parse_credential_request,
)

MAX_EMPTY_BODY_BYTES: Final = 64 * 1024
"""The nonce endpoint takes no body; what comes anyway is read so far and not looked at."""
MAX_REQUEST_BYTES: Final = 256 * 1024
"""A credential request; ten proofs with attestations stay below 100 KiB."""
_NO_STORE: Final = CacheControlHeader(no_store=True)


def bearer_token(authorization: Sequence[str]) -> str:
    """The access token in the Authorization headers; never taken from elsewhere [RFC6750 §2].

    Raises:
        MissingTokenError: no such header, several, or another scheme.
    """
    scheme, _, token = authorization[0].partition(" ") if len(authorization) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingTokenError("one Authorization header with a Bearer token is expected")
    return token.strip()


def read_credential_request(body: bytes, content_type: str) -> CredentialRequest:
    """The credential request in ``body``.

    Raises:
        EncryptionParametersError: an encrypted request; this issuer announces no key for it.
        InvalidCredentialRequestError: not JSON, or not a credential request.
    """
    media_type = content_type.split(";")[0].strip().lower()
    if media_type == "application/jwt":
        raise EncryptionParametersError("this issuer does not take encrypted requests")
    if media_type != "application/json":
        raise InvalidCredentialRequestError("the body of a credential request is application/json")
    try:
        return parse_credential_request(body)
    except InputError as error:
        raise InvalidCredentialRequestError(error.detail) from error


class CredentialController(Controller):
    """The credential issuer of one county."""

    path = "/{county_code:str}"

    @get("/offers/{reference:str}", cache_control=_NO_STORE)
    async def offer(
        self,
        county_code: FromPath[str],
        reference: FromPath[str],
        issuance: NamedDependency[Issuance],
    ) -> CredentialOffer:
        """The offer a wallet was pointed to."""
        return await issuance.offer(county_code, reference)

    @post(
        "/nonce",
        status_code=HTTP_200_OK,
        cache_control=_NO_STORE,  # a MUST of [OID4VCI §7.2]
        request_max_body_size=MAX_EMPTY_BODY_BYTES,
    )
    async def nonce(
        self, county_code: FromPath[str], body: RawBody, issuance: NamedDependency[Issuance]
    ) -> NonceResponse:
        """A fresh nonce for key proofs. Open to anyone [OID4VCI §7.1]."""
        return await issuance.nonce(county_code)

    @post(
        "/credential",
        status_code=HTTP_200_OK,
        cache_control=_NO_STORE,
        request_max_body_size=MAX_REQUEST_BYTES,
    )
    async def credential(
        self,
        county_code: FromPath[str],
        request: Request[Any, Any, Any],
        body: RawBody,
        issuance: NamedDependency[Issuance],
    ) -> CredentialResponse:
        """Copies of the permit, one for each proven key."""
        access_token = bearer_token(request.headers.getall("authorization", []))
        message = read_credential_request(body, request.headers.get("content-type", ""))
        return await issuance.issue(county_code, access_token, message)
