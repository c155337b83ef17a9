"""Campaigns: who is due on a day, and why somebody is left as they are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.batch import Outcome, Stage
from issuer.campaign import (
    Campaign,
    Due,
    DuePermit,
    days_due,
    last_day_due,
    obstacle,
    obstacle_now,
    registered_in,
    stop,
)
from issuer.cancel_cause import CancelCause
from issuer.errors import BatchStateError, PermitStateError
from issuer.particulars import Resident
from issuer.permit import Permit, cancel, endorse, grant, suspend
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import Sex
from schemas.endorsement_window import anniversary, next_window

AT = datetime(2027, 11, 1, 4, tzinfo=UTC)
THROUGH = date(2027, 11, 23)  # of the permit that conftest grants
CAMPAIGN = Campaign(
    id="PL33030220270000001",
    county="330302",
    due=Due.IN_WINDOW,
    started_by="li-3",
    started_on=date(2027, 11, 1),
    started_at=AT,
)
days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("on", "last"),
    [
        pytest.param(date(2027, 11, 1), date(2027, 12, 1), id="a month later"),
        pytest.param(date(2027, 2, 28), date(2027, 3, 31), id="the last of February, common year"),
        pytest.param(date(2028, 2, 28), date(2028, 3, 28), id="the day before, leap year"),
        pytest.param(date(2028, 2, 29), date(2028, 3, 31), id="the last of February, leap year"),
        pytest.param(date(2027, 4, 30), date(2027, 5, 31), id="the last of a short month"),
        pytest.param(date(2027, 1, 31), date(2027, 2, 28), id="no such day a month later"),
        pytest.param(date(2027, 12, 15), date(2028, 1, 15), id="over the year's end"),
    ],
)
def test_the_last_day_due_at_month_ends(on: date, last: date) -> None:
    assert last_day_due(on) == last


@given(issued_on=days, k=st.integers(1, 40), on=days)
def test_due_means_that_the_window_is_open_or_was_missed(issued_on: date, k: int, on: date) -> None:
    through = anniversary(issued_on, k)
    window = next_window(issued_on, through)

    due = [due for due in Due if days_due(due, on)[0] <= through <= days_due(due, on)[1]]

    if on > through:
        assert due == [Due.LAPSED, Due.BOTH]
    elif window.opens_on <= on:
        assert due == [Due.IN_WINDOW, Due.BOTH]
    else:
        assert due == []


SEEN = DuePermit("P1", "52000019920512000X", THROUGH, suspended=False)


@pytest.mark.parametrize(
    ("permit", "due", "registered", "applied_for", "on", "expected"),
    [
        pytest.param(SEEN, Due.IN_WINDOW, True, False, THROUGH, None, id="last day"),
        pytest.param(SEEN, Due.IN_WINDOW, True, False, date(2027, 10, 23), None, id="first day"),
        pytest.param(
            SEEN, Due.BOTH, True, False, date(2027, 10, 22), Outcome.NOT_DUE, id="day before"
        ),
        pytest.param(
            SEEN, Due.IN_WINDOW, True, False, date(2027, 11, 24), Outcome.LAPSED, id="day after"
        ),
        pytest.param(SEEN, Due.LAPSED, True, False, date(2027, 11, 24), None, id="late"),
        pytest.param(SEEN, Due.LAPSED, True, False, THROUGH, Outcome.NOT_DUE, id="not late yet"),
        pytest.param(
            replace(SEEN, suspended=True),
            Due.BOTH,
            True,
            False,
            THROUGH,
            Outcome.SUSPENDED,
            id="suspended",
        ),
        pytest.param(
            SEEN, Due.BOTH, False, False, THROUGH, Outcome.NOT_REGISTERED, id="moved away"
        ),
        pytest.param(SEEN, Due.BOTH, True, True, THROUGH, Outcome.APPLIED_FOR, id="applied for"),
    ],
)
def test_who_is_left_out_and_why(
    permit: DuePermit,
    due: Due,
    registered: bool,
    applied_for: bool,
    on: date,
    expected: Outcome | None,
) -> None:
    assert obstacle(permit, due, registered=registered, applied_for=applied_for, on=on) is expected


WORDS = {"reason": "r", "legal_basis": "b"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p: p, None),
        (
            lambda p: cancel(p, cause=CancelCause.MOVED_AWAY, by="li-3", at=AT, **WORDS),
            Outcome.ENDED,
        ),
        (lambda p: suspend(p, by="li-3", at=AT, **WORDS), Outcome.SUSPENDED),
        (lambda p: endorse(p, on=date(2027, 11, 1), by="wang-2"), Outcome.ENDORSED),
        (lambda p: replace(p, county="330303"), Outcome.OTHER_COUNTY),
    ],
    ids=[
        "as it was",
        "ended",
        "suspended",
        "endorsed by hand on the day of the start",
        "handed over",
    ],
)
def test_what_changed_meanwhile_is_seen(
    permit: Permit, change: Callable[[Permit], Permit], expected: Outcome | None
) -> None:
    found = obstacle_now(
        CAMPAIGN, change(permit), registered=True, applied_for=False, on=date(2027, 11, 2)
    )

    assert found is expected


NOBODY = Resident(
    name="张示范",
    citizen_id_number="33010019900101001X",
    sex=Sex.MALE,
    birthdate=date(1990, 1, 1),
    ethnic_group="01",
    registered_address="示范省示范市1号",
    portrait=b"\xff\xd8\xff",
)


@given(issued_on=days, after=st.integers(0, 900), due=st.sampled_from(Due))
def test_exactly_where_nothing_stands_against_it_the_endorsement_is_possible(
    issued_on: date, after: int, due: Due
) -> None:
    made = grant(
        number="P1",
        county="330302",
        resident=NOBODY,
        residence_address="示范路1号",
        registered_on=issued_on,
        on=issued_on,
        by="wang-2",
    )
    on = issued_on + timedelta(days=after)
    started = replace(CAMPAIGN, due=due, started_on=issued_on + timedelta(days=1))

    against = obstacle_now(started, made, registered=True, applied_for=False, on=on)

    if against is None:
        assert endorse(made, on=on, by="li-3").usable_through > made.usable_through
    elif due is Due.BOTH:
        assert against is Outcome.NOT_DUE
        with pytest.raises(PermitStateError):
            endorse(made, on=on, by="li-3")


def registration(county: str, until: date | None = None) -> ResidenceRegistration:
    return ResidenceRegistration("52000019920512000X", county, "示范路1号", date(2026, 1, 1), until)


@pytest.mark.parametrize(
    ("registrations", "expected"),
    [
        pytest.param([registration("330302")], True, id="here"),
        pytest.param([registration("330304")], False, id="elsewhere"),
        pytest.param([], False, id="nowhere"),
        pytest.param([registration("330302", THROUGH)], False, id="ended on the day itself"),
        pytest.param(
            [registration("330302", THROUGH + timedelta(days=1))], True, id="ends tomorrow"
        ),
        pytest.param([registration("330304"), registration("330302")], True, id="one of two"),
    ],
)
def test_registration_has_to_hold_in_the_county(
    registrations: list[ResidenceRegistration], expected: bool
) -> None:
    assert registered_in("330302", registrations, on=THROUGH) is expected


def test_a_registration_under_a_retired_code_counts_for_its_successor() -> None:
    assert registered_in("330305", [registration("330322")], on=THROUGH)
    assert not registered_in("330302", [registration("330322")], on=THROUGH)


def test_only_a_running_campaign_is_stopped() -> None:
    stopped = stop(CAMPAIGN, at=AT)

    assert (stopped.stage, stopped.ended_at) == (Stage.STOPPED, AT)
    with pytest.raises(BatchStateError, match="stopped"):
        stop(stopped, at=AT)


def test_the_day_of_an_endorsement_is_never_in_a_window(permit: Permit) -> None:
    """What ``ENDORSED`` rests on: an endorsement leaves nothing open on its own day."""
    endorsed = endorse(permit, on=date(2028, 2, 1), by="wang-2")

    with pytest.raises(PermitStateError, match="window opens"):
        endorse(endorsed, on=date(2028, 2, 1), by="wang-2")
