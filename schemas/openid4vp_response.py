"""OpenID4VP: what a wallet sends back, as a form, as JSON to be encrypted, or as an error.

In ``direct_post`` the form carries ``vp_token`` as JSON text; in ``direct_post.jwt`` it
carries one encrypted ``response`` in which ``vp_token`` is an object. Errors may come
unencrypted in both. Source: [OID4VP §8].
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec import Meta, Struct

from schemas.dcql import DcqlQuery
from schemas.errors import InputError
from schemas.strict_json import decode_json

MAX_RESPONSE_BYTES = 1024 * 1024
"""Bytes of a form: a few credentials with portraits, encrypted and percent-encoded."""
MAX_FORM_FIELDS = 32
MAX_PRESENTATIONS = 32
"""Presentations for one credential query that allows several."""

_encode = msgspec.json.Encoder().encode
_Text = Annotated[str, Meta(max_length=2048)]
_ErrorCode = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+\Z")
]
_Kind = TypeVar("_Kind")


class ResponseError(InputError):
    """A response that is none."""

    code = "invalid_response"


class VpTokenResponse(Struct, frozen=True, omit_defaults=True):
    """Presentations, by the id of the credential query that each answers."""

    vp_token: dict[str, list[str]]
    state: _Text | None = None


class EncryptedResponse(Struct, frozen=True):
    """A response still encrypted (JWE, compact)."""

    response: str


class ErrorResponse(Struct, frozen=True, omit_defaults=True):
    """Why there is none [OID4VP §8.5]."""

    error: _ErrorCode
    error_description: _Text | None = None
    state: _Text | None = None


class DirectPostAnswer(Struct, frozen=True, omit_defaults=True):
    """What the verifier says to a form it has taken [OID4VP §8.2]."""

    redirect_uri: Annotated[str, Meta(min_length=1, max_length=2048)] = ""
    """Where the wallet sends its user; empty and not written where there is no such place."""


def parse_vp_token(value: object, *, query: DcqlQuery | None = None) -> dict[str, list[str]]:
    """A ``vp_token``: always lists, one entry unless the query allowed several.

    Args:
        value: decoded JSON, never text.
        query: what was asked. A verifier must give it: without, any ids and numbers pass.

    Raises:
        ResponseError: of another shape, empty, or with what was not asked for.
    """
    if type(value) is not dict or not value:
        raise ResponseError("vp_token is no object with presentations in it")
    for presentations in value.values():
        if type(presentations) is not list or not 0 < len(presentations) <= MAX_PRESENTATIONS:
            raise ResponseError("vp_token holds something else than lists of presentations")
        if not all(type(entry) is str and entry for entry in presentations):
            raise ResponseError("vp_token holds a presentation that is no string")
    if query is not None:
        _check_asked(value, query)
    return value


def _check_asked(vp_token: Mapping[str, list[str]], query: DcqlQuery) -> None:
    multiple = {credential.id: credential.multiple for credential in query.credentials}
    for name, presentations in vp_token.items():
        if name not in multiple:
            raise ResponseError("vp_token answers a query that was not asked")
        if len(presentations) > 1 and not multiple[name]:
            raise ResponseError(f"{len(presentations)} presentations where one was asked for")


def decode_form(body: bytes, *, max_bytes: int = MAX_RESPONSE_BYTES) -> dict[str, str]:
    """The fields of ``application/x-www-form-urlencoded``, each of which may stand once.

    Raises:
        ResponseError: over a cap, not UTF-8, or a field twice.
    """
    if len(body) > max_bytes:
        raise ResponseError(f"a form of {len(body)} bytes where at most {max_bytes} are taken")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError as error:
        raise ResponseError("not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ResponseError("a form field is there twice")
    return fields


def parse_direct_post(
    body: bytes, *, encrypted: bool, query: DcqlQuery | None = None
) -> VpTokenResponse | EncryptedResponse | ErrorResponse:
    """Verifier: what came in at ``response_uri``. Unknown fields are ignored.

    Args:
        body: of the POST.
        encrypted: the request's mode was ``direct_post.jwt``. Then a ``vp_token`` in the
            clear is refused, or anyone on the way could take the encryption off.
        query: what was asked.

    Raises:
        ResponseError: not one of the three, or more than one.
    """
    fields = decode_form(body)
    kinds = fields.keys() & {"vp_token", "response", "error"}
    if kinds == {"error"}:
        return _convert(fields, ErrorResponse)
    if kinds != {"response" if encrypted else "vp_token"}:
        raise ResponseError("the form holds no answer in the mode that was asked for")
    if encrypted:
        return EncryptedResponse(fields["response"])
    token = _json(fields["vp_token"].encode())
    return _response(fields | {"vp_token": token}, query)


def parse_response_payload(
    payload: bytes, *, query: DcqlQuery | None = None
) -> VpTokenResponse | ErrorResponse:
    """Verifier: what an encrypted response held. Unknown members are ignored.

    Raises:
        ResponseError: not one of the two, or both.
    """
    members = _json(payload)
    if type(members) is not dict or ("vp_token" in members) == ("error" in members):
        raise ResponseError("the response holds neither vp_token nor error, or both")
    if "error" in members:
        return _convert(members, ErrorResponse)
    return _response(members, query)


def response_form(response: VpTokenResponse | EncryptedResponse | ErrorResponse) -> bytes:
    """Wallet: the body to POST."""
    fields = {name: value for name, value in _members(response).items() if value is not None}
    if isinstance(response, VpTokenResponse):
        fields["vp_token"] = _encode(response.vp_token).decode()
    return urlencode(fields).encode("ascii")


def response_payload(response: VpTokenResponse | ErrorResponse) -> bytes:
    """Wallet: the JSON to encrypt; ``state`` goes inside."""
    return _encode(response)


def parse_direct_post_answer(body: bytes) -> DirectPostAnswer:
    """Wallet: what the verifier answered to the form.

    Raises:
        ResponseError: no JSON object, or a ``redirect_uri`` that is null or empty.
    """
    return _convert(_json(body), DirectPostAnswer)


def _members(response: Struct) -> dict[str, Any]:
    return {name: getattr(response, name) for name in response.__struct_fields__}


def _response(members: Mapping[str, Any], query: DcqlQuery | None) -> VpTokenResponse:
    parse_vp_token(members["vp_token"], query=query)
    return _convert(members, VpTokenResponse)


def _json(text: bytes) -> Any:
    try:
        return decode_json(text, max_bytes=MAX_RESPONSE_BYTES)
    except InputError as error:
        raise ResponseError(f"a response that is {error.detail}") from error


def _convert(members: object, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.convert(members, kind)
    except msgspec.ValidationError as error:
        raise ResponseError(f"not a response: {error}") from error
