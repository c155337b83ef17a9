"""The card: what it shows of the copies, and in which state it says the permit is."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holder_sim.held_credential import Holdings, Standing
from holder_sim.permit_view import MASK, PermitState, masked, permit_view, portrait_of
from schemas.endorsement_window import start_of_day


def noon(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=12)


def test_nothing_held_is_no_card(clock: Any) -> None:
    assert permit_view(Holdings(), clock()) is None
    assert portrait_of(Holdings()) is None


def test_the_card_shows_the_full_permit(holding: Any, clock: Any) -> None:
    view = permit_view(holding.holdings(), clock())

    assert view is not None
    assert (view.name, view.sex, view.ethnic_group) == ("买买提·示范", "1", "05")
    assert view.number_masked == "650" + MASK * 11 + "0007"
    assert view.date_of_issuance == date(2025, 11, 23)
    assert (view.place.name_zh, view.copies, view.unused) == ("鹿城区", 2, 2)
    assert view.has_portrait
    assert (portrait_of(holding.holdings()) or "").startswith("data:image/png;base64,")


def test_of_the_pass_alone_the_card_shows_what_is_in_it(holding: Any, clock: Any) -> None:
    held = holding.holdings()
    passes = tuple(copy for copy in held.copies if copy.configuration.endswith("pass"))
    view = permit_view(msgspec.structs.replace(held, copies=passes), clock())

    assert view is not None
    assert (view.name, view.number, view.birthdate) == ("买买提·示范", None, None)
    assert not view.has_portrait


USABLE_THROUGH = date(2027, 11, 23)


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [
        (date(2026, 11, 25), PermitState.USABLE, 363),
        (date(2027, 10, 22), PermitState.USABLE, 32),  # the day before the window
        (date(2027, 10, 23), PermitState.ENDORSABLE, 31),
        (date(2027, 11, 23), PermitState.ENDORSABLE, 0),  # the last day
        (date(2027, 11, 24), PermitState.LAPSED, -1),
    ],
)
def test_the_state_by_the_calendar(holding: Any, day: date, state: PermitState, left: int) -> None:
    view = permit_view(holding.holdings(), noon(day))

    assert view is not None
    assert (view.state, view.days_left) == (state, left)
    assert view.usable_through == USABLE_THROUGH


@pytest.mark.parametrize(
    ("value", "day", "state"),
    [
        (0, date(2026, 12, 1), PermitState.USABLE),
        (2, date(2026, 12, 1), PermitState.SUSPENDED),
        (2, date(2027, 12, 1), PermitState.SUSPENDED),  # a late endorsement would not help
        (1, date(2026, 12, 1), PermitState.ENDED),
        (1, date(2027, 12, 1), PermitState.ENDED),
    ],
)
def test_what_the_issuer_says_comes_first(
    holding: Any, value: int, day: date, state: PermitState
) -> None:
    known = Standing(value=value, as_of=noon(day))
    held = msgspec.structs.replace(holding.holdings(), standing=known)
    view = permit_view(held, noon(day))

    assert view is not None
    assert (view.state, view.standing_as_of) == (state, noon(day))


@given(st.from_regex(r"\A[1-9][0-9]{16}[0-9X]\Z"))
def test_a_masked_number_keeps_its_length_and_hides_the_birthday(number: str) -> None:
    text = masked(number)

    assert len(text) == len(number)
    assert text[6:14] == MASK * 8
    assert text[-4:] == number[-4:]
