"""By when an application is decided: the promise of the service, and the time the law sets.

Two clocks run from the day of submission, which does not count [CC 201]: two working days
are promised [ZJ], fifteen natural days are the law's [SC663 §9]. A day on which a supplement
was awaited, if only for a part of it, counts for neither. Late is shown and never decides
anything by itself. Days are calendar days in Asia/Shanghai and end at their midnight.

Working days follow the State Council's table with its moved workdays. Where the table of a
year is not out yet, Monday to Friday without the fixed statutory days stands in, and the
deadline says that it is provisional.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from chinese_calendar import is_workday
from msgspec import Struct

from schemas.endorsement_window import day_of, start_of_day

PROMISED_WORKING_DAYS: Final = 2
STATUTORY_DAYS: Final = 15
# New Year, Labour Day and National Day: those that do not hang on the moon or the sun.
_FIXED_REST_DAYS: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_ONE_DAY: Final = timedelta(days=1)


class WorkingDay(Struct, frozen=True):
    """Whether offices work on a day, and whether that is known or assumed."""

    works: bool
    known: bool


class Awaited(Struct, frozen=True):
    """A time in which a supplement was awaited, both days included."""

    since: date
    until: date | None
    """The day it came; None while it is still awaited."""


class Deadline(Struct, frozen=True):
    """The last days of both clocks, each of them included."""

    promised_on: date
    statutory_on: date
    provisional: bool
    """A year's table of working days was not known; ``promised_on`` may still move."""
    stopped: bool
    """A supplement is awaited: the days are those that would hold if it came today."""


@lru_cache(maxsize=4096)
def working_day(day: date) -> WorkingDay:
    """Whether offices work on ``day``."""
    try:
        return WorkingDay(works=bool(is_workday(day)), known=True)
    except NotImplementedError:
        fixed = day.isoweekday() <= 5 and (day.month, day.day) not in _FIXED_REST_DAYS
        return WorkingDay(works=fixed, known=False)


def decision_deadline(
    submitted_on: date, *, today: date, awaited: Sequence[Awaited] = ()
) -> Deadline:
    """Both deadlines of an application submitted on ``submitted_on``.

    A time that is still open is taken to end ``today``, so the days found lie ahead, unless
    one had passed before the supplement was asked for: that stays late.

    Raises:
        ValueError: a supplement that came before it was asked for.
    """
    spans = [(span.since, today if span.until is None else span.until) for span in awaited]
    for since, until in spans:
        if until < since:
            raise ValueError(f"a supplement asked for on {since} cannot have come on {until}")
    promised_on, provisional = _promised(submitted_on, spans)
    return Deadline(
        promised_on=promised_on,
        statutory_on=_statutory(submitted_on, spans),
        provisional=provisional,
        stopped=any(span.until is None for span in awaited),
    )


def time_left(deadline: Deadline, now: datetime) -> timedelta:
    """From ``now``, an aware instant, to the end of the promised day; negative once late."""
    return start_of_day(deadline.promised_on + _ONE_DAY) - now


def overdue(deadline: Deadline, now: datetime) -> bool:
    """Whether the promised day is over."""
    return day_of(now) > deadline.promised_on


def past_the_law(deadline: Deadline, now: datetime) -> bool:
    """Whether the law's own time is over too [SC663 §9]."""
    return day_of(now) > deadline.statutory_on


def _promised(submitted_on: date, spans: list[tuple[date, date]]) -> tuple[date, bool]:
    day, counted, provisional = submitted_on, 0, False
    while counted < PROMISED_WORKING_DAYS:
        day += _ONE_DAY
        if _awaited(day, spans):
            continue
        found = working_day(day)
        counted += found.works
        provisional = provisional or not found.known
    return day, provisional


def _statutory(submitted_on: date, spans: list[tuple[date, date]]) -> date:
    day, counted = submitted_on, 0
    while counted < STATUTORY_DAYS:
        day += _ONE_DAY
        counted += not _awaited(day, spans)
    return day


def _awaited(day: date, spans: list[tuple[date, date]]) -> bool:
    return any(since <= day <= until for since, until in spans)
