"""A county's permits as its officers look at them: the list, the search, one whole record.

Officers see permits of their county and no others. The list shows what tells people apart and
is made from columns, however many permits there are; whoever looks for one permit or person, or
opens a record or an act on it, is written down, found or not [SC663 §17]. Of a citizen number
that was typed, the log has the last four characters, as lists do; never the number. Days are
Asia/Shanghai, instants aware.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.application import Application
from issuer.audit_log import Act, AuditEntry
from issuer.campaign import last_day_due
from issuer.desk import permit_for
from issuer.errors import DeskError, UnknownPermitError
from issuer.mass_act import Criteria
from issuer.officer import READERS, Officer, require
from issuer.outbox_storage import OutboxMessage
from issuer.permit import Permit
from issuer.permit_brief import PermitBrief, brief_of
from issuer.proposal import Proposal
from issuer.storage import IssuerReading, IssuerStorage, Notice
from keys.clock import Clock
from schemas.civil_id import parse_civil_id
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError
from schemas.status_list import INVALID, SUSPENDED

PAGE_LINES: Final = 25
"""Permits on one page of the list."""
_PERMIT_PREFIX: Final = "ZJ"


class Chosen(StrEnum):
    """Which permits of the county the list shows."""

    ALL = "all"
    USABLE = "usable"
    DUE = "due"
    """Usable, and the window of the next endorsement is open."""
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    ENDED = "ended"
    """Revoked or cancelled."""


class PermitList(Struct, frozen=True):
    """One page of the list."""

    permits: tuple[PermitBrief, ...]
    page: int
    """From 1."""
    pages: int
    total: int
    """Permits on all pages together."""
    counts: dict[Chosen, int]
    """How many permits each choice has."""


class PermitRecord(Struct, frozen=True, kw_only=True):
    """Everything that is kept about one permit, as one officer saw it."""

    permit: Permit
    entries: tuple[AuditEntry, ...]
    """Of the audit log, oldest first; the last is this look."""
    notices: tuple[Notice, ...]
    messages: tuple[OutboxMessage, ...]
    proposals: tuple[Proposal, ...]
    """That it be revoked, the oldest first."""
    applications: tuple[Application, ...]
    """Of this person in this county, without drafts."""


class PermitState(Struct, frozen=True):
    """As much of a record as an act needs before it is done."""

    permit: Permit
    proposed: bool
    """A proposal to revoke it waits for a second officer."""


class PermitRecords:
    """What officers look up. All methods block.

    Args:
        storage: the register.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def listed(self, officer: Officer, chosen: Chosen, *, page: int = 1) -> PermitList:
        """A page of the officer's county, by number; the last one where ``page`` is beyond.

        Name and last four characters only, so nothing is written down.
        """
        require(officer, READERS)
        today = day_of(self._clock())
        with self._storage.reading() as register:
            numbers = _numbers(register, officer.county, today)
            found = numbers[chosen]
            pages = max(1, -(-len(found) // PAGE_LINES))
            page = min(max(page, 1), pages)
            shown = found[(page - 1) * PAGE_LINES : page * PAGE_LINES]
            permits = register.permits_numbered(shown)
        counts = {choice: len(those) for choice, those in numbers.items()}
        in_order = tuple(brief_of(permits[number], today) for number in shown)
        return PermitList(in_order, page, pages, len(found), counts)

    def counts(self, officer: Officer) -> dict[Chosen, int]:
        """How many permits of the officer's county each choice has; nobody is named."""
        require(officer, READERS)
        with self._storage.reading() as register:
            numbers = _numbers(register, officer.county, day_of(self._clock()))
        return {choice: len(those) for choice, those in numbers.items()}

    def found(self, text: str, officer: Officer) -> list[PermitBrief]:
        """Permits of the officer's county by permit number or citizen number, by number.

        The search is written down, also where nobody was found: who tries one number after the
        other leaves a trail.

        Raises:
            schemas.civil_id.CivilIdError: neither a permit number nor a citizen number; nobody
                was looked for.
            issuer.errors.UnknownPermitError: no permit has this permit number.
            issuer.errors.DeskError: it is another county's, or the officer may not look.
        """
        role = require(officer, READERS)
        number = "".join(text.split()).upper()
        by_permit = number.startswith(_PERMIT_PREFIX)
        today = day_of(self._clock())
        person = "" if by_permit else parse_civil_id(number, today=today).number
        with self._storage.transaction() as tx:
            now = self._clock()
            refusal: ServiceError | None = None
            if by_permit:
                held, refusal = _numbered(tx, number, officer)
            else:
                held = [one for one in tx.permits_of(person) if one.county == officer.county]
            for act in _searches([one.number for one in held], person, officer, role, now):
                tx.record(act)
        # Only now, or the entry would be undone with the search.
        if refusal is not None:
            raise refusal
        return [brief_of(one, day_of(now)) for one in held]

    def record(self, number: str, officer: Officer) -> PermitRecord:
        """The whole record; the look is written down.

        Raises:
            issuer.errors.UnknownPermitError: no permit has this number.
            issuer.errors.DeskError: it is another county's, or the officer may not look.
        """
        role = require(officer, READERS)
        with self._storage.transaction() as tx:
            now = self._clock()
            held = permit_for(tx, number, officer)
            tx.record(Act(held.county, now, officer.id, "look", number, role=role))
            return PermitRecord(
                permit=held,
                entries=tuple(tx.audit_about(number)),
                notices=tuple(tx.notices(number)),
                messages=tuple(tx.messages_about(number)),
                proposals=_about(number, tx.proposals(held.county)),
                applications=_handed_in(tx, held),
            )

    def state(self, number: str, officer: Officer) -> PermitState:
        """What an act on it is decided by; the look is written down. Raises as ``record``.

        The page of an act shows fewer of the data, but also orders and their reasons.
        """
        role = require(officer, READERS)
        with self._storage.transaction() as tx:
            held = permit_for(tx, number, officer)
            tx.record(Act(held.county, self._clock(), officer.id, "look", number, role=role))
            waiting = _about(number, tx.proposals(held.county, open_only=True))
        return PermitState(held, bool(waiting))


def _numbers(register: IssuerReading, county: str, today: date) -> dict[Chosen, list[str]]:
    """Numbers of the county's permits by choice, each list in order."""
    last_due = last_day_due(today)
    chosen: dict[Chosen, list[str]] = {choice: [] for choice in Chosen}
    through = {
        due.number: due.usable_through for due in register.due_permits(county, date.min, date.max)
    }
    for number, status_value in register.cohort(county, Criteria()):
        chosen[Chosen.ALL].append(number)
        if status_value == INVALID:
            chosen[Chosen.ENDED].append(number)
        elif status_value == SUSPENDED:
            chosen[Chosen.SUSPENDED].append(number)
        elif through[number] < today:
            chosen[Chosen.LAPSED].append(number)
        else:
            chosen[Chosen.USABLE].append(number)
            if through[number] <= last_due:
                chosen[Chosen.DUE].append(number)
    return chosen


def _numbered(
    register: IssuerReading, number: str, officer: Officer
) -> tuple[list[Permit], ServiceError | None]:
    """The permit of this number, or why the officer is not told of it."""
    try:
        return [permit_for(register, number, officer)], None
    except (UnknownPermitError, DeskError) as refusal:
        return [], refusal


def _searches(
    found: list[str], person: str, officer: Officer, role: str, now: datetime
) -> Iterator[Act]:
    """One entry about each permit that was found; one about the officer where none was."""
    details = {"found": str(len(found))}
    if person:
        details["tail"] = person[-4:]
    for subject in found or [officer.id]:
        yield Act(officer.county, now, officer.id, "search_person", subject, details, role=role)


def _about(number: str, proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    return tuple(proposal for proposal in proposals if proposal.permit_number == number)


def _handed_in(register: IssuerReading, permit: Permit) -> tuple[Application, ...]:
    return tuple(
        held
        for held in register.applications_of(permit.resident.citizen_id_number)
        if held.county == permit.county and held.submitted_at is not None
    )
