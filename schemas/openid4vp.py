"""OpenID4VP: the request a counter signs and a wallet reads, and the holder's signature.

The wallet is given a short link; behind it lies a signed request object, and only what
stands in that object counts. Taken is what HAIP asks for: signed requests by reference,
DCQL, ``direct_post`` and ``direct_post.jwt``. Who asks is in schemas/client_metadata.py,
what is sent back in schemas/openid4vp_response.py; this file is the one door to all three.
Signatures are the business of keys/jws.py.

Units: times are whole seconds since 1970 UTC. Source: [OID4VP §5, §13.1], [HAIP §5].
"""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec import Meta, Struct

from schemas.client_metadata import (
    ClientMetadata,
    Jwks,
    RequestObjectError,
    SdJwtAlgorithms,
    VpFormats,
    choose_encryption,
    split_client_id,
    x509_hash_client_id,
)
from schemas.dcql import DcqlError, DcqlQuery, parse_query
from schemas.endpoint_url import UrlError, check_https_url
from schemas.errors import InputError
from schemas.openid4vp_response import (
    DirectPostAnswer,
    EncryptedResponse,
    ErrorResponse,
    ResponseError,
    VpTokenResponse,
    decode_form,
    parse_direct_post,
    parse_direct_post_answer,
    parse_response_payload,
    parse_vp_token,
    response_form,
    response_payload,
)
from schemas.strict_json import decode_object

__all__ = [
    "AUTHORIZATION_REQUEST_MEDIA_TYPE",
    "AUTHORIZATION_REQUEST_TYP",
    "DIRECT_POST",
    "DIRECT_POST_JWT",
    "KEY_BINDING_TYP",
    "STATIC_AUDIENCE",
    "AuthorizationLink",
    "ClientMetadata",
    "DirectPostAnswer",
    "EncryptedResponse",
    "ErrorResponse",
    "Jwks",
    "KeyBindingError",
    "KeyBindingPayload",
    "RequestObject",
    "RequestObjectError",
    "ResponseError",
    "SdJwtAlgorithms",
    "VpFormats",
    "VpTokenResponse",
    "authorization_url",
    "choose_encryption",
    "decode_form",
    "parse_authorization_url",
    "parse_direct_post",
    "parse_direct_post_answer",
    "parse_key_binding",
    "parse_request_object",
    "parse_response_payload",
    "parse_vp_token",
    "response_form",
    "response_payload",
    "split_client_id",
    "x509_hash_client_id",
]

AUTHORIZATION_REQUEST_TYP = "oauth-authz-req+jwt"
AUTHORIZATION_REQUEST_MEDIA_TYPE = "application/oauth-authz-req+jwt"
KEY_BINDING_TYP = "kb+jwt"
VP_TOKEN = "vp_token"  # noqa: S105 -- a response type
DIRECT_POST = "direct_post"
DIRECT_POST_JWT = "direct_post.jwt"
STATIC_AUDIENCE = "https://self-issued.me/v2"
"""``aud`` of a request to a wallet that nobody has looked up [OID4VP §5.8]."""

WALLET_SCHEMES = ("openid4vp", "haip-vp")
MAX_URL_LENGTH = 2048
"""Characters of a link or URL; ``request_uri`` should stay below 512 [RFC9101 §5.2]."""
MAX_REQUEST_BYTES = 64 * 1024
"""Bytes of the payload of a request object."""
MAX_KEY_BINDING_BYTES = 8 * 1024
MAX_TIME_S = 2**53
"""Up to here a float holds every whole number, so times can be compared."""

_Text = Annotated[str, Meta(min_length=1, max_length=MAX_URL_LENGTH)]
_Token = Annotated[str, Meta(max_length=512, pattern=r"^[A-Za-z0-9._~-]+\Z")]


class AuthorizationLink(Struct, frozen=True):
    """What a link or a QR code at the counter says to a wallet [OID4VP §5.10]."""

    client_id: str
    """Has to be the request object's, character for character."""
    request_uri: str
    method: str = "get"
    """``get`` or ``post``: how to fetch the request object."""


class RequestObject(Struct, frozen=True, omit_defaults=True):
    """What the verifier asks, signed [OID4VP §5.1, §5.2]. ``iss`` is not looked at."""

    client_id: _Text
    response_uri: _Text
    nonce: _Token
    dcql_query: DcqlQuery
    response_mode: str
    response_type: str
    client_metadata: ClientMetadata
    aud: _Text | None = None
    state: _Token | None = None
    iat: int | None = None
    exp: int | None = None
    wallet_nonce: _Token | None = None
    """The wallet's own, given back; only where the wallet sent one."""


class KeyBindingPayload(Struct, frozen=True):
    """What the holder signs over each presentation [SD-JWT §4.3]."""

    iat: int
    aud: str
    """The verifier's client identifier, with its prefix."""
    nonce: str
    sd_hash: str


class KeyBindingError(InputError):
    """The payload of a key binding JWT that is none."""

    code = "invalid_key_binding"


def authorization_url(
    client_id: str, request_uri: str, *, method: str = "get", scheme: str = "openid4vp"
) -> str:
    """The link that opens a wallet, and that a QR code holds."""
    members = {"client_id": client_id, "request_uri": request_uri}
    if method != "get":
        members["request_uri_method"] = method
    return f"{scheme}://?{urlencode(members)}"


def parse_authorization_url(text: str) -> AuthorizationLink:
    """What a link says. Everything else in it is ignored: only the signed object counts.

    Raises:
        RequestObjectError: no such link, a parameter twice, or a ``request_uri`` that is
            not https (plain http passes on a loopback host).
    """
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in WALLET_SCHEMES or len(text) > MAX_URL_LENGTH:
        raise RequestObjectError("not a link to a wallet")
    members = _query_of(rest.partition("?")[2])
    if "request" in members or not {"client_id", "request_uri"} <= members.keys():
        raise RequestObjectError("a link needs client_id and request_uri, and no request")
    method = members.get("request_uri_method", "get")
    if method not in ("get", "post"):
        raise RequestObjectError(
            "request_uri_method is neither get nor post", error="invalid_request_uri_method"
        )
    _check_url("request_uri", members["request_uri"], error="invalid_request_uri")
    return AuthorizationLink(members["client_id"], members["request_uri"], method)


def _query_of(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=16)
    except ValueError as error:
        raise RequestObjectError("a link that is not UTF-8, or too long") from error
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RequestObjectError("a link with a parameter twice")
    return members


def parse_request_object(payload: bytes) -> RequestObject:
    """Wallet: the request in a request object whose signature was verified.

    Unknown members are ignored, but not those that would change what is being agreed to.

    Raises:
        RequestObjectError: with the code the protocol has for it.
    """
    try:
        members = decode_object(payload, max_bytes=MAX_REQUEST_BYTES)
        _check_members(members)
        request = msgspec.convert(members, RequestObject)
        parse_query(members["dcql_query"])
    except (msgspec.ValidationError, DcqlError) as error:
        raise RequestObjectError(f"the request is malformed: {error}") from error
    except InputError as error:
        if isinstance(error, RequestObjectError):
            raise
        raise RequestObjectError(error.detail, error="invalid_request_object") from error
    split_client_id(request.client_id)
    _check_url("response_uri", request.response_uri)
    return request


def _check_members(members: dict[str, Any]) -> None:
    if "transaction_data" in members:
        # Ignoring it would be agreeing to a transaction unseen [OID4VP §5.1].
        raise RequestObjectError("transaction_data is not taken", error="invalid_transaction_data")
    if members.get("response_type") != VP_TOKEN:
        raise RequestObjectError("response_type is not vp_token")
    if members.get("response_mode") not in (DIRECT_POST, DIRECT_POST_JWT):
        raise RequestObjectError("response_mode is not direct_post or direct_post.jwt")
    if "dcql_query" not in members and "scope" in members:
        raise RequestObjectError("scope stands for no query here", error="invalid_scope")
    wrong = members.keys() & {"redirect_uri", "scope", "request", "request_uri"}
    if wrong:
        raise RequestObjectError(f"{', '.join(sorted(wrong))} cannot stand beside the rest")
    null = [name for name in RequestObject.__struct_fields__ if members.get(name, "") is None]
    if null:
        raise RequestObjectError(f"{', '.join(null)} is null")


def _check_url(name: str, text: str, *, error: str = "invalid_request") -> None:
    try:
        check_https_url(text)
    except UrlError as fault:
        raise RequestObjectError(f"{name}: {fault.detail}", error=error) from fault


def parse_key_binding(payload: bytes) -> KeyBindingPayload:
    """The payload of a key binding JWT; other claims in it are ignored.

    Whether the values are the expected ones is for the verifier to say. ``exp`` and ``nbf``
    are refused: nothing here would look at them, and they would count [SD-JWT §7.3].

    Raises:
        KeyBindingError: a claim missing or of the wrong type; ``aud`` has to be one string.
    """
    try:
        claims = decode_object(payload, max_bytes=MAX_KEY_BINDING_BYTES)
    except InputError as error:
        raise KeyBindingError(error.detail) from error
    iat, aud, nonce, digest = (claims.get(name) for name in ("iat", "aud", "nonce", "sd_hash"))
    # By exact type: True and 1.0 are numbers to Python, and no times. Nor are numbers that
    # only grow: one of 400 digits cannot even be subtracted from a time.
    if type(iat) is not int or not 0 <= iat <= MAX_TIME_S:
        raise KeyBindingError("iat is no whole number of seconds")
    if not (isinstance(aud, str) and isinstance(nonce, str) and isinstance(digest, str)):
        raise KeyBindingError("aud, nonce and sd_hash have to be one string each")
    if "exp" in claims or "nbf" in claims:
        raise KeyBindingError("exp or nbf in a key binding JWT, which lives by iat alone")
    return KeyBindingPayload(iat, aud, nonce, digest)
