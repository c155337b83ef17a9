"""Offers: what a resident gets after the grant, to take the permit into a wallet.

An offer is good for one wallet and a short time. It has two parts on two ways: the code in
the link or picture, and the digits of the transaction code, because whoever holds the code
alone must not get the permit [OID4VCI §3.5, §4.1].

All methods block. Instants are aware.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from issuer.audit_log import Act
from issuer.desk import permit_for
from issuer.errors import UnknownPermitError
from issuer.issuance_errors import CredentialDeniedError, NotServedError
from issuer.issuance_secrets import (
    TX_CODE_DIGITS,
    code_of,
    digest_of,
    new_secret,
    new_tx_code,
    tx_code_digest,
)
from issuer.issuer_metadata import issuer_identifier
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.permit import Permit, Standing
from issuer.settings import Settings
from issuer.storage import IssuerStorage, Offer
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.openid4vci import (
    CredentialOffer,
    Grants,
    PreAuthorizedGrant,
    TxCode,
    offer_reference_uri,
    offer_uri,
)
from schemas.permit_credential import FULL_CONFIGURATION, PASS_CONFIGURATION

OFFERED: Final = (FULL_CONFIGURATION, PASS_CONFIGURATION)
"""What every offer covers: the full permit, and beside it the pass for small codes."""

HOLDER: Final = "holder"
"""Who the audit log says made an offer that the holder asked for themselves."""
CONSOLE: Final = "console"
"""Who the audit log says made an offer at the command line, where no officer was named."""

_WHY_NOT: Final = {
    Standing.LAPSED: "the permit has lapsed: its endorsement has run out.",
    Standing.SUSPENDED: "the permit is suspended by order.",
    Standing.REVOKED: "the permit is revoked.",
    Standing.CANCELLED: "the permit is cancelled.",
}
_WHAT_TO_DO: Final = {
    Standing.LAPSED: "Have it endorsed first; then ask again with the same wallet.",
    Standing.SUSPENDED: "The issuing authority says how it can be restored.",
}


class CreatedOffer(Struct, frozen=True):
    """An offer, and the digits that go to the resident by a second way."""

    uri: str
    tx_code: str
    expires_at: datetime


def refuse_unusable(permit: Permit, now: datetime) -> None:
    """Only a usable permit gives copies.

    Raises:
        CredentialDeniedError: saying why, and how it can be mended.
    """
    standing = permit.standing_on(day_of(now))
    if standing is not Standing.USABLE:
        raise CredentialDeniedError(_WHY_NOT[standing], remedy=_WHAT_TO_DO.get(standing, ""))


def is_open(offer: Offer, now: datetime) -> bool:
    """Whether the offer can still be redeemed."""
    return offer.state == "open" and now < offer.expires_at


class Offers:
    """Creates offers and hands them out by reference."""

    def __init__(self, storage: IssuerStorage, clock: Clock, settings: Settings) -> None:
        self._storage = storage
        self._clock = clock
        self._settings = settings

    def create(
        self, permit_number: str, *, officer: Officer | None, by_reference: bool
    ) -> CreatedOffer:
        """A new offer for a usable permit; ``None``: whoever sits at the console makes it.

        Raises:
            issuer.errors.UnknownPermitError: no such permit.
            issuer.errors.DeskError: the officer is of another county.
            CredentialDeniedError: the permit is not usable.
        """
        if officer is None:
            return self._create(permit_number, [], CONSOLE, "", by_reference=by_reference)
        role = require(officer, AT_THE_COUNTER)
        return self._create(permit_number, [officer], officer.id, role, by_reference=by_reference)

    def create_for_holder(self, permit_number: str, citizen_id_number: str) -> CreatedOffer:
        """A new offer, by reference, that the holder makes after an identity check of their own.

        Raises:
            issuer.errors.UnknownPermitError: this person has no permit of this number.
            CredentialDeniedError: the permit is not usable.
        """
        with self._storage.reading() as register:
            permit = register.permit(permit_number)
        if permit.resident.citizen_id_number != citizen_id_number:
            # As for a number that no permit has: who guesses learns nothing.
            raise UnknownPermitError(
                "no permit has this number", remedy="Compare it with the permit."
            )
        return self._create(permit_number, [], HOLDER, "", by_reference=True)

    def _create(
        self,
        permit_number: str,
        officers: Sequence[Officer],
        actor: str,
        role: str,
        *,
        by_reference: bool,
    ) -> CreatedOffer:
        now, reference, tx_code = self._clock(), new_secret(), new_tx_code()
        code = code_of(reference)
        with self._storage.transaction() as tx:
            permit = permit_for(tx, permit_number, *officers)
            refuse_unusable(permit, now)
            offer = Offer(
                reference=digest_of(reference),
                permit_number=permit.number,
                county=permit.county,
                code_digest=digest_of(code),
                tx_code_digest=tx_code_digest(code, tx_code),
                configuration_ids=OFFERED,
                expires_at=now + timedelta(seconds=self._settings.offer_ttl_s),
            )
            tx.add_offer(offer)
            act = Act(permit.county, now, actor, "create_offer", permit.number, role=role)
            tx.record(act)
        uri = (
            offer_reference_uri(f"{self._identifier(offer)}/offers/{reference}")
            if by_reference
            else offer_uri(self._message(offer, code))
        )
        return CreatedOffer(uri=uri, tx_code=tx_code, expires_at=offer.expires_at)

    def behind(self, county: str, reference: str) -> CredentialOffer:
        """The offer at an address that ``create`` handed out [OID4VCI §4.1.3].

        Raises:
            NotServedError: unknown, run out, redeemed or dead; which, is nobody's business.
        """
        with self._storage.reading() as register:
            offer = register.offer_by_reference(digest_of(reference))
        if offer is None or offer.county != county or not is_open(offer, self._clock()):
            raise NotServedError("there is no open offer at this address")
        return self._message(offer, code_of(reference))

    def _identifier(self, offer: Offer) -> str:
        return issuer_identifier(self._settings.base_url, offer.county)

    def _message(self, offer: Offer, code: str) -> CredentialOffer:
        tx_code = TxCode(input_mode="numeric", length=TX_CODE_DIGITS)
        return CredentialOffer(
            credential_issuer=self._identifier(offer),
            credential_configuration_ids=offer.configuration_ids,
            grants=Grants(
                pre_authorized=PreAuthorizedGrant(pre_authorized_code=code, tx_code=tx_code)
            ),
        )
