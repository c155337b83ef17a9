"""The year arithmetic as permits live it: laws over whole lives, and the four worked cases.

``tests/schemas/test_endorsement_window.py`` has the laws of single days and windows; here they
are held against permits that are granted, endorsed in time or late, or not at all.
"""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import PermitStateError
from issuer.particulars import Resident
from issuer.permit import Permit, Standing, endorse, grant
from schemas.civil_id import Sex
from schemas.endorsement_window import EndorsementWindow, anniversary, next_window

RESIDENT = Resident(
    name="示范",
    citizen_id_number="52000019920512000X",
    sex=Sex.FEMALE,
    birthdate=date(1992, 5, 12),
    ethnic_group="01",
    registered_address="示范路1号",
    portrait=b"",
)
issue_days = st.dates(date(2016, 1, 1), date(2050, 12, 31)) | st.sampled_from(
    [date(year, 2, 29) for year in range(2016, 2050, 4)]
)
waits = st.lists(st.integers(0, 800), max_size=10)
"""Days between one attempt to endorse and the next."""


def granted(on: date) -> Permit:
    return grant(
        number="ZJ1",
        county="330302",
        resident=RESIDENT,
        residence_address="示范路1号",
        registered_on=on - timedelta(days=200),
        on=on,
        by="li-3",
    )


def lived(on: date, gaps: list[int]) -> list[tuple[date, Permit]]:
    """The permit after each attempt, refused ones included."""
    permit, day, life = granted(on), on, [(on, granted(on))]
    for gap in gaps:
        day += timedelta(days=gap)
        try:
            permit = endorse(permit, on=day, by="li-3")
        except PermitStateError as refused:
            assert "window opens on" in refused.detail  # noqa: PT017
        life.append((day, permit))
    return life


@given(issue_days, waits)
def test_usable_through_never_moves_back_and_every_endorsement_moves_it_on(
    on: date, gaps: list[int]
) -> None:
    through = [endorsement.usable_through for endorsement in lived(on, gaps)[-1][1].endorsements]

    assert through == sorted(set(through))
    assert through[0] == anniversary(on, 1)


@given(issue_days, waits)
def test_the_windows_of_a_life_never_overlap(on: date, gaps: list[int]) -> None:
    _, permit = lived(on, gaps)[-1]
    windows = [next_window(on, held.usable_through) for held in permit.endorsements]

    for earlier, later in itertools.pairwise(windows):
        assert earlier.closes_on < later.opens_on


@given(issue_days, waits)
def test_an_endorsement_is_made_in_its_window_or_late_and_makes_it_usable(
    on: date, gaps: list[int]
) -> None:
    life = lived(on, gaps)
    for (_, before), (day, after) in itertools.pairwise(life):
        if after == before:
            assert day < next_window(on, before.usable_through).opens_on
            continue
        assert day >= next_window(on, before.usable_through).opens_on
        assert after.standing_on(day) is Standing.USABLE
        assert after.endorsement.sequence == before.endorsement.sequence + 1


@given(issue_days, waits)
def test_the_residence_count_starts_anew_if_and_only_if_it_was_late(
    on: date, gaps: list[int]
) -> None:
    life = lived(on, gaps)
    for (_, before), (day, after) in itertools.pairwise(life):
        late = after != before and day > before.usable_through
        expected = day if late else before.continuous_residence_since
        assert after.continuous_residence_since == expected


@given(issue_days, waits, st.integers(0, 400))
def test_it_lapses_by_itself_on_the_day_after_and_stays_so(
    on: date, gaps: list[int], later: int
) -> None:
    _, permit = lived(on, gaps)[-1]
    last = permit.usable_through

    assert permit.standing_on(last) is Standing.USABLE
    assert permit.standing_on(last + timedelta(days=1 + later)) is Standing.LAPSED


@given(issue_days)
def test_who_endorses_every_year_on_the_first_day_keeps_number_and_count(on: date) -> None:
    permit = granted(on)
    for k in range(1, 12):
        window = next_window(on, permit.usable_through)
        permit = endorse(permit, on=window.opens_on, by="li-3")
        assert permit.usable_through == anniversary(on, k + 1)
    assert permit.continuous_residence_since == granted(on).continuous_residence_since


def test_worked_case_1_in_time() -> None:
    permit = granted(date(2025, 11, 23))
    window = next_window(permit.issued_on, permit.usable_through)
    endorsed = endorse(permit, on=date(2026, 11, 1), by="li-3")

    assert permit.usable_through == date(2026, 11, 23)
    assert window == EndorsementWindow(date(2026, 10, 23), date(2026, 11, 23))
    assert endorsed.usable_through == date(2027, 11, 23)


def test_worked_case_2_late() -> None:
    permit = endorse(granted(date(2025, 11, 23)), on=date(2027, 1, 15), by="li-3")
    into_the_next = endorse(permit, on=date(2027, 10, 30), by="li-3")

    assert permit.usable_through == date(2027, 11, 23)
    assert permit.continuous_residence_since == date(2027, 1, 15)
    assert into_the_next.usable_through == date(2028, 11, 23)
    never = endorse(granted(date(2025, 11, 23)), on=date(2027, 10, 30), by="li-3")
    assert never.usable_through == date(2028, 11, 23)


def test_worked_case_3_a_leap_day() -> None:
    permit = granted(date(2024, 2, 29))
    assert next_window(permit.issued_on, permit.usable_through) == EndorsementWindow(
        date(2025, 1, 28), date(2025, 2, 28)
    )
    through = [permit.usable_through]
    for day in (date(2025, 2, 28), date(2026, 2, 1), date(2027, 2, 10)):
        permit = endorse(permit, on=day, by="li-3")
        through.append(permit.usable_through)

    assert through == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_worked_case_4_the_31st() -> None:
    permit = granted(date(2025, 3, 31))

    assert next_window(permit.issued_on, permit.usable_through).opens_on == date(2026, 2, 28)
    with pytest.raises(PermitStateError, match="2026-02-28"):
        endorse(permit, on=date(2026, 2, 27), by="li-3")
    assert endorse(permit, on=date(2026, 2, 28), by="li-3").usable_through == date(2027, 3, 31)
