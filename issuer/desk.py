"""What officers do, each act in one transaction: permit, audit entry, status and notice.

An officer acts in one county only. Every act that takes something away names its reason and
its legal basis; both end up in the audit log, and nothing of it in a service log. Deciding
whether an act is possible is ``permit.py``'s. Days are Asia/Shanghai. Sources: [ZJ], [SC663 §10].
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from msgspec import Struct

from issuer import permit as rules
from issuer.audit_log import Act
from issuer.errors import DeskError, PermitStateError
from issuer.particulars import Particulars, address, resident_of
from issuer.permit import Permit
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction, Notice
from keys.clock import Clock
from schemas.civil_id import check_character, is_demonstration
from schemas.divisions import county
from schemas.endorsement_window import day_of
from schemas.status_list import INVALID, SUSPENDED, VALID

MAX_WORDS: Final = 500
"""Characters of a reason or a legal basis."""
# One spelling for each officer, or "another officer" could be the same one in capitals.
_OFFICER_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Officer(Struct, frozen=True):
    """Who acts, and for which county."""

    id: str
    county: str


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
        """A new permit of the officer's county, with its first endorsement.

        Raises:
            DeskError: a demonstration number where those are not allowed.
            PermitStateError: the person has a permit that has not ended [SC663 §11].
            schemas.errors.InputError: particulars that no permit can carry.
        """
        with self._act(officer) as (tx, now):
            return grant_in(tx, particulars, officer, now, allow_demo_ids=self._allow_demo_ids)

    def endorse(self, number: str, officer: Officer) -> Permit:
        """Endorsed today, in the window or late. Wallets fetch new copies themselves."""
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            endorsed = rules.endorse(held, on=day_of(now), by=officer.id)
            details = {
                "usable_through": endorsed.usable_through.isoformat(),
                "late": "yes" if held.lapsed_on(day_of(now)) else "no",
            }
            tx.replace_permit(endorsed)
            _write_down(tx, endorsed, "endorse", "endorsed", officer.id, now, details)
        return endorsed

    def suspend(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """Suspended by order: every copy shows it from the next status list on."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            suspended = rules.suspend(held, by=officer.id, at=now, **words)
            tx.replace_permit(suspended)
            tx.set_permit_status(number, SUSPENDED)
            _write_down(tx, suspended, "suspend", "suspended", officer.id, now, words)
        return suspended

    def restore(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """The order lifted, by another officer than the one who gave it."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            restored = rules.restore(permit_for(tx, number, officer), by=officer.id)
            tx.replace_permit(restored)
            tx.set_permit_status(number, VALID)
            _write_down(tx, restored, "restore", "restored", officer.id, now, words)
        return restored

    def revoke(
        self, number: str, *, proposed_by: Officer, confirmed_by: Officer, grounds: Grounds
    ) -> Permit:
        """Taken back for good; both officers are of the permit's county."""
        words = words_of(grounds)
        with self._act(proposed_by, confirmed_by) as (tx, now):
            held = permit_for(tx, number, proposed_by, confirmed_by)
            by = {"proposed_by": proposed_by.id, "confirmed_by": confirmed_by.id}
            revoked = rules.revoke(held, at=now, **by, **words)
            tx.replace_permit(revoked)
            tx.set_permit_status(number, INVALID)
            _write_down(tx, revoked, "revoke", "revoked", confirmed_by.id, now, by | words)
        return revoked

    def cancel(self, number: str, officer: Officer, grounds: Grounds) -> Permit:
        """Ended for good without fault: moved away, the holder's wish, death."""
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            cancelled = rules.cancel(held, by=officer.id, at=now, **words)
            tx.replace_permit(cancelled)
            tx.set_permit_status(number, INVALID)
            _write_down(tx, cancelled, "cancel", "cancelled", officer.id, now, words)
        return cancelled

    def look(self, number: str, officer: Officer) -> Permit:
        """The whole record, for an officer of its county; the look is written down."""
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            tx.record(Act(held.county, now, officer.id, "look", number))
        return held

    @contextmanager
    def _act(self, *officers: Officer) -> Iterator[tuple[IssuerTransaction, datetime]]:
        check_ids(officers)
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
    _write_down(tx, granted, "grant", "granted", officer.id, now, {})
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
        DeskError: it is another county's, or an officer's id is none.
    """
    check_ids(officers)
    held = tx.permit(number)
    for officer in officers:
        if officer.county != held.county:
            raise DeskError(
                f"the permit is of county {held.county}, the officer of {officer.county}",
                remedy=f"Officers of {held.county} decide about it.",
            )
    return held


def check_ids(officers: Iterable[Officer]) -> None:
    """Raises ``DeskError`` for a spelling that no officer has."""
    for officer in officers:
        if not _OFFICER_ID.fullmatch(officer.id):
            raise DeskError(
                "an officer's id is 1 to 32 small letters, digits and hyphens",
                remedy="Give it as in the list of officers.",
            )


def words_of(grounds: Grounds) -> dict[str, str]:
    """Both on one line each, for the audit log. Raises ``DeskError`` where one is missing."""
    words = {"reason": grounds.reason.strip(), "legal_basis": grounds.legal_basis.strip()}
    for name, text in words.items():
        if not 1 <= len(text) <= MAX_WORDS or not text.isprintable():
            raise DeskError(f"{name} is needed: one line of at most {MAX_WORDS} characters")
    return words


def _write_down(
    tx: IssuerTransaction,
    permit: Permit,
    act: str,
    notice: str,
    actor: str,
    now: datetime,
    details: dict[str, str],
) -> None:
    tx.record(Act(permit.county, now, actor, act, permit.number, details))
    # No name and no number in a text message: it is read on locked screens.
    tx.add_notice(Notice(permit.number, permit.county, notice, now))
