"""Progress: what an applicant sees of their own applications, at any time [ZJ].

Where each stands and what to do next, in Chinese and English; both deadlines and the time
left; the same notices that went out as text messages; and the permit it led to. Only what
belongs to the person of the identity check is found.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from issuer.application import (
    Application,
    Draft,
    Granted,
    Kind,
    NeedsSupplement,
    Refused,
    Submitted,
)
from issuer.application_findings import permit_of_application
from issuer.application_intake import own_application
from issuer.application_steps import last_supplement_day
from issuer.application_storage import ApplicationNotice
from issuer.decision_deadline import Deadline, overdue, time_left
from issuer.identity_check import VerifiedIdentity
from issuer.permit import Permit
from issuer.progress_sentences import GRANTED, NEXT, NOTHING, STATES, Sentence, filled
from issuer.storage import IssuerReading, IssuerStorage, Notice
from keys.clock import Clock
from schemas.divisions import county
from schemas.endorsement_window import day_of


class ProgressLine(Struct, frozen=True, kw_only=True):
    """One application, as its applicant sees it."""

    application: Application
    sentence_zh: str
    """Where it stands."""
    sentence_en: str
    next_zh: str
    """What to do next; empty where nothing is."""
    next_en: str
    deadline: Deadline | None
    """None for a draft, and once it is decided."""
    time_left: timedelta | None
    """To the end of the promised day; negative once late, None while the clocks stand still."""
    notices: tuple[ApplicationNotice, ...]
    """About the application, oldest first."""
    permit: Permit | None
    """The permit it led to, or is about."""
    permit_notices: tuple[Notice, ...]


class Progress:
    """All methods block.

    Args:
        storage: the register.
        clock: gives ``now``, from which time is left or over.
    """

    def __init__(self, storage: IssuerStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def applications(self, identity: VerifiedIdentity) -> list[ProgressLine]:
        """Every application of this person: what is open, then the latest first."""
        with self._storage.reading() as register:
            mine = register.applications_of(identity.citizen_id_number)
            now = self._clock()
            lines = [_line(register, held, now) for held in mine]
        return sorted(lines, key=_recent, reverse=True)

    def application(self, number: str, identity: VerifiedIdentity) -> ProgressLine:
        """One of them. Raises ``UnknownApplicationError`` for anybody else's."""
        with self._storage.reading() as register:
            held = own_application(register, number, identity)
            return _line(register, held, self._clock())


def _line(register: IssuerReading, held: Application, now: datetime) -> ProgressLine:
    waits = isinstance(held.state, Submitted | NeedsSupplement)
    deadline = held.deadline(day_of(now)) if waits else None
    permit = permit_of_application(register, held)
    values = _values(held, deadline, permit)
    sentence = filled(_state(held, deadline, now), values)
    following = filled(_next(held), values)
    return ProgressLine(
        application=held,
        sentence_zh=sentence[0],
        sentence_en=sentence[1],
        next_zh=following[0],
        next_en=following[1],
        deadline=deadline,
        time_left=time_left(deadline, now) if deadline and not deadline.stopped else None,
        notices=tuple(register.application_notices(held.number)),
        permit=permit,
        permit_notices=tuple(register.notices(permit.number)) if permit else (),
    )


def _state(held: Application, deadline: Deadline | None, now: datetime) -> Sentence:
    if isinstance(held.state, Granted):
        return GRANTED[held.kind]
    late = isinstance(held.state, Submitted) and deadline is not None and overdue(deadline, now)
    return STATES["late" if late else held.stage]


def _next(held: Application) -> Sentence:
    if held.kind is Kind.ENDORSEMENT and isinstance(held.state, Granted):
        return NEXT["endorsed"]
    if held.kind is Kind.ENDORSEMENT and isinstance(held.state, Refused):
        return NEXT["endorsement_refused"]
    return NEXT.get(held.stage, NOTHING)


def _values(held: Application, deadline: Deadline | None, permit: Permit | None) -> dict[str, str]:
    values: dict[str, str] = {}
    if held.county:
        place = county(held.county)
        values |= {"county_zh": place.name_zh, "county_en": place.name_en}
    if deadline is not None:
        values["promised_on"] = deadline.promised_on.isoformat()
    if isinstance(held.state, NeedsSupplement):
        values["supplement_by"] = last_supplement_day(held).isoformat()
    if permit is not None:
        values["permit"] = permit.number
        values["usable_through"] = permit.usable_through.isoformat()
    return values


def _recent(line: ProgressLine) -> tuple[bool, bool, str]:
    # Numbers of drafts are random: there is one of a kind at most, and it comes first.
    held = line.application
    at = held.submitted_at
    return held.open, isinstance(held.state, Draft), at.isoformat() if at else ""
