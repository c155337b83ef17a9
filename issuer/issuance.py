"""Issuance: from a granted permit to signed copies in a wallet, in the protocol's order.

Single use is atomic and comes last. A credential request is checked whole before anything
is spent: the token, the configuration, every proof. Then the nonce is taken; then one
transaction allocates a status index for each copy and writes the audit entry; then the
copies are signed. A crash in between leaves indices that nobody has, never a copy without
an index or an entry.

Methods are asynchronous; the register, which blocks, is asked in threads. Instants are
aware. Sources: [OID4VCI §4, §6, §7, §8].
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from issuer.audit_log import Act
from issuer.credential import build_credential
from issuer.credential_request import ProvenKeys, configuration_of, proven_keys
from issuer.grants import Grants
from issuer.issuance_errors import NotServedError
from issuer.issuance_secrets import new_secret
from issuer.offers import OFFERED, CreatedOffer, Offers, refuse_unusable
from issuer.officer import Officer
from issuer.permit import Permit
from issuer.settings import Settings
from issuer.status_publication import status_uri
from issuer.storage import Grant, IssuerReading, IssuerStorage
from keys.clock import Clock
from keys.county_keys import CountyKeys
from keys.errors import NonceError
from keys.jws import jwk_thumbprint
from keys.one_time import OneTimeStore
from schemas.openid4vci import (
    CredentialOffer,
    CredentialRequest,
    CredentialResponse,
    IssuedCredential,
    NonceResponse,
    TokenResponse,
)
from schemas.status_list import StatusReference

ACTOR = "issuance"
"""Who the audit log says handed out copies: this service, at the wallet's request."""


class Issuance:
    """The issuing protocol of every county this service speaks for."""

    def __init__(
        self,
        *,
        storage: IssuerStorage,
        one_time: OneTimeStore,
        counties: Mapping[str, CountyKeys],
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._storage = storage
        self._one_time = one_time
        self._counties = counties
        self._clock = clock
        self._settings = settings
        self._offers = Offers(storage, clock, settings)
        self._grants = Grants(storage, clock, settings)

    async def create_offer(
        self, permit_number: str, *, officer: Officer | None, by_reference: bool = False
    ) -> CreatedOffer:
        """An offer for a usable permit; see ``Offers.create``."""
        return await asyncio.to_thread(
            self._offers.create, permit_number, officer=officer, by_reference=by_reference
        )

    async def offer(self, county: str, reference: str) -> CredentialOffer:
        """The offer at an address that ``create_offer`` gave."""
        self._keys_of(county)
        return await asyncio.to_thread(self._offers.behind, county, reference)

    async def redeem(self, county: str, code: str, tx_code: str | None) -> TokenResponse:
        """Tokens for a pre-authorized code; see ``Grants.redeem``."""
        self._keys_of(county)
        return await asyncio.to_thread(self._grants.redeem, county, code, tx_code)

    async def refresh(self, county: str, refresh_token: str) -> TokenResponse:
        """New tokens for a refresh token; see ``Grants.refresh``."""
        self._keys_of(county)
        return await asyncio.to_thread(self._grants.refresh, county, refresh_token)

    async def nonce(self, county: str) -> NonceResponse:
        """A nonce that key proofs for ``county`` may carry once [OID4VCI §7.2]."""
        self._keys_of(county)
        nonce = new_secret()
        await self._one_time.put(_nonce_key(county, nonce), b"", self._settings.nonce_ttl_s)
        return NonceResponse(c_nonce=nonce)

    async def issue(
        self, county: str, access_token: str, request: CredentialRequest
    ) -> CredentialResponse:
        """A copy of the permit for each proven key.

        Raises:
            issuer.issuance_errors.BearerError: the access token does not open this.
            issuer.issuance_errors.CredentialRequestError: the request is refused.
            keys.errors.ProofError: a proof does not hold; ``NonceError`` if only its nonce.
        """
        keys, now = self._keys_of(county), self._clock()
        grant = await asyncio.to_thread(self._read_grant, county, access_token, now)
        configuration = configuration_of(request, known=OFFERED, granted=grant.configuration_ids)
        proven = await asyncio.to_thread(
            proven_keys,
            request,
            audience=keys.issuer,
            now=now,
            batch_size=self._settings.batch_size,
        )
        if await self._one_time.take(_nonce_key(county, proven.nonce)) is None:
            raise NonceError("the nonce is unknown, spent or run out", remedy="Fetch a new one.")
        return await asyncio.to_thread(
            self._hand_out, keys, county, access_token, configuration, proven, now
        )

    def _keys_of(self, county: str) -> CountyKeys:
        keys = self._counties.get(county)
        if keys is None:
            raise NotServedError("this service does not issue for such a county")
        return keys

    def _read_grant(self, county: str, access_token: str, now: datetime) -> Grant:
        with self._storage.reading() as register:
            return self._usable_grant(register, county, access_token, now)[0]

    def _usable_grant(
        self, register: IssuerReading, county: str, access_token: str, now: datetime
    ) -> tuple[Grant, Permit]:
        grant = self._grants.behind(register, county, access_token)
        permit = register.permit(grant.permit_number)
        refuse_unusable(permit, now)
        return grant, permit

    def _hand_out(
        self,
        keys: CountyKeys,
        county: str,
        access_token: str,
        configuration: str,
        proven: ProvenKeys,
        now: datetime,
    ) -> CredentialResponse:
        count = len(proven.jwks)
        with self._storage.transaction() as tx:
            # Asked again: the permit or the grant may have ended since the first look.
            grant, permit = self._usable_grant(tx, county, access_token, now)
            self._grants.note_use(tx, grant)
            places = tx.allocate_status(
                county,
                permit.number,
                count,
                expires_on=permit.usable_through,
                signed_by=jwk_thumbprint(keys.credential.public_jwk()),
            )
            details = {"configuration": configuration, "copies": str(count)}
            tx.record(Act(county, now, ACTOR, "issue_copies", permit.number, details))
        return CredentialResponse(
            credentials=tuple(
                IssuedCredential(
                    build_credential(
                        permit,
                        configuration=configuration,
                        issuer=keys.issuer,
                        key=keys.credential,
                        holder_jwk=jwk,
                        status=StatusReference(
                            place.idx, status_uri(keys.issuer, place.list_number)
                        ),
                        now=now,
                    )
                )
                for jwk, place in zip(proven.jwks, places, strict=True)
            )
        )


def _nonce_key(county: str, nonce: str) -> str:
    return f"c_nonce:{county}:{nonce}"
