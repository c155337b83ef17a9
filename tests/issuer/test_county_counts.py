"""A county in numbers: weeks without gap, days that were awaited, and nobody else's county."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.application import Channel, Kind
from issuer.application_brief import ApplicationBrief
from issuer.application_queue import ApplicationQueue
from issuer.audit_log import Act
from issuer.count_storage import DecidedBrief
from issuer.county_counts import (
    CountyNumbers,
    Week,
    in_time,
    monday_of,
    speed_of,
    weeks_of,
    working_days_taken,
)
from issuer.decision_deadline import Awaited
from issuer.desk import Desk, Grounds
from issuer.errors import DeskError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.permit_records import Chosen, PermitRecords
from issuer.storage import IssuerStorage

LI = Officer("li-3", "330302", frozenset({Role.REGISTRAR}))
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
"""A Wednesday noon in Shanghai."""


def decided(submitted: date, on: date, *awaited: tuple[date, date]) -> DecidedBrief:
    """An application of noon, decided at noon."""
    noon = timedelta(hours=4)
    brief = ApplicationBrief(
        number="SQ330302202600000018",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.WEB,
        county="330302",
        stage="granted",
        name="示范",
        citizen_id_tail="0017",
        submitted_at=datetime(submitted.year, submitted.month, submitted.day, tzinfo=UTC) + noon,
        awaited=tuple(Awaited(*span) for span in awaited),
    )
    return DecidedBrief(brief, datetime(on.year, on.month, on.day, tzinfo=UTC) + noon)


MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (23, 24, 25, 26))


@pytest.mark.parametrize(
    ("one", "days", "timely"),
    [
        pytest.param(decided(MONDAY, MONDAY), 0, True, id="the same day"),
        pytest.param(decided(MONDAY, WEDNESDAY), 2, True, id="the promised day"),
        pytest.param(decided(MONDAY, THURSDAY), 3, False, id="a day late"),
        pytest.param(decided(date(2026, 11, 20), TUESDAY), 2, True, id="over a weekend"),
        pytest.param(
            decided(MONDAY, THURSDAY, (TUESDAY, WEDNESDAY)), 1, True, id="waited for documents"
        ),
        pytest.param(decided(date(2026, 9, 30), date(2026, 10, 8)), 1, True, id="National Day"),
    ],
)
def test_working_days_are_those_of_the_clock(one: DecidedBrief, days: int, timely: bool) -> None:
    assert working_days_taken(one) == days
    assert in_time(one) is timely


def test_speed_sums_up() -> None:
    found = speed_of(
        [
            decided(MONDAY, MONDAY),
            decided(MONDAY, WEDNESDAY),
            decided(date(2026, 11, 2), MONDAY),
            decided(MONDAY, THURSDAY),
        ]
    )

    assert (found.decided, found.in_time, found.late, found.past_the_law) == (4, 2, 2, 1)
    assert found.median_days == 2.5
    assert speed_of([]).median_days is None


def test_weeks_begin_on_monday_in_shanghai() -> None:
    sunday_evening_utc = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    weeks = weeks_of(date(2026, 11, 16), 2, [sunday_evening_utc, NOW], [decided(MONDAY, THURSDAY)])

    assert weeks == (Week(date(2026, 11, 16), 0, 0, 0), Week(MONDAY, 2, 0, 1))


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(1, 60),
    st.lists(st.integers(-500, 500), max_size=20),
)
def test_weeks_have_no_gap_and_count_each_once(day: date, weeks: int, offsets: list[int]) -> None:
    since = monday_of(day)
    start = datetime(since.year, since.month, since.day, 4, tzinfo=UTC)
    found = weeks_of(since, weeks, [start + timedelta(days=offset) for offset in offsets], [])

    assert [(week.monday - since).days for week in found] == [7 * n for n in range(weeks)]
    assert sum(week.handed_in for week in found) == sum(0 <= n < 7 * weeks for n in offsets)


@pytest.fixture
def numbers(storage: IssuerStorage) -> CountyNumbers:
    def clock() -> datetime:
        return NOW

    return CountyNumbers(
        storage, ApplicationQueue(storage, clock), PermitRecords(storage, clock), clock
    )


def test_a_county_is_counted_by_itself(
    storage: IssuerStorage, permit: Permit, numbers: CountyNumbers
) -> None:
    with storage.transaction() as tx:
        for county in ("330302", "330304"):
            tx.record(Act(county, NOW, "li-3", "print_slip", permit.number))
        tx.record(Act("330302", NOW, "li-3", "print_slip_again", permit.number))
        tx.record(Act("330302", NOW - timedelta(days=40), "li-3", "print_slip", permit.number))
    found = numbers.counts(LI, 4)
    elsewhere = numbers.counts(Officer("li-3", "330304", frozenset({Role.AUDITOR})), 4)

    assert (found.since, [week.monday for week in found.weeks][-1]) == (date(2026, 11, 2), MONDAY)
    assert (found.slips, found.slips_again) == (1, 1)
    assert found.permits[Chosen.USABLE] == found.permits[Chosen.ALL] == 1
    assert found.due == {30: 0, 60: 0, 90: 0}
    assert (elsewhere.slips, elsewhere.permits[Chosen.ALL]) == (1, 0)


@pytest.mark.parametrize(
    ("days_left", "due"),
    [
        pytest.param(30, {30: 1, 60: 1, 90: 1}, id="thirty"),
        pytest.param(31, {30: 0, 60: 1, 90: 1}, id="thirty-one"),
        pytest.param(90, {30: 0, 60: 0, 90: 1}, id="ninety"),
        pytest.param(91, {30: 0, 60: 0, 90: 0}, id="ninety-one"),
        pytest.param(0, {30: 1, 60: 1, 90: 1}, id="today"),
        pytest.param(-1, {30: 0, 60: 0, 90: 0}, id="lapsed"),
    ],
)
def test_endorsements_ahead_are_counted_to_the_day(
    storage: IssuerStorage, permit: Permit, days_left: int, due: dict[int, int]
) -> None:
    now = datetime(2027, 11, 23, 4, tzinfo=UTC) - timedelta(days=days_left)
    found = _at(storage, now).counts(LI, 4)
    desk = Desk(storage, lambda: now)
    desk.suspend(permit.number, Officer("li-3", "330302", ALL_ROLES), Grounds("示范", "示范"))

    assert found.due == due
    assert set(_at(storage, now).counts(LI, 4).due.values()) == {0}, "suspended ones are not due"


def test_who_may_read_no_records_gets_no_numbers(numbers: CountyNumbers) -> None:
    with pytest.raises(DeskError):
        numbers.counts(Officer("sun-9", "330302", frozenset({Role.ADMINISTRATOR})), 4)


def _at(storage: IssuerStorage, now: datetime) -> CountyNumbers:
    return CountyNumbers(
        storage,
        ApplicationQueue(storage, lambda: now),
        PermitRecords(storage, lambda: now),
        lambda: now,
    )
