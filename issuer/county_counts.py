"""A county in numbers: what was handed in and decided, how fast, and what comes due.

Counts only; nobody is named, so a look at them is no look at a record. Weeks begin on Monday;
the last one is the present week up to now. Days are Asia/Shanghai. Sources: [ZJ], [SC663 §9].
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from msgspec import Struct

from issuer.application_queue import ApplicationQueue, QueueCounts
from issuer.count_storage import DecidedBrief
from issuer.decision_deadline import Awaited, working_day
from issuer.officer import READERS, Officer, require
from issuer.outbox_storage import MessageState
from issuer.permit_records import Chosen, PermitRecords
from issuer.slips import PRINTED, PRINTED_AGAIN
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of, start_of_day

WEEKS: Final = (4, 12, 52)
"""How many weeks a count may go back."""
DUE_IN_DAYS: Final = (30, 60, 90)
_HANDED_IN: Final = "apply"
_DECISIONS: Final = ("grant_application", "refuse_application")
_A_DAY: Final = timedelta(days=1)
_A_WEEK: Final = timedelta(days=7)


class Week(Struct, frozen=True):
    """One week; ``monday`` is its first day."""

    monday: date
    handed_in: int
    in_time: int
    """Decided by the promised day."""
    late: int


class Speed(Struct, frozen=True):
    """How fast applications were decided."""

    in_time: int
    """By the promised day [ZJ]."""
    late: int
    """After it."""
    past_the_law: int
    """Of the late ones, those decided after the law's own time too [SC663 §9]."""
    median_days: float | None
    """Working days, those on which a supplement was awaited not counted; None without any."""

    @property
    def decided(self) -> int:
        """All of them."""
        return self.in_time + self.late


class CountyCounts(Struct, frozen=True, kw_only=True):
    """The numbers of one county at one moment."""

    county: str
    at: datetime
    since: date
    """First day of the first week."""
    weeks: tuple[Week, ...]
    """Oldest first, without gap."""
    speed: Speed
    waiting: QueueCounts
    applications: dict[tuple[str, str], int]
    """Ever handed in, by kind and stage."""
    permits: dict[Chosen, int]
    due: dict[int, int]
    """Permits under no order whose endorsement runs out within so many days."""
    slips: int
    slips_again: int
    messages: dict[MessageState, int]


class CountyNumbers:
    """Counts for the officers of a county. All methods block.

    Args:
        storage: the register.
        queue: knows what waits.
        permits: knows how permits stand.
        clock: gives ``now``.
    """

    def __init__(
        self, storage: IssuerStorage, queue: ApplicationQueue, permits: PermitRecords, clock: Clock
    ) -> None:
        self._storage = storage
        self._queue = queue
        self._permits = permits
        self._clock = clock

    def counts(self, officer: Officer, weeks: int) -> CountyCounts:
        """The officer's county, over the last ``weeks`` weeks.

        Raises:
            DeskError: no role of the officer is for reading.
        """
        require(officer, READERS)
        now, county = self._clock(), officer.county
        today = day_of(now)
        since = monday_of(today) - (weeks - 1) * _A_WEEK
        with self._storage.reading() as register:
            begun = start_of_day(since)
            handed_in = register.act_instants(county, _HANDED_IN, begun)
            decided = register.decided_briefs(county, _DECISIONS, begun)
            acts = register.act_counts(county, begun)
            due = register.due_permits(county, today, today + max(DUE_IN_DAYS) * _A_DAY)
            applications = register.application_counts(county)
            messages = register.message_counts(county, begun)
        return CountyCounts(
            county=county,
            at=now,
            since=since,
            weeks=weeks_of(since, weeks, handed_in, decided),
            speed=speed_of(decided),
            waiting=self._queue.counts(officer),
            applications=applications,
            permits=self._permits.counts(officer),
            due={
                days: sum(
                    not permit.suspended and permit.usable_through <= today + days * _A_DAY
                    for permit in due
                )
                for days in DUE_IN_DAYS
            },
            slips=acts.get(PRINTED, 0),
            slips_again=acts.get(PRINTED_AGAIN, 0),
            messages=messages,
        )


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - day.weekday() * _A_DAY


def weeks_of(
    since: date, weeks: int, handed_in: Iterable[datetime], decided: Iterable[DecidedBrief]
) -> tuple[Week, ...]:
    """So many weeks from the Monday ``since`` on; what lies outside them does not count."""
    arrivals = Counter(monday_of(day_of(at)) for at in handed_in)
    decisions = Counter((monday_of(day_of(one.decided_at)), in_time(one)) for one in decided)
    mondays = [since + number * _A_WEEK for number in range(weeks)]
    return tuple(
        Week(monday, arrivals[monday], decisions[monday, True], decisions[monday, False])
        for monday in mondays
    )


def speed_of(decided: Iterable[DecidedBrief]) -> Speed:
    """How fast these were decided."""
    those = list(decided)
    timely = sum(in_time(one) for one in those)
    days = [working_days_taken(one) for one in those]
    return Speed(
        in_time=timely,
        late=len(those) - timely,
        past_the_law=sum(_past_the_law(one) for one in those),
        median_days=median(days) if days else None,
    )


def in_time(one: DecidedBrief) -> bool:
    """Whether it was decided by the promised day."""
    decided_on = day_of(one.decided_at)
    deadline = one.brief.deadline(decided_on)
    return deadline is None or decided_on <= deadline.promised_on


def working_days_taken(one: DecidedBrief) -> int:
    """Working days after the day of submission up to that of the decision.

    Those on which a supplement was awaited do not count.
    """
    decided_on = day_of(one.decided_at)
    day = day_of(one.brief.submitted_at or one.decided_at)
    taken = 0
    while day < decided_on:
        day += _A_DAY
        taken += working_day(day).works and not _awaited(day, one.brief.awaited)
    return taken


def _awaited(day: date, spans: Iterable[Awaited]) -> bool:
    return any(span.since <= day <= (span.until or day) for span in spans)


def _past_the_law(one: DecidedBrief) -> bool:
    decided_on = day_of(one.decided_at)
    deadline = one.brief.deadline(decided_on)
    return deadline is not None and decided_on > deadline.statutory_on
