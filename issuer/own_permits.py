"""A person's own permits: how each stands, when it can be endorsed, and an offer for a wallet.

What belongs to somebody else does not exist here, so who guesses numbers learns nothing. All
methods block. Days are Asia/Shanghai, instants are aware. Sources: [ZJ], [SC663 §10].
"""

from datetime import date

from msgspec import Struct

from issuer.errors import UnknownPermitError
from issuer.identity_check import VerifiedIdentity
from issuer.offers import CreatedOffer, Offers
from issuer.permit import Permit, Standing
from issuer.storage import IssuerReading, IssuerStorage, Notice
from keys.clock import Clock
from schemas.endorsement_window import EndorsementWindow, day_of, next_window


class OwnPermit(Struct, frozen=True, kw_only=True):
    """One permit, as its holder sees it today."""

    permit: Permit
    standing: Standing
    window: EndorsementWindow | None
    """The window of the endorsement that is due next; None once the permit has ended."""
    window_open: bool
    """Inside that window or behind it: an endorsement can be asked for."""
    notices: tuple[Notice, ...]
    """Oldest first."""


class OwnPermits:
    """The permits of whoever passed the identity check."""

    def __init__(self, storage: IssuerStorage, offers: Offers, clock: Clock) -> None:
        self._storage = storage
        self._offers = offers
        self._clock = clock

    def permits(self, identity: VerifiedIdentity) -> list[OwnPermit]:
        """Every permit ever granted to this person; the one that has not ended comes first."""
        today = day_of(self._clock())
        with self._storage.reading() as register:
            held = [
                _as_seen(register, permit, today)
                for permit in register.permits_of(identity.citizen_id_number)
            ]
        return sorted(held, key=lambda own: (own.permit.ended, -own.permit.issued_on.toordinal()))

    def permit(self, number: str, identity: VerifiedIdentity) -> OwnPermit:
        """One of them.

        Raises:
            UnknownPermitError: this person has no permit of this number.
        """
        for own in self.permits(identity):
            if own.permit.number == number:
                return own
        raise UnknownPermitError("no permit has this number", remedy="Compare it with the permit.")

    def offer(self, number: str, identity: VerifiedIdentity) -> CreatedOffer:
        """An offer for the person's wallet, made by nobody but themselves.

        Raises:
            UnknownPermitError: this person has no permit of this number.
            issuer.issuance_errors.CredentialDeniedError: the permit is not usable.
        """
        return self._offers.create_for_holder(number, identity.citizen_id_number)


def _as_seen(register: IssuerReading, permit: Permit, today: date) -> OwnPermit:
    window = None if permit.ended else next_window(permit.issued_on, permit.usable_through)
    return OwnPermit(
        permit=permit,
        standing=permit.standing_on(today),
        window=window,
        window_open=window is not None and window.opens_on <= today,
        notices=tuple(register.notices(permit.number)),
    )
