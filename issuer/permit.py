"""The permit: what is granted, endorsed, suspended, restored, revoked and cancelled.

The permit is the legal standing; credentials are copies of it that follow its state. Every
function here is pure: it takes a permit and returns the next one, or says why not. Days are
calendar days in Asia/Shanghai, instants are aware. Sources: [ZJ], [SC663 §10, §18].

    standing     usable ── usable_through passes ──> lapsed ── endorse late ──> usable
    order        none ── suspend ──> Suspension ── restore, by another officer ──> none
                 none, Suspension ── revoke, cancel ──> final

Lapse and order are separate: lapse follows from the calendar and is never stored, and a
permit that an officer suspended may lapse meanwhile.
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from issuer.cancel_cause import CancelCause
from issuer.errors import PermitStateError
from issuer.particulars import Resident as Resident
from schemas.endorsement_window import endorsed_through, next_window


class Standing(StrEnum):
    """Where a permit stands on one day."""

    USABLE = "usable"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Endorsement(Struct, frozen=True):
    """One endorsement; the grant itself is number 1."""

    sequence: int
    on: date
    usable_through: date
    """Last day of use, that day included."""
    by: str


class Suspension(Struct, frozen=True, tag="suspension"):
    """Suspended by an officer's order, until another officer restores it."""

    by: str
    reason: str
    legal_basis: str
    at: datetime


class Revocation(Struct, frozen=True, tag="revocation"):
    """Taken back for good, by two officers."""

    proposed_by: str
    confirmed_by: str
    reason: str
    legal_basis: str
    at: datetime


class Cancellation(Struct, frozen=True, tag="cancellation"):
    """Ended for good without fault."""

    by: str
    reason: str
    legal_basis: str
    at: datetime
    cause: CancelCause | None = None
    """None in documents from before it was written down: guessing would alter the record."""


Order = Suspension | Revocation | Cancellation


class Permit(Struct, frozen=True):
    """One residence permit. ``number`` never changes."""

    number: str
    county: str
    """The granting county, six digits [GBT2260]."""
    resident: Resident
    residence_address: str
    issued_on: date
    endorsements: tuple[Endorsement, ...]
    """Oldest first; never empty."""
    continuous_residence_since: date
    order: Order | None = None

    @property
    def endorsement(self) -> Endorsement:
        """The latest endorsement."""
        return self.endorsements[-1]

    @property
    def usable_through(self) -> date:
        """Last day of use under the latest endorsement."""
        return self.endorsements[-1].usable_through

    @property
    def ended(self) -> bool:
        """Revoked or cancelled: nothing can follow."""
        return isinstance(self.order, Revocation | Cancellation)

    def lapsed_on(self, day: date) -> bool:
        """Whether the endorsement has run out by ``day``, whatever an officer ordered."""
        return day > self.usable_through

    def standing_on(self, day: date) -> Standing:
        """Where the permit stands on ``day``; an order outweighs the calendar."""
        match self.order:
            case Revocation():
                return Standing.REVOKED
            case Cancellation():
                return Standing.CANCELLED
            case Suspension():
                return Standing.SUSPENDED
        return Standing.LAPSED if self.lapsed_on(day) else Standing.USABLE


def grant(
    *,
    number: str,
    county: str,
    resident: Resident,
    residence_address: str,
    registered_on: date,
    on: date,
    by: str,
) -> Permit:
    """A new permit, endorsed by its grant up to the first full year.

    ``on`` is day 0 of the permit's years; the residence count starts with ``registered_on``,
    the day of residence registration.

    Raises:
        PermitStateError: residence was registered after the day of grant.
    """
    if registered_on > on:
        raise PermitStateError(
            f"residence is registered from {registered_on}, after the day of grant {on}"
        )
    first = Endorsement(sequence=1, on=on, usable_through=endorsed_through(on, on), by=by)
    return Permit(
        number=number,
        county=county,
        resident=resident,
        residence_address=residence_address,
        issued_on=on,
        endorsements=(first,),
        continuous_residence_since=registered_on,
    )


def endorse(permit: Permit, *, on: date, by: str) -> Permit:
    """Endorsed on ``on``: inside the window, or late.

    Late means the residence count starts anew on that day [SC663 §10].

    Raises:
        PermitStateError: ended, suspended by order, or before the window opens (the detail
            then names the day on which it does).
    """
    _refuse_ended(permit)
    if permit.order is not None:
        raise PermitStateError(
            "the permit is suspended by order",
            remedy="Another officer restores it first; then it can be endorsed.",
        )
    window = next_window(permit.issued_on, permit.usable_through)
    if on < window.opens_on:
        raise PermitStateError(
            f"the endorsement window opens on {window.opens_on}",
            remedy=f"Endorse from {window.opens_on} through {window.closes_on}.",
        )
    made = Endorsement(
        sequence=permit.endorsement.sequence + 1,
        on=on,
        usable_through=endorsed_through(permit.issued_on, on),
        by=by,
    )
    return replace(
        permit,
        endorsements=(*permit.endorsements, made),
        continuous_residence_since=on
        if permit.lapsed_on(on)
        else permit.continuous_residence_since,
    )


def suspend(permit: Permit, *, by: str, reason: str, legal_basis: str, at: datetime) -> Permit:
    """Suspended by order, usable or lapsed: an inquiry cannot be dodged by letting it lapse.

    Raises:
        PermitStateError: ended, or suspended by order already.
    """
    _refuse_ended(permit)
    if permit.order is not None:
        raise PermitStateError("the permit is suspended by order already")
    return replace(permit, order=Suspension(by=by, reason=reason, legal_basis=legal_basis, at=at))


def restore(permit: Permit, *, by: str) -> Permit:
    """The order of suspension lifted, by another officer than the one who gave it.

    Raises:
        PermitStateError: not suspended by order, or ``by`` is the one who suspended.
    """
    if not isinstance(permit.order, Suspension):
        _refuse_ended(permit)
        raise PermitStateError(
            "the permit is not suspended by order",
            remedy="A lapsed permit is restored by endorsing it late.",
        )
    if permit.order.by == by:
        raise PermitStateError("the officer who suspended a permit does not restore it")
    return replace(permit, order=None)


def revoke(
    permit: Permit,
    *,
    proposed_by: str,
    confirmed_by: str,
    reason: str,
    legal_basis: str,
    at: datetime,
) -> Permit:
    """Taken back for good: one officer proposes, another confirms.

    Raises:
        PermitStateError: ended already, or both are the same officer.
    """
    _refuse_ended(permit)
    if proposed_by == confirmed_by:
        raise PermitStateError("two officers revoke: one proposes, another confirms")
    return replace(
        permit,
        order=Revocation(
            proposed_by=proposed_by,
            confirmed_by=confirmed_by,
            reason=reason,
            legal_basis=legal_basis,
            at=at,
        ),
    )


def cancel(
    permit: Permit, *, cause: CancelCause, by: str, reason: str, legal_basis: str, at: datetime
) -> Permit:
    """Ended for good without fault, whatever its endorsement or an order on it.

    Raises:
        PermitStateError: ended already.
    """
    _refuse_ended(permit)
    return replace(
        permit,
        order=Cancellation(by=by, reason=reason, legal_basis=legal_basis, at=at, cause=cause),
    )


def _refuse_ended(permit: Permit) -> None:
    if permit.ended:
        raise PermitStateError("the permit has ended for good; only a new one can be granted")
