"""Messages between a wallet and the issuer, as far as they are used.

Pre-authorized code flow with transaction code, refresh, nonce, batch of key proofs, and
the two metadata documents. Members the specification allows and we do not use are
ignored when they come [OID4VCI §12.2.4]. Every parser takes bytes from outside, capped.
"""

from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from msgspec import Meta, Struct, field

from schemas.endpoint_url import UrlError, check_https_url
from schemas.errors import EncodingError, InputError
from schemas.strict_json import decode_object

PRE_AUTHORIZED_GRANT: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
CREDENTIAL_ISSUER: Final = "openid-credential-issuer"
"""Name of the well-known document of a credential issuer."""
AUTHORIZATION_SERVER: Final = "oauth-authorization-server"
OFFER_SCHEME: Final = "openid-credential-offer"
MAX_MESSAGE_BYTES: Final = 256 * 1024
MAX_METADATA_BYTES: Final = 512 * 1024
MAX_RESPONSE_BYTES: Final = 4 * 1024 * 1024
"""A batch of copies, each with a portrait."""
MAX_OFFER_CHARACTERS: Final = 8 * 1024

Filled = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""A span of time; the cap, 68 years, keeps sums of it inside the calendar."""

T = TypeVar("T", bound=Struct)


class OfferError(InputError):
    """Not a credential offer."""

    code = "invalid_credential_offer"


class MessageError(InputError):
    """A message of the protocol that is not of its shape."""

    code = "invalid_message"


class TxCode(Struct, frozen=True, omit_defaults=True):
    """That a transaction code is needed, and what it looks like [OID4VCI §4.1.1]."""

    input_mode: Literal["numeric", "text"] = "numeric"
    length: Annotated[int, Meta(ge=1)] | None = None
    """Characters."""
    description: Annotated[str, Meta(max_length=300)] | None = None


class PreAuthorizedGrant(Struct, frozen=True, omit_defaults=True):
    """Redeemable once, by one wallet."""

    pre_authorized_code: Filled = field(name="pre-authorized_code")
    tx_code: TxCode | None = None
    authorization_server: str | None = None


class Grants(Struct, frozen=True, omit_defaults=True):
    """Ways to get an access token; ours is one."""

    pre_authorized: PreAuthorizedGrant | None = field(name=PRE_AUTHORIZED_GRANT, default=None)


class CredentialOffer(Struct, frozen=True, omit_defaults=True):
    """What an issuer offers [OID4VCI §4.1.1]; never signed, so never trusted by itself."""

    credential_issuer: str
    credential_configuration_ids: tuple[str, ...]
    grants: Grants | None = None


class OfferReference(Struct, frozen=True):
    """An offer that has to be fetched."""

    uri: str


class TokenResponse(Struct, frozen=True, omit_defaults=True):
    """[OID4VCI §6.2]."""

    access_token: Filled
    token_type: str
    """Compared without regard to case."""
    expires_in: Seconds | None = None
    refresh_token: str | None = None
    scope: str | None = None


class NonceResponse(Struct, frozen=True):
    """[OID4VCI §7.2]."""

    c_nonce: Filled


class Proofs(Struct, frozen=True):
    """Key proofs of one type [OID4VCI §8.2]."""

    jwt: tuple[str, ...]


class CredentialRequest(Struct, frozen=True, omit_defaults=True):
    """[OID4VCI §8.2]."""

    credential_configuration_id: str | None = None
    credential_identifier: str | None = None
    proofs: Proofs | None = None
    credential_response_encryption: dict[str, Any] | None = None
    """Present: an encrypted answer is wanted; not read further."""


class IssuedCredential(Struct, frozen=True):
    """One copy."""

    credential: Filled


class CredentialResponse(Struct, frozen=True, omit_defaults=True):
    """[OID4VCI §8.3]. The order of copies is not that of the proofs."""

    credentials: Annotated[tuple[IssuedCredential, ...], Meta(min_length=1)]
    notification_id: str | None = None


class OAuthError(Struct, frozen=True, omit_defaults=True):
    """An error as it stands on the wire [RFC6749 §5.2]."""

    error: Filled
    error_description: str | None = None


class BatchIssuance(Struct, frozen=True):
    """Most proofs taken in one request."""

    batch_size: Annotated[int, Meta(ge=2)]
    """Two or more; an issuer that takes one leaves the whole object out."""


class CredentialConfiguration(Struct, frozen=True, omit_defaults=True):
    """One kind of credential an issuer has [OID4VCI §12.2.4]."""

    format: str
    vct: str = ""
    scope: str | None = None
    cryptographic_binding_methods_supported: tuple[str, ...] | None = None
    credential_signing_alg_values_supported: tuple[str, ...] | None = None
    proof_types_supported: dict[str, dict[str, Any]] | None = None
    credential_metadata: dict[str, Any] | None = None


class CredentialIssuerMetadata(Struct, frozen=True, omit_defaults=True):
    """[OID4VCI §12.2.4]."""

    credential_issuer: str
    credential_endpoint: str
    credential_configurations_supported: dict[str, CredentialConfiguration]
    authorization_servers: tuple[str, ...] | None = None
    nonce_endpoint: str | None = None
    batch_credential_issuance: BatchIssuance | None = None
    display: list[dict[str, Any]] | None = None


class AuthorizationServerMetadata(Struct, frozen=True, omit_defaults=True):
    """[RFC8414 §2], as far as this flow needs it."""

    issuer: str
    token_endpoint: str
    grant_types_supported: tuple[str, ...] | None = None
    response_types_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    pre_authorized_grant_anonymous_access_supported: bool = field(
        name="pre-authorized_grant_anonymous_access_supported", default=False
    )
    status_list_aggregation_endpoint: str | None = None
    """Names all status lists of this issuer [TSL §9.1]."""


def offer_uri(offer: CredentialOffer) -> str:
    """An offer by value, for a link or a picture."""
    text = msgspec.json.encode(offer).decode()
    return f"{OFFER_SCHEME}://?{urlencode({'credential_offer': text})}"


def offer_reference_uri(url: str) -> str:
    """An offer by reference: shorter, so easier to scan."""
    return f"{OFFER_SCHEME}://?{urlencode({'credential_offer_uri': url})}"


def parse_offer_uri(text: str) -> CredentialOffer | OfferReference:
    """What an offer link holds [OID4VCI §4.1].

    Raises:
        OfferError: another scheme, both or neither parameter, or an address not taken.
    """
    text = text.strip()
    if len(text) > MAX_OFFER_CHARACTERS or not text.isascii():
        raise OfferError(f"an offer link has at most {MAX_OFFER_CHARACTERS} ASCII characters")
    try:
        parts = urlsplit(text)
        pairs = parse_qsl(parts.query, errors="strict", max_num_fields=16)
    except ValueError as error:
        raise OfferError("not an offer link") from error
    if parts.scheme != OFFER_SCHEME:
        raise OfferError(f"an offer link begins with {OFFER_SCHEME}://")
    offers = [(n, v) for n, v in pairs if n in ("credential_offer", "credential_offer_uri")]
    if len(offers) != 1:
        raise OfferError("an offer link has either credential_offer or credential_offer_uri")
    name, value = offers[0]
    if name == "credential_offer":
        return parse_offer(value.encode())
    try:
        check_https_url(value)
    except UrlError as error:
        raise OfferError(error.detail) from error
    return OfferReference(value)


def parse_offer(body: bytes) -> CredentialOffer:
    """An offer from its JSON text.

    Raises:
        OfferError: not an offer, without configurations, or naming one twice.
    """
    try:
        offer = parse_message(body, CredentialOffer, max_bytes=MAX_OFFER_CHARACTERS)
        check_https_url(offer.credential_issuer, identifier=True)
    except InputError as error:
        raise OfferError(error.detail) from error
    ids = offer.credential_configuration_ids
    if not ids or len(set(ids)) != len(ids):
        raise OfferError("an offer names at least one configuration, and each once")
    return offer


def parse_credential_request(body: bytes) -> CredentialRequest:
    """[OID4VCI §8.2]; exactly one type of proof, and of it at least one.

    Raises:
        MessageError, TooLargeError: not a credential request.
    """
    value = _object(body, MAX_MESSAGE_BYTES)
    proofs = value.get("proofs")
    if isinstance(proofs, dict) and len(proofs) != 1:
        raise MessageError("proofs has exactly one member, named by the type of proof")
    request = _convert(value, CredentialRequest)
    if request.proofs is not None and not request.proofs.jwt:
        raise MessageError("an array of proofs is not empty")
    return request


def parse_message(body: bytes, kind: type[T], *, max_bytes: int = MAX_MESSAGE_BYTES) -> T:
    """A message of the given kind; members it does not know are ignored.

    Raises:
        MessageError, TooLargeError: not of that kind.
    """
    return _convert(_object(body, max_bytes), kind)


def _object(body: bytes, max_bytes: int) -> dict[str, Any]:
    try:
        return decode_object(body, max_bytes=max_bytes)
    except EncodingError as error:
        raise MessageError(error.detail) from error


def _convert(value: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise MessageError(f"not the expected message: {error}") from error
