"""The token endpoint: a code or a refresh token in, an access token out [OID4VCI §6].

Wallets are anonymous here: what they must know is the code and the digits that came by a
second way. Binding tokens to a wallet's key is a later step; until then a refresh token
works once, and one that turns up again after its successor was used ends the grant.
"""

from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Controller, Request, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from issuer.issuance import Issuance
from issuer.issuance_errors import InvalidTokenRequestError, UnsupportedGrantTypeError
from issuer.issuer_metadata import REFRESH_GRANT
from schemas.openid4vci import PRE_AUTHORIZED_GRANT, TokenResponse

FORM_TYPE: Final = "application/x-www-form-urlencoded"

MAX_BODY_BYTES: Final = 64 * 1024
MAX_PARAMETERS: Final = 32
"""Form parameters read from one request; ours has three."""

_CODE: Final = "pre-authorized_code"


class CodeRequest(Struct, frozen=True):
    """A wallet redeems its offer."""

    pre_authorized_code: str
    tx_code: str | None


class RefreshRequest(Struct, frozen=True):
    """A wallet comes back for new copies."""

    refresh_token: str


def read_token_request(body: bytes, content_type: str) -> CodeRequest | RefreshRequest:
    """The token request in ``body``.

    Raises:
        InvalidTokenRequestError: not a form, a parameter missing, repeated or out of place.
        UnsupportedGrantTypeError: another grant type.
    """
    form = _read_form(body, content_type)
    grant_type = _required(form, "grant_type")
    if grant_type == PRE_AUTHORIZED_GRANT:
        return CodeRequest(_required(form, _CODE), form.get("tx_code"))
    if grant_type != REFRESH_GRANT:
        raise UnsupportedGrantTypeError(
            "this server takes the pre-authorized_code and refresh_token grants only"
        )
    if "tx_code" in form:
        raise InvalidTokenRequestError("tx_code belongs to the pre-authorized_code grant only")
    return RefreshRequest(_required(form, "refresh_token"))


def _read_form(body: bytes, content_type: str) -> dict[str, str]:
    if content_type.split(";")[0].strip().lower() != FORM_TYPE:
        raise InvalidTokenRequestError(f"the body of a token request is {FORM_TYPE}")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError as error:
        raise InvalidTokenRequestError("the body is not a form of this size") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidTokenRequestError("a parameter stands there twice")
    # A parameter without a value counts as left out [RFC6749 §3.2].
    return {name: value for name, value in pairs if value}


def _required(form: dict[str, str], name: str) -> str:
    if name not in form:
        raise InvalidTokenRequestError(f"{name} is missing")
    return form[name]


class TokenController(Controller):
    """The authorization server of one county."""

    path = "/{county_code:str}"

    @post(
        "/token",
        status_code=HTTP_200_OK,
        cache_control=CacheControlHeader(no_store=True),
        request_max_body_size=MAX_BODY_BYTES,
    )
    async def token(
        self,
        county_code: FromPath[str],
        request: Request[Any, Any, Any],
        body: RawBody,
        issuance: NamedDependency[Issuance],
    ) -> TokenResponse:
        """Redeem a code, or refresh."""
        match read_token_request(body, request.headers.get("content-type", "")):
            case CodeRequest(pre_authorized_code=code, tx_code=tx_code):
                return await issuance.redeem(county_code, code, tx_code)
            case RefreshRequest(refresh_token=refresh_token):
                return await issuance.refresh(county_code, refresh_token)
