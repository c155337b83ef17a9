"""The permit's years and orders: the worked cases of the rules, and what always holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.cancel_cause import CancelCause
from issuer.errors import PermitStateError
from issuer.particulars import Resident
from issuer.permit import (
    Permit,
    Standing,
    cancel,
    endorse,
    grant,
    restore,
    revoke,
    suspend,
)
from schemas.civil_id import Sex
from schemas.endorsement_window import next_window

AT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
RESIDENT = Resident(
    name="林样例",
    citizen_id_number="52000019920512000X",
    sex=Sex.FEMALE,
    birthdate=date(1992, 5, 12),
    ethnic_group="01",
    registered_address="贵州省贵阳市示范路1号",
    portrait=b"\x89PNG\r\n\x1a\n",
)
WHY = {"reason": "示范", "legal_basis": "示范条例"}


def granted(on: date = date(2025, 11, 23), registered_on: date | None = None) -> Permit:
    return grant(
        number="ZJ330302202500000017",
        county="330302",
        resident=RESIDENT,
        residence_address="浙江省温州市鹿城区示范路1号",
        registered_on=registered_on or on,
        on=on,
        by="li-3",
    )


def suspended(by: str = "li-3") -> Permit:
    return suspend(granted(), by=by, at=AT, **WHY)


def revoked(proposed_by: str = "li-3", confirmed_by: str = "wang-2") -> Permit:
    return revoke(granted(), proposed_by=proposed_by, confirmed_by=confirmed_by, at=AT, **WHY)


def test_a_grant_holds_through_the_first_full_year() -> None:
    permit = granted(registered_on=date(2025, 3, 1))

    assert permit.usable_through == date(2026, 11, 23)
    assert permit.endorsement.sequence == 1
    assert permit.continuous_residence_since == date(2025, 3, 1)


def test_residence_is_registered_before_the_grant() -> None:
    with pytest.raises(PermitStateError, match="2025-11-24"):
        granted(registered_on=date(2025, 11, 24))


@pytest.mark.parametrize(
    ("on", "through", "counts_from", "why"),
    [
        (date(2026, 10, 23), date(2027, 11, 23), date(2025, 3, 1), "the window's first day"),
        (date(2026, 11, 1), date(2027, 11, 23), date(2025, 3, 1), "in time"),
        (date(2026, 11, 23), date(2027, 11, 23), date(2025, 3, 1), "its last day"),
        (date(2026, 11, 24), date(2027, 11, 23), date(2026, 11, 24), "late by a day"),
        (date(2027, 1, 15), date(2027, 11, 23), date(2027, 1, 15), "late"),
        (date(2027, 10, 30), date(2028, 11, 23), date(2027, 10, 30), "late, in the next window"),
    ],
)
def test_an_endorsement_in_time_keeps_the_count_and_a_late_one_restarts_it(
    on: date, through: date, counts_from: date, why: str
) -> None:
    endorsed = endorse(granted(registered_on=date(2025, 3, 1)), on=on, by="li-3")

    assert (endorsed.usable_through, endorsed.continuous_residence_since) == (through, counts_from)
    assert endorsed.standing_on(on) is Standing.USABLE, why
    assert [e.sequence for e in endorsed.endorsements] == [1, 2]


def test_a_leap_day_grant_does_not_drift() -> None:
    permit = granted(on=date(2024, 2, 29))
    ends = [permit.usable_through]
    for on in (date(2025, 2, 1), date(2026, 2, 1), date(2027, 2, 28)):
        permit = endorse(permit, on=on, by="li-3")
        ends.append(permit.usable_through)

    assert ends == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


def test_too_early_is_refused_with_the_day_on_which_it_will_be_right() -> None:
    with pytest.raises(PermitStateError, match="opens on 2026-10-23"):
        endorse(granted(), on=date(2026, 10, 22), by="li-3")


def test_it_lapses_by_itself_the_day_after() -> None:
    permit = granted()

    assert permit.standing_on(date(2026, 11, 23)) is Standing.USABLE
    assert permit.standing_on(date(2026, 11, 24)) is Standing.LAPSED


def test_a_suspended_permit_may_lapse_meanwhile_and_restoring_does_not_endorse_it() -> None:
    permit = suspended(by="li-3")
    later = date(2027, 1, 15)

    assert permit.standing_on(later) is Standing.SUSPENDED
    assert permit.lapsed_on(later)
    assert restore(permit, by="wang-2").standing_on(later) is Standing.LAPSED


def test_a_lapsed_permit_can_be_suspended_so_that_it_is_not_endorsed_out_of_an_inquiry() -> None:
    with pytest.raises(PermitStateError, match="suspended by order"):
        endorse(suspended(), on=date(2027, 1, 15), by="li-3")


def test_another_officer_restores() -> None:
    assert restore(suspended(by="li-3"), by="wang-2").standing_on(DAY) is Standing.USABLE


def test_revoked_and_cancelled_are_said_apart() -> None:
    assert revoked().standing_on(DAY) is Standing.REVOKED
    assert (
        cancel(granted(), cause=CancelCause.MOVED_AWAY, by="li-3", at=AT, **WHY).standing_on(DAY)
        is Standing.CANCELLED
    )
    assert revoke(suspended(), proposed_by="li-3", confirmed_by="wang-2", at=AT, **WHY).ended


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda: suspend(suspended(), by="wang-2", at=AT, **WHY), "suspended by order already"),
        (lambda: restore(suspended(by="li-3"), by="li-3"), "does not restore it"),
        (lambda: restore(granted(), by="li-3"), "not suspended by order"),
        (lambda: revoked("li-3", "li-3"), "two officers"),
        (lambda: endorse(revoked(), on=date(2026, 11, 1), by="li-3"), "ended for good"),
        (lambda: suspend(revoked(), by="li-3", at=AT, **WHY), "ended for good"),
        (lambda: restore(revoked(), by="zhao-1"), "ended for good"),
        (
            lambda: cancel(revoked(), cause=CancelCause.DEATH, by="li-3", at=AT, **WHY),
            "ended for good",
        ),
        (
            lambda: revoke(revoked(), proposed_by="a", confirmed_by="b", at=AT, **WHY),
            "ended for good",
        ),
    ],
)
def test_what_the_state_does_not_allow(act: Callable[[], Permit], why: str) -> None:
    with pytest.raises(PermitStateError, match=why):
        act()


@given(st.dates(date(2021, 6, 7), date(2060, 1, 1)), st.lists(st.integers(1, 500), max_size=8))
def test_endorsing_always_lengthens_and_restarts_the_count_only_when_late(
    issued_on: date, steps: list[int]
) -> None:
    permit, day = granted(on=issued_on), issued_on
    for step in steps:
        before, day = permit, day + timedelta(days=step)
        if day < next_window(issued_on, before.usable_through).opens_on:
            with pytest.raises(PermitStateError, match="opens on"):
                endorse(before, on=day, by="li-3")
            continue
        permit = endorse(before, on=day, by="li-3")

        late = day > before.usable_through
        assert permit.usable_through > max(day, before.usable_through)
        assert permit.usable_through <= day + timedelta(days=397)
        assert permit.continuous_residence_since == (
            day if late else before.continuous_residence_since
        )
