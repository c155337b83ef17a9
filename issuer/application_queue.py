"""The queue of a county's applications: who waits, for how long yet, and what is late.

What is most pressing comes first; what waits for its applicant comes last. Late is flagged and
decides nothing by itself [ZJ]. The list is made of briefs: it loads no portraits, and of a
citizen number it shows the last four characters only.
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from issuer.application import Channel, Kind
from issuer.application_brief import ApplicationBrief
from issuer.application_storage import BriefQuery
from issuer.decision_deadline import Deadline, overdue, past_the_law, time_left
from issuer.officer import READERS, Officer, require
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of

MAX_LINES: Final = 500
"""Lines one list has at most; a county waits for fewer, or searches."""
_NOT_OF_A_NUMBER: Final = re.compile(r"[^0-9A-Z]")


class QueueFilter(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; as it stands it holds all that is open, and by ``text`` all."""

    stage: str = ""
    """submitted, needs_supplement, granted, refused, withdrawn, lapsed; or draft, for those
    being entered at the county's own counters."""
    kind: Kind | None = None
    channel: Channel | None = None
    overdue: bool = False
    """Only what should have been decided by now."""
    second_opinion: bool = False
    """Only what waits for a second officer."""
    closed: bool = False
    """Decided, withdrawn and lapsed ones instead, the latest first."""
    text: str = ""
    """Part of a receipt number; spaces and small letters do not matter."""


class QueueLine(Struct, frozen=True, kw_only=True):
    """One application, as the queue shows it."""

    number: str
    kind: Kind
    channel: Channel
    county: str
    stage: str
    name: str
    citizen_id_masked: str
    submitted_at: datetime | None
    deadline: Deadline | None
    """None once it is decided."""
    time_left: timedelta | None
    """To the end of the promised day; negative once late, None while the clocks stand still."""
    overdue: bool
    past_the_law: bool
    exempt: bool
    proposed_by: str
    """The officer who would grant an exemption; another one confirms."""


class QueueCounts(Struct, frozen=True, kw_only=True):
    """How a county stands."""

    submitted: int
    """That wait for a decision."""
    needs_supplement: int
    """That wait for their applicant."""
    overdue: int
    past_the_law: int
    second_opinion: int
    by_kind: dict[str, int]
    """Of those that are open; each kind is there."""
    decided: dict[str, int]
    """granted, refused, withdrawn and lapsed; each is there."""


class ApplicationQueue:
    """Lists and counts for the officers of a county. All methods block.

    Args:
        storage: the register.
        clock: gives ``now``, from which time is left or over.
    """

    def __init__(self, storage: IssuerStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def lines(self, officer: Officer, wanted: QueueFilter = QueueFilter()) -> list[QueueLine]:  # noqa: B008 - frozen
        """The officer's county's applications, the most pressing first.

        Raises:
            DeskError: no role of the officer is for reading.
        """
        require(officer, READERS)
        return self.lines_of(officer.county, wanted)

    def lines_of(self, county: str | None, wanted: QueueFilter) -> list[QueueLine]:
        """One county's, or all; for the console, where no officer is named. As ``lines``."""
        text = _NOT_OF_A_NUMBER.sub("", wanted.text.upper())
        only_open = None if text or wanted.stage else not wanted.closed
        query = BriefQuery(
            county=county,
            only_open=only_open,
            stage=wanted.stage,
            kind=wanted.kind or "",
            channel=Channel.COUNTER if wanted.stage == "draft" else wanted.channel or "",
            number_holds=text,
            drafts=wanted.stage == "draft",
            # All that is open is looked at, so that the most pressing cannot be missed.
            newest=None if only_open else MAX_LINES,
        )
        with self._storage.reading() as register:
            briefs = register.application_briefs(query)
        now = self._clock()
        found = [line for brief in briefs if _is_wanted(line := _line(brief, now), wanted)]
        waiting = sorted((line for line in found if line.deadline), key=_pressing)
        rest = sorted((line for line in found if not line.deadline), key=_latest, reverse=True)
        return [*waiting, *rest][:MAX_LINES]

    def counts(self, officer: Officer) -> QueueCounts:
        """How the officer's county stands. Raises as ``lines``."""
        require(officer, READERS)
        with self._storage.reading() as register:
            briefs = register.application_briefs(BriefQuery(county=officer.county, only_open=True))
            counted = register.application_counts(officer.county)
        now = self._clock()
        waiting = [_line(brief, now) for brief in briefs]
        return QueueCounts(
            submitted=sum(line.stage == "submitted" for line in waiting),
            needs_supplement=sum(line.stage == "needs_supplement" for line in waiting),
            overdue=sum(line.overdue for line in waiting),
            past_the_law=sum(line.past_the_law for line in waiting),
            second_opinion=sum(bool(line.proposed_by) for line in waiting),
            by_kind={kind.value: sum(line.kind is kind for line in waiting) for kind in Kind},
            decided={
                stage: sum(times for (_, held), times in counted.items() if held == stage)
                for stage in _CLOSED
            },
        )


_CLOSED: Final = ("granted", "refused", "withdrawn", "lapsed")
_OPEN: Final = ("submitted", "needs_supplement")


def _line(brief: ApplicationBrief, now: datetime) -> QueueLine:
    deadline = brief.deadline(day_of(now)) if brief.stage in _OPEN else None
    running = deadline is not None and not deadline.stopped
    return QueueLine(
        number=brief.number,
        kind=brief.kind,
        channel=brief.channel,
        county=brief.county,
        stage=brief.stage,
        name=brief.name,
        citizen_id_masked=f"{'*' * 14}{brief.citizen_id_tail}",
        submitted_at=brief.submitted_at,
        deadline=deadline,
        time_left=time_left(deadline, now) if deadline and running else None,
        overdue=deadline is not None and overdue(deadline, now),
        past_the_law=deadline is not None and past_the_law(deadline, now),
        exempt=brief.exempt,
        proposed_by=brief.proposed_by if brief.stage in _OPEN else "",
    )


def _is_wanted(line: QueueLine, wanted: QueueFilter) -> bool:
    if wanted.overdue and not line.overdue:
        return False
    return bool(line.proposed_by) or not wanted.second_opinion


def _pressing(line: QueueLine) -> tuple[bool, date, str]:
    """Running before stopped, then by the promised day; numbers grow with time."""
    day = line.deadline.promised_on if line.deadline else date.max
    return line.time_left is None, day, line.number


def _latest(line: QueueLine) -> str:
    return line.number
