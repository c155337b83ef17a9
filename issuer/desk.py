"""What officers do, each act in one transaction: permit, audit entry, status and notice.

An officer acts in one county only. Every act that takes something away names its reason and
its legal basis; both end up in the audit log, and nothing of it in a service log. Deciding
whether an act is possible is ``permit.py``'s. Days are Asia/Shanghai. Sources: [ZJ], [SC663 §10].
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from msgspec import Struct

from issuer import permit as rules
from issuer import permit_acts as acts
from issuer.audit_log import Act
from issuer.cancel_cause import CancelCause
from issuer.errors import DeskError, PermitStateError
from issuer.officer import DECIDERS, READERS, Officer, Role, require
from issuer.particulars import Particulars, address, resident_of
from issuer.permit import Permit
from issuer.permit_acts import Acting
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.civil_id import check_character, is_demonstration, normalise
from schemas.divisions import county
from schemas.endorsement_window import day_of

MAX_WORDS: Final = 500
"""Characters of a reason or a legal basis."""


class Grounds(Struct, frozen=True):
    """Why something is taken away."""

    reason: str
    legal_basis: str


class Desk:
    """The county police's acts. All methods block.

    Args:
        storage: the register.
        clock: gives ``now``.
        allow_demo_ids: whether permits may be granted on invented citizen numbers.
    """

    def __init__(
        self, storage: IssuerStorage, clock: Clock, *, allow_demo_ids: bool = False
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._allow_demo_ids = allow_demo_ids

    def grant(self, particulars: Particulars, officer: Officer) -> Permit:
        """A new permit for an invented person, for demonstrations; others apply [ZJ].

        Raises:
            DeskError: somebody's own number, or a demonstration number where those are not
                allowed.
            PermitStateError: the person has a permit that has not ended [SC663 §11].
            schemas.errors.InputError: particulars that no permit can carry.
        """
        if not is_demonstration(normalise(particulars.citizen_id_number)):
            raise DeskError(
                "a permit is granted on an application",
                remedy="Have the person apply, at the portal or at the counter; then decide on it.",
            )
        with self._act(officer) as (tx, now):
            return grant_in(tx, particulars, officer, now, allow_demo_ids=self._allow_demo_ids)

    def endorse(self, number: str, officer: Officer) -> Permit:
        """Endorsed today, in the window or late. Wallets fetch new copies themselves."""
        with self._act(officer) as (tx, now):
            return acts.endorse_in(tx, permit_for(tx, number, officer), _acting(officer, now))

    def suspend(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """Suspended by order: every copy shows it from the next status list on."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            return acts.suspend_in(tx, held, _acting(officer, now), words)

    def restore(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """The order lifted, by another officer than the one who gave it."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            return acts.restore_in(tx, held, _acting(officer, now), words)

    def revoke(
        self, number: str, *, proposed_by: Officer, confirmed_by: Officer, grounds: Grounds
    ) -> Permit:
        """Taken back for good; both officers are of the permit's county."""
        words = words_of(grounds)
        with self._act(proposed_by, confirmed_by) as (tx, now):
            held = permit_for(tx, number, proposed_by, confirmed_by)
            acting = _acting(confirmed_by, now)
            return acts.revoke_in(tx, held, acting, words, proposed_by=proposed_by.id)

    def cancel(
        self,
        number: str,
        officer: Officer,
        grounds: Grounds,
        *,
        cause: CancelCause = CancelCause.HOLDER_REQUEST,
    ) -> Permit:
        """Ended for good without fault; after a death no text message goes out."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            return acts.cancel_in(tx, held, _acting(officer, now), words, cause=cause)

    def replace(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """All copies that are out retired, for new ones: a device was lost, a copy damaged.

        Number, dates and endorsements stay; a new offer is made as after the grant [SC663 §11].
        """
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            return acts.replace_in(tx, held, _acting(officer, now), words)

    def look(self, number: str, officer: Officer) -> Permit:
        """The whole record, for an officer of its county; the look is written down."""
        with self._act(officer, allowed=READERS) as (tx, now):
            held = permit_for(tx, number, officer)
            role = require(officer, READERS)
            tx.record(Act(held.county, now, officer.id, "look", number, role=role))
        return held

    @contextmanager
    def _act(
        self, *officers: Officer, allowed: frozenset[Role] = DECIDERS
    ) -> Iterator[tuple[IssuerTransaction, datetime]]:
        for officer in officers:
            require(officer, allowed)
        with self._storage.transaction() as tx:
            # Read inside: acts that wait for one another get their instants in their order.
            yield tx, self._clock()


def grant_in(
    tx: IssuerTransaction,
    particulars: Particulars,
    officer: Officer,
    now: datetime,
    *,
    allow_demo_ids: bool,
    notice: str = "granted",
) -> Permit:
    """``Desk.grant`` inside the caller's transaction, for acts of which it is a part."""
    place = county(officer.county)
    today = day_of(now)
    resident = resident_of(particulars, today=today)
    if is_demonstration(resident.citizen_id_number) and not allow_demo_ids:
        raise DeskError(
            "this citizen number is for demonstrations; nobody has it",
            remedy="A demonstration service sets ISSUER_ALLOW_DEMO_IDS=true.",
        )
    if any(not held.ended for held in tx.permits_of(resident.citizen_id_number)):
        raise PermitStateError("this person has a permit already; each has one at most")
    serial = tx.next_permit_serial(place.code, today.year)
    granted = rules.grant(
        number=permit_number(place.code, today.year, serial),
        county=place.code,
        resident=resident,
        residence_address=address(particulars.residence_address),
        registered_on=particulars.residence_registered_on,
        on=today,
        by=officer.id,
    )
    tx.add_permit(granted)
    acts.write_down(tx, granted, "grant", _acting(officer, now), {}, notice=notice)
    return granted


def permit_number(county_code: str, year: int, serial: int) -> str:
    """ZJ, county, year, seven digits of serial and a check character as in [GB11643].

    Raises:
        PermitStateError: the county has granted ten million permits in this year.
    """
    digits = f"{county_code}{year:04d}{serial:07d}"
    if len(digits) != 17:
        raise PermitStateError(f"no permit number is left for {year} in this county")
    return f"ZJ{digits}{check_character(digits)}"


def permit_for(tx: IssuerReading, number: str, *officers: Officer) -> Permit:
    """The permit, if these officers decide about it.

    Raises:
        issuer.errors.UnknownPermitError: no permit has this number.
        DeskError: it is another county's.
    """
    held = tx.permit(number)
    for officer in officers:
        if officer.county != held.county:
            raise DeskError(
                f"the permit is of county {held.county}, the officer of {officer.county}",
                remedy=f"Officers of {held.county} decide about it.",
            )
    return held


def words_of(grounds: Grounds) -> dict[str, str]:
    """Both on one line each, for the audit log. Raises ``DeskError`` where one is missing."""
    return {
        "reason": word_of("reason", grounds.reason),
        "legal_basis": word_of("legal_basis", grounds.legal_basis),
    }


def word_of(name: str, text: str) -> str:
    """``text`` on one line, for the audit log. Raises ``DeskError`` naming what is missing."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= MAX_WORDS or not stripped.isprintable():
        raise DeskError(f"{name} is needed: one line of at most {MAX_WORDS} characters")
    return stripped


def _acting(officer: Officer, now: datetime) -> Acting:
    return Acting(officer.id, require(officer, DECIDERS), now)
