"""Two clocks: the promise of two working days, and the fifteen days of the law."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.decision_deadline import (
    Awaited,
    Deadline,
    decision_deadline,
    overdue,
    past_the_law,
    time_left,
    working_day,
)
from schemas.endorsement_window import start_of_day

DOMAIN = Path(__file__).parents[3] / "shared" / "domain"
TODAY = date(2026, 11, 23)
ONE_DAY = timedelta(days=1)
KNOWN_DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 30))


def domain_file(name: str) -> dict[str, object]:
    path = DOMAIN / name
    if not path.is_file():
        pytest.skip(f"the table {name} of the domain notes is not on this machine")
    read: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return read


def promised(submitted_on: date, *awaited: Awaited) -> date:
    return decision_deadline(submitted_on, today=TODAY, awaited=awaited).promised_on


@pytest.mark.parametrize(
    ("submitted_on", "expected", "why"),
    [
        (date(2026, 11, 23), date(2026, 11, 25), "Monday: Tuesday, Wednesday"),
        (date(2026, 9, 30), date(2026, 10, 9), "National Day in between"),
        (date(2026, 9, 18), date(2026, 9, 21), "Friday: Sunday the 20th is made up, Monday"),
        (date(2026, 9, 19), date(2026, 9, 21), "submitted on a Saturday"),
        (date(2026, 2, 13), date(2026, 2, 24), "Saturday the 14th is made up, then New Year"),
        (date(2026, 2, 14), date(2026, 2, 25), "the made-up Saturday itself"),
        (date(2026, 5, 8), date(2026, 5, 11), "Saturday the 9th is made up"),
        (date(2025, 12, 31), date(2026, 1, 5), "Sunday 4 January is made up"),
    ],
)
def test_r5_two_working_days_with_moved_workdays(
    submitted_on: date, expected: date, why: str
) -> None:
    found = decision_deadline(submitted_on, today=TODAY)

    assert found.promised_on == expected, why
    assert not found.provisional


def test_r5_agrees_with_the_date_vectors() -> None:
    vectors = domain_file("date_vectors.json")["working_day_deadline"]
    assert isinstance(vectors, list)

    for vector in vectors:
        found = decision_deadline(date.fromisoformat(vector["accepted"]), today=TODAY)
        if vector["deadline"] is None:
            assert found.provisional
        else:
            assert (found.promised_on.isoformat(), found.provisional) == (
                vector["deadline"],
                False,
            )


def test_working_days_are_those_of_the_official_tables() -> None:
    for year, table in domain_file("cn_workdays_2024_2026.json").items():
        if not isinstance(table, dict):
            continue
        day = date(int(year), 1, 1)
        while day.year == int(year):
            named = day.isoformat()
            expected = named in table["work"] or (
                day.isoweekday() <= 5 and named not in table["rest"]
            )
            found = working_day(day)
            assert (found.works, found.known) == (expected, True), named
            day += ONE_DAY


@pytest.mark.parametrize(
    ("submitted_on", "expected"),
    [
        (date(2026, 12, 30), date(2027, 1, 4)),
        (date(2099, 4, 30), date(2099, 5, 5)),
        (date(2099, 9, 30), date(2099, 10, 6)),
    ],
)
def test_a_year_without_its_table_gives_a_provisional_day(
    submitted_on: date, expected: date
) -> None:
    found = decision_deadline(submitted_on, today=TODAY)

    assert found.provisional
    assert found.promised_on == expected


def test_the_last_known_days_are_not_provisional() -> None:
    assert not decision_deadline(date(2026, 12, 29), today=TODAY).provisional


@pytest.mark.parametrize(
    ("submitted_on", "expected"),
    [
        (date(2026, 11, 23), date(2026, 12, 8)),
        (date(2026, 9, 25), date(2026, 10, 10)),
        (date(2024, 2, 15), date(2024, 3, 1)),
    ],
)
def test_the_law_gives_fifteen_natural_days(submitted_on: date, expected: date) -> None:
    assert decision_deadline(submitted_on, today=TODAY).statutory_on == expected


def test_r5_both_clocks_stop_while_a_supplement_is_awaited() -> None:
    asked = Awaited(since=date(2026, 11, 24), until=date(2026, 11, 26))

    found = decision_deadline(date(2026, 11, 23), today=date(2026, 11, 27), awaited=[asked])

    assert found.promised_on == date(2026, 11, 30), "Friday is the first day, Monday the second"
    assert found.statutory_on == date(2026, 12, 11), "three days later"
    assert not found.stopped


def test_a_day_that_counted_before_the_question_still_counts() -> None:
    assert promised(date(2026, 11, 16), Awaited(date(2026, 11, 18), date(2026, 11, 20))) == date(
        2026, 11, 23
    )


def test_while_it_is_awaited_the_day_moves_with_the_calendar() -> None:
    asked = [Awaited(since=date(2026, 11, 24), until=None)]
    days = [
        decision_deadline(date(2026, 11, 23), today=today, awaited=asked)
        for today in (date(2026, 11, 24), date(2026, 11, 25))
    ]

    assert [d.promised_on for d in days] == [date(2026, 11, 26), date(2026, 11, 27)]
    assert all(d.stopped for d in days)


def test_what_was_late_before_the_question_stays_late() -> None:
    asked = [Awaited(since=date(2026, 11, 20), until=None)]
    found = decision_deadline(date(2026, 11, 16), today=TODAY, awaited=asked)

    assert found.promised_on == date(2026, 11, 18)
    assert overdue(found, start_of_day(TODAY))


def test_a_supplement_cannot_come_before_it_was_asked_for() -> None:
    with pytest.raises(ValueError, match="cannot have come"):
        promised(TODAY, Awaited(date(2026, 11, 24), date(2026, 11, 23)))


@pytest.mark.parametrize(
    ("now", "late", "left"),
    [
        (datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC), False, timedelta(seconds=1)),
        (datetime(2026, 11, 25, 16, 0, tzinfo=UTC), True, timedelta(0)),
        (datetime(2026, 11, 26, 16, 0, tzinfo=UTC), True, timedelta(days=-1)),
    ],
)
def test_late_begins_at_midnight_in_shanghai(now: datetime, late: bool, left: timedelta) -> None:
    found = decision_deadline(TODAY, today=TODAY)

    assert overdue(found, now) is late
    assert time_left(found, now) == left


def test_the_law_s_time_ends_on_its_own_day() -> None:
    found = Deadline(TODAY, TODAY + ONE_DAY, provisional=False, stopped=False)

    assert not past_the_law(found, start_of_day(TODAY + ONE_DAY))
    assert past_the_law(found, start_of_day(TODAY + 2 * ONE_DAY))


@given(KNOWN_DAYS)
def test_the_promised_day_works_and_lies_ahead(submitted_on: date) -> None:
    found = decision_deadline(submitted_on, today=submitted_on)

    assert working_day(found.promised_on).works
    assert submitted_on + 2 * ONE_DAY <= found.promised_on <= submitted_on + 13 * ONE_DAY
    assert found.statutory_on == submitted_on + 15 * ONE_DAY


@given(KNOWN_DAYS)
def test_a_later_submission_never_has_an_earlier_deadline(submitted_on: date) -> None:
    assert promised(submitted_on) <= promised(submitted_on + ONE_DAY)


@given(KNOWN_DAYS, st.integers(1, 30), st.integers(0, 40))
def test_waiting_never_makes_a_deadline_earlier(day: date, after: int, length: int) -> None:
    since = day + after * ONE_DAY
    asked = Awaited(since=since, until=since + length * ONE_DAY)
    with_it = decision_deadline(day, today=day, awaited=[asked])
    without = decision_deadline(day, today=day)

    assert with_it.promised_on >= without.promised_on
    extra = (length + 1) * ONE_DAY if after <= 15 else timedelta(0)
    assert with_it.statutory_on == without.statutory_on + extra
