"""The year arithmetic: until when an endorsement keeps a permit usable.

Issuer and verifier must agree on this to the day, so it lives below both. All days are
calendar days in Asia/Shanghai; ``issued_on`` is day 0. Anniversaries are counted from
``issued_on``, never from one another, so that 29 February does not drift to the 28th for
good. A permit is usable *through* an anniversary, that day included. A window opens on
the same day one month earlier and closes at the end of the anniversary.

Source: [SC663 §10], [ZJ], month ends by [CC 202].
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""UTC+8 without summer time."""


class EndorsementWindow(Struct, frozen=True):
    """The days on which an endorsement may be asked for, both included."""

    opens_on: date
    closes_on: date


def day_of(now: datetime) -> date:
    """The calendar day of an instant, in Asia/Shanghai.

    Raises:
        ValueError: ``now`` has no time zone, so it is no instant.
    """
    if now.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return now.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last day [CC 202]."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def anniversary(issued_on: date, k: int) -> date:
    """The day on which ``k`` full years have passed since ``issued_on``."""
    return add_months(issued_on, 12 * k)


def window_before(issued_on: date, k: int) -> EndorsementWindow:
    """The window that closes with ``anniversary(issued_on, k)``.

    Raises:
        ValueError: ``k`` is below 1: no window closes on the day of issue.
    """
    if k < 1:
        raise ValueError(f"no window closes with anniversary {k}")
    closes_on = anniversary(issued_on, k)
    return EndorsementWindow(opens_on=add_months(closes_on, -1), closes_on=closes_on)


def endorsed_through(issued_on: date, on: date) -> date:
    """Until which day, included, an endorsement made ``on`` a day keeps the permit usable.

    The earliest anniversary whose window has not opened by then: one line that covers the
    grant itself (``on`` is ``issued_on``), an endorsement in time, a late one, and a late
    one that falls into the next window.

    Raises:
        ValueError: ``on`` is before the day of issue.
    """
    if on < issued_on:
        raise ValueError(f"no endorsement on {on} of a permit issued on {issued_on}")
    k = max(1, on.year - issued_on.year)
    while window_before(issued_on, k).opens_on <= on:
        k += 1
    return anniversary(issued_on, k)


def next_window(issued_on: date, usable_through: date) -> EndorsementWindow:
    """The window that closes on ``usable_through``, an anniversary of ``issued_on``.

    Raises:
        ValueError: it is no anniversary.
    """
    k = usable_through.year - issued_on.year
    if k < 1 or anniversary(issued_on, k) != usable_through:
        raise ValueError(f"{usable_through} is no anniversary of {issued_on}")
    return window_before(issued_on, k)


def expires_at(usable_through: date) -> datetime:
    """The first instant after ``usable_through``, UTC: ``exp`` of its credentials.

    So a reader that has never heard of endorsements refuses a lapsed permit too.
    """
    return start_of_day(usable_through + timedelta(days=1))


def half_year_after(registered_on: date) -> date:
    """The first day on which residence has been registered for half a year [SC663 §2]."""
    return add_months(registered_on, 6)
