"""The year arithmetic: the worked cases of the rules, and the laws that always hold."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.endorsement_window import (
    EndorsementWindow,
    add_months,
    anniversary,
    day_of,
    endorsed_through,
    expires_at,
    half_year_after,
    next_window,
    start_of_day,
    window_before,
)

VECTORS = Path(__file__).parents[2].parent / "shared" / "domain" / "date_vectors.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="the shared date vectors do not lie beside this checkout"
)

issue_days = st.dates(date(2016, 1, 1), date(2060, 12, 31))
leap_days = st.sampled_from([date(year, 2, 29) for year in range(2016, 2061, 4)])
days_of_issue = issue_days | leap_days
days_since = st.integers(0, 4000)


@pytest.fixture(scope="module")
def vectors() -> dict[str, list[dict[str, Any]]]:
    read: dict[str, list[dict[str, Any]]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return read


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("issued_on", "endorsed_on", "through"),
    [
        ("2025-11-23", "2025-11-23", "2026-11-23"),  # the grant itself
        ("2025-11-23", "2026-10-22", "2026-11-23"),  # a day too early changes nothing
        ("2025-11-23", "2026-10-23", "2027-11-23"),  # first day of the window
        ("2025-11-23", "2026-11-01", "2027-11-23"),
        ("2025-11-23", "2026-11-23", "2027-11-23"),  # last day of the window
        ("2025-11-23", "2026-11-24", "2027-11-23"),  # late by a day
        ("2025-11-23", "2027-01-15", "2027-11-23"),  # late
        ("2025-11-23", "2027-10-30", "2028-11-23"),  # late, inside the next window
        ("2024-02-29", "2024-02-29", "2025-02-28"),
        ("2024-02-29", "2025-02-28", "2026-02-28"),
        ("2024-02-29", "2026-02-28", "2027-02-28"),
        ("2024-02-29", "2027-02-28", "2028-02-29"),  # the 29th comes back
        ("2024-02-29", "2028-01-28", "2028-02-29"),
        ("2024-02-29", "2028-01-29", "2029-02-28"),
        ("2025-01-15", "2025-12-20", "2027-01-15"),  # the window opens in the year before
        ("2025-12-31", "2026-11-30", "2027-12-31"),
    ],
)
def test_an_endorsement_holds_through(issued_on: str, endorsed_on: str, through: str) -> None:
    assert endorsed_through(day(issued_on), day(endorsed_on)) == day(through)


@pytest.mark.parametrize(
    ("issued_on", "k", "opens_on", "closes_on"),
    [
        ("2025-11-23", 1, "2026-10-23", "2026-11-23"),
        ("2024-02-29", 1, "2025-01-28", "2025-02-28"),
        ("2024-02-29", 4, "2028-01-29", "2028-02-29"),
        ("2025-03-31", 1, "2026-02-28", "2026-03-31"),  # no 31 February
        ("2025-03-31", 3, "2028-02-29", "2028-03-31"),
        ("2025-01-15", 1, "2025-12-15", "2026-01-15"),  # over the turn of the year
    ],
)
def test_a_window_opens_and_closes(issued_on: str, k: int, opens_on: str, closes_on: str) -> None:
    window = EndorsementWindow(day(opens_on), day(closes_on))

    assert window_before(day(issued_on), k) == window
    assert next_window(day(issued_on), day(closes_on)) == window


@needs_vectors
def test_shared_windows(vectors: dict[str, list[dict[str, Any]]]) -> None:
    for case in vectors["endorsement_windows"]:
        for cycle in case["cycles"]:
            window = window_before(day(case["issue"]), cycle["k"])

            assert window.opens_on == day(cycle["opens"])
            assert window.closes_on == day(cycle["due_inclusive"])
            assert day_of(expires_at(window.closes_on)) == day(cycle["suspended_from"])


@needs_vectors
def test_shared_endorsements(vectors: dict[str, list[dict[str, Any]]]) -> None:
    for case in vectors["endorse_event"]:
        issued_on, on = day(case["issue"]), day(case["endorsed_on"])

        assert anniversary(issued_on, 1) == day(case["first_cycle_due"])
        assert (on > anniversary(issued_on, 1)) is case["late_vs_first_cycle"]
        assert endorsed_through(issued_on, on) == day(case["valid_through"])


@pytest.mark.parametrize(
    ("registered", "eligible"),
    [
        ("2026-05-23", "2026-11-23"),
        ("2026-08-31", "2027-02-28"),
        ("2027-08-30", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
    ],
)
def test_half_a_year_is_six_months(registered: str, eligible: str) -> None:
    assert half_year_after(day(registered)) == day(eligible)


@needs_vectors
def test_shared_half_years(vectors: dict[str, list[dict[str, Any]]]) -> None:
    for case in vectors["half_year"]:
        assert half_year_after(day(case["registered"])) == day(case["eligible_from"])


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-01-15", -25, "2023-12-15"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-05-23", 6, "2026-11-23"),
        ("2026-05-23", 0, "2026-05-23"),
    ],
)
def test_months_end_where_the_month_ends(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@given(days_of_issue, st.integers(1, 40))
def test_windows_never_overlap(issued_on: date, k: int) -> None:
    assert window_before(issued_on, k).closes_on < window_before(issued_on, k + 1).opens_on


@given(days_of_issue, st.integers(1, 40))
def test_a_window_opens_at_most_31_days_before_it_closes(issued_on: date, k: int) -> None:
    window = window_before(issued_on, k)

    assert timedelta(28) <= window.closes_on - window.opens_on <= timedelta(31)


@given(days_of_issue, days_since)
def test_an_endorsement_reaches_the_first_anniversary_whose_window_is_still_shut(
    issued_on: date, ago: int
) -> None:
    on = issued_on + timedelta(ago)
    opened = [k for k in range(1, 13) if window_before(issued_on, k).opens_on <= on]

    assert endorsed_through(issued_on, on) == anniversary(issued_on, max(opened, default=0) + 1)


@given(days_of_issue, days_since)
def test_an_endorsement_always_gains_days_and_at_most_thirteen_months(
    issued_on: date, ago: int
) -> None:
    on = issued_on + timedelta(ago)

    # 13 months, and the up to three days that February is short of the other months.
    assert on < endorsed_through(issued_on, on) <= add_months(on, 13) + timedelta(3)


@given(days_of_issue, days_since)
def test_endorsing_a_day_later_never_gives_less(issued_on: date, ago: int) -> None:
    on = issued_on + timedelta(ago)

    assert endorsed_through(issued_on, on) <= endorsed_through(issued_on, on + timedelta(1))


@given(days_of_issue, st.lists(st.integers(0, 400), max_size=12))
def test_usable_through_never_moves_back_over_a_history(issued_on: date, gaps: list[int]) -> None:
    on, through = issued_on, endorsed_through(issued_on, issued_on)
    for gap in gaps:
        on += timedelta(gap)
        following = endorsed_through(issued_on, on)

        assert following >= through
        through = following


@given(days_of_issue, days_since)
def test_what_an_endorsement_reaches_has_a_window_that_can_be_found(
    issued_on: date, ago: int
) -> None:
    on = issued_on + timedelta(ago)
    through = endorsed_through(issued_on, on)

    assert next_window(issued_on, through).closes_on == through
    assert next_window(issued_on, through).opens_on > on


@given(days_of_issue, st.integers(0, 40))
def test_anniversaries_keep_the_day_or_fall_on_the_28th(issued_on: date, k: int) -> None:
    found = anniversary(issued_on, k)

    assert (found.year, found.month) == (issued_on.year + k, issued_on.month)
    assert found.day == issued_on.day or (issued_on.day, found.day) == (29, 28)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), "2026-11-24"),
        (datetime(2026, 11, 23, 23, 0, tzinfo=timezone(timedelta(hours=-8))), "2026-11-24"),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(instant: datetime, expected: str) -> None:
    assert day_of(instant) == day(expected)


def test_an_instant_without_a_time_zone_is_none() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001 - that is the point


def test_a_credential_expires_with_the_first_instant_of_the_day_after() -> None:
    expiry = expires_at(day("2026-11-23"))

    assert expiry == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert expiry.utcoffset() == timedelta(0)


@given(issue_days)
def test_the_last_instant_of_use_lies_on_the_last_day(through: date) -> None:
    expiry = expires_at(through)

    assert day_of(expiry - timedelta(microseconds=1)) == through
    assert day_of(expiry) == through + timedelta(1)
    assert start_of_day(through) == expiry - timedelta(1)


@pytest.mark.parametrize("k", [0, -1])
def test_no_window_closes_on_the_day_of_issue(k: int) -> None:
    with pytest.raises(ValueError, match="no window"):
        window_before(day("2025-11-23"), k)


def test_no_endorsement_before_the_permit() -> None:
    with pytest.raises(ValueError, match="no endorsement"):
        endorsed_through(day("2025-11-23"), day("2025-11-22"))


@pytest.mark.parametrize("through", ["2025-11-23", "2026-11-22", "2026-11-24", "2024-11-23"])
def test_a_day_that_is_no_anniversary_has_no_window(through: str) -> None:
    with pytest.raises(ValueError, match="no anniversary"):
        next_window(day("2025-11-23"), day(through))
