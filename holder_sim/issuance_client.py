"""Taking a permit from an issuer, and new copies of it later [OID4VCI].

No credential is kept until every one of an offer was checked; then all are kept in one
write. Endpoints come from metadata only, and metadata is used only if it names the very
issuer that was asked [OID4VCI §12.2.4].
"""

from typing import TypeVar

import msgspec

from holder_sim.credential_check import check_received
from holder_sim.errors import BadCredentialError, BadIssuerError, IssuerRefusedError
from holder_sim.held_credential import HeldCopy, Refresh
from holder_sim.wallet_http import WalletHttp
from holder_sim.wallet_trust import WalletTrust
from keys.clock import Clock
from keys.holder_proof import make_proof
from keys.jws import jwk_thumbprint
from keys.signing_key import SoftwareSigningKey, new_signing_key
from schemas.base64url import b64url_encode
from schemas.endorsement_window import day_of
from schemas.endpoint_url import well_known_url
from schemas.errors import InputError
from schemas.openid4vci import (
    AUTHORIZATION_SERVER,
    CREDENTIAL_ISSUER,
    MAX_RESPONSE_BYTES,
    PRE_AUTHORIZED_GRANT,
    AuthorizationServerMetadata,
    CredentialIssuerMetadata,
    CredentialOffer,
    CredentialRequest,
    CredentialResponse,
    NonceResponse,
    OAuthError,
    OfferError,
    OfferReference,
    Proofs,
    TokenResponse,
    parse_message,
    parse_offer,
    parse_offer_uri,
)
from schemas.permit_credential import SD_JWT_VC_TYP

T = TypeVar("T", bound=msgspec.Struct)
NONCE_TRIES = 2
"""How often a stale nonce is replaced before the wallet gives up."""


MAX_ERROR_TEXT = 200
"""Characters of an issuer's own words that are passed on."""


class Session(msgspec.Struct, frozen=True):
    """What an access token was got for."""

    metadata: CredentialIssuerMetadata
    token: TokenResponse
    configurations: tuple[str, ...]


class IssuanceClient:
    """The wallet's side of issuing."""

    def __init__(self, http: WalletHttp, trust: WalletTrust, clock: Clock, copies: int) -> None:
        self._http = http
        self._trust = trust
        self._clock = clock
        self._copies = copies

    async def redeemed(self, uri: str, tx_code: str | None) -> tuple[Session, Refresh | None]:
        """Redeem an offer; what renews the session has to be kept before all else.

        Raises:
            OfferError: not an offer, or one whose way of redeeming we do not know.
            keys.errors.UnknownIssuerError: the trust list does not name who makes it.
            IssuerRefusedError: for example a wrong transaction code.
            BadIssuerError: the issuer does not keep to the protocol.
        """
        offer = await self._offer(uri)
        grant = offer.grants.pre_authorized if offer.grants else None
        if grant is None:
            raise OfferError("this wallet redeems offers with a pre-authorized code")
        if grant.tx_code is not None and not tx_code:
            raise OfferError("this offer needs its transaction code", remedy="See the message.")
        metadata, server = await self._metadata(
            offer.credential_issuer, hint=grant.authorization_server
        )
        unknown = set(offer.credential_configuration_ids) - set(
            metadata.credential_configurations_supported
        )
        if unknown:
            raise OfferError("the offer names a configuration that the issuer does not have")
        form = {
            "grant_type": PRE_AUTHORIZED_GRANT,
            "pre-authorized_code": grant.pre_authorized_code,
        }
        if grant.tx_code is not None:
            form["tx_code"] = tx_code or ""
        token = await self._token(server, form)
        session = Session(metadata, token, offer.credential_configuration_ids)
        return session, _refresh_of(session)

    async def refreshed(self, refresh: Refresh) -> tuple[Session, Refresh]:
        """Exchange the refresh token; the new one has to be kept before all else.

        Raises:
            IssuerRefusedError: for example the permit was revoked.
        """
        metadata, server = await self._metadata(refresh.credential_issuer)
        form = {"grant_type": "refresh_token", "refresh_token": refresh.refresh_token}
        session = Session(metadata, await self._token(server, form), refresh.configurations)
        return session, _refresh_of(session) or refresh

    async def collect(self, session: Session) -> tuple[HeldCopy, ...]:
        """Checked copies of every configuration under an access token; not kept yet.

        Raises:
            IssuerRefusedError: for example the permit was suspended.
            BadIssuerError, BadCredentialError: the issuer does not keep to the protocol.
        """
        copies: list[HeldCopy] = []
        for configuration in session.configurations:
            copies += await self._copies_of(session, configuration)
        return tuple(copies)

    async def _offer(self, uri: str) -> CredentialOffer:
        offer = parse_offer_uri(uri)
        if isinstance(offer, OfferReference):
            return parse_offer(await self._http.get(offer.uri))
        return offer

    async def _metadata(
        self, issuer: str, *, hint: str | None = None
    ) -> tuple[CredentialIssuerMetadata, AuthorizationServerMetadata]:
        # An offer is not signed: whoever the trust list does not name is not even asked,
        # and never gets to see a transaction code [OID4VCI §13.5, §15.6].
        (await self._trust.current()).issuer(issuer, on=day_of(self._clock()))
        metadata = await self._document(issuer, CREDENTIAL_ISSUER, CredentialIssuerMetadata)
        if metadata.credential_issuer != issuer:
            raise BadIssuerError("the metadata names another credential issuer")
        chosen = _authorization_server(metadata, hint)
        server = await self._document(chosen, AUTHORIZATION_SERVER, AuthorizationServerMetadata)
        if server.issuer != chosen:
            raise BadIssuerError("the metadata names another authorization server")
        return metadata, server

    async def _document(self, identifier: str, name: str, kind: type[T]) -> T:
        body = await self._http.get(well_known_url(identifier, name))
        return _read(body, kind)

    async def _token(
        self, server: AuthorizationServerMetadata, form: dict[str, str]
    ) -> TokenResponse:
        token = _answer(await self._http.post(server.token_endpoint, data=form), TokenResponse)
        if token.token_type.lower() != "bearer":
            raise BadIssuerError("the access token is of a type this wallet cannot use")
        return token

    async def _copies_of(self, session: Session, configuration: str) -> list[HeldCopy]:
        metadata = session.metadata
        described = metadata.credential_configurations_supported[configuration]
        if described.format != SD_JWT_VC_TYP:
            raise BadIssuerError("the issuer offers a format that this wallet does not know")
        batch = metadata.batch_credential_issuance
        count = min(self._copies, batch.batch_size if batch else 1)
        keys = {
            jwk_thumbprint(k.public_jwk()): k for k in (new_signing_key() for _ in range(count))
        }
        response = await self._request(session, configuration, list(keys.values()))
        trust_list, now = await self._trust.current(), self._clock()
        copies = []
        for issued in response.credentials:
            thumbprint = check_received(
                issued.credential,
                issuer=metadata.credential_issuer,
                vct=described.vct,
                own_keys=keys,
                trust_list=trust_list,
                now=now,
            )
            # Matched by key, for the order is not that of the proofs; popped, for a key that
            # came twice would make two copies that can be linked.
            private = b64url_encode(keys.pop(thumbprint).export_private())
            copies.append(HeldCopy(configuration, issued.credential, private))
        if not copies:
            raise BadCredentialError("the issuer sent no credential")
        return copies

    async def _request(
        self, session: Session, configuration: str, keys: list[SoftwareSigningKey]
    ) -> CredentialResponse:
        for tries_left in reversed(range(NONCE_TRIES)):
            proofs = await self._proofs(session.metadata, keys)
            request = CredentialRequest(
                credential_configuration_id=configuration, proofs=Proofs(jwt=proofs)
            )
            answer = await self._http.post(
                session.metadata.credential_endpoint,
                content=msgspec.json.encode(request),
                headers={
                    "content-type": "application/json",
                    "authorization": f"Bearer {session.token.access_token}",
                },
            )
            try:
                return _answer(answer, CredentialResponse)
            except IssuerRefusedError as refusal:
                if refusal.error != "invalid_nonce" or not tries_left:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    async def _proofs(
        self, metadata: CredentialIssuerMetadata, keys: list[SoftwareSigningKey]
    ) -> tuple[str, ...]:
        if metadata.nonce_endpoint is None:
            raise BadIssuerError("the issuer has no nonce endpoint, so no key could be proven")
        nonce = _answer(await self._http.post(metadata.nonce_endpoint), NonceResponse).c_nonce
        return tuple(
            make_proof(key, audience=metadata.credential_issuer, nonce=nonce, now=self._clock())
            for key in keys
        )


def _authorization_server(metadata: CredentialIssuerMetadata, hint: str | None) -> str:
    """The one to ask; the issuer itself where it names none [OID4VCI §12.2.4]."""
    servers = metadata.authorization_servers
    if hint is None:
        return servers[0] if servers else metadata.credential_issuer
    if hint not in (servers or ()):
        raise BadIssuerError("the offer names an authorization server that the issuer does not")
    return hint


def _refresh_of(session: Session) -> Refresh | None:
    token = session.token.refresh_token
    if token is None:
        return None
    return Refresh(session.metadata.credential_issuer, token, session.configurations)


def _answer(answer: tuple[int, bytes], kind: type[T]) -> T:
    status, body = answer
    if 200 <= status < 300:
        return _read(body, kind)
    error = _read(body, OAuthError)
    text = error.error_description or ""
    raise IssuerRefusedError(error.error[:MAX_ERROR_TEXT], text[:MAX_ERROR_TEXT])


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return parse_message(body, kind, max_bytes=MAX_RESPONSE_BYTES)
    except InputError as error:
        raise BadIssuerError(error.detail) from error
