"""Which kinds fit a person: by their permit, its window, and what is open already."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Draft, Kind, State, Submitted
from issuer.demonstration_identities import demonstration_identities
from issuer.own_permits import OwnPermit
from issuer.permit import Cancellation, Permit, Standing, Suspension
from issuer.web.kind_choices import LATE, ON_ITS_WAY, OPENS_ON, kind_choices
from schemas.endorsement_window import next_window

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
OF_A_PERMIT = {Kind.REPLACEMENT, Kind.CHANGE_OF_DATA, Kind.MOVE}


def own(permit: Permit, on: date) -> OwnPermit:
    window = None if permit.ended else next_window(permit.issued_on, permit.usable_through)
    return OwnPermit(
        permit=permit,
        standing=permit.standing_on(on),
        window=window,
        window_open=window is not None and window.opens_on <= on,
        notices=(),
    )


def offered(held: list[OwnPermit]) -> set[Kind]:
    return {choice.kind for choice in kind_choices(held) if choice.offered}


def application(kind: Kind, state: State) -> Application:
    return Application(
        number="x",
        kind=kind,
        channel=Channel.WEB,
        county="330302",
        applicant=LIN,
        bases=frozenset(),
        state=state,
    )


def test_without_a_permit_there_is_only_the_first() -> None:
    assert offered([]) == {Kind.FIRST_PERMIT}


@pytest.mark.parametrize(
    ("on", "kinds"),
    [
        pytest.param(date(2027, 10, 22), OF_A_PERMIT, id="before the window"),
        pytest.param(date(2027, 10, 23), OF_A_PERMIT | {Kind.ENDORSEMENT}, id="it opens"),
        pytest.param(date(2028, 1, 1), OF_A_PERMIT | {Kind.ENDORSEMENT}, id="missed"),
    ],
)
def test_a_permit_can_be_endorsed_in_its_window_and_late(
    permit: Permit, on: date, kinds: set[Kind]
) -> None:
    granted = replace(permit, issued_on=date(2026, 11, 23))
    granted = replace(
        granted, endorsements=(replace(granted.endorsement, usable_through=date(2027, 11, 23)),)
    )

    assert offered([own(granted, on)]) == kinds


def test_the_page_says_when_the_window_opens_or_that_it_was_missed(permit: Permit) -> None:
    early = own(permit, permit.issued_on)
    late = replace(own(permit, date(2999, 1, 1)), standing=Standing.LAPSED)
    notes = [
        next(choice for choice in kind_choices([held]) if choice.kind is Kind.ENDORSEMENT)
        for held in (early, late)
    ]

    assert (notes[0].note, notes[0].day) == (OPENS_ON, early.window and early.window.opens_on)
    assert (notes[1].note, notes[1].offered) == (LATE, True)


def test_a_suspended_permit_waits_and_an_ended_one_is_none(permit: Permit) -> None:
    words = {"reason": "x", "legal_basis": "x"}
    suspended = replace(permit, order=Suspension(by="li", at=NOW, **words))
    cancelled = replace(permit, order=Cancellation("li", "x", "x", NOW))

    assert offered([own(suspended, permit.issued_on)]) == set()
    assert offered([own(cancelled, permit.issued_on)]) == {Kind.FIRST_PERMIT}


def test_what_is_open_is_not_begun_again() -> None:
    drafted = kind_choices([], [application(Kind.FIRST_PERMIT, Draft())])
    waiting = kind_choices([], [application(Kind.FIRST_PERMIT, Submitted())])

    assert Kind.FIRST_PERMIT not in {choice.kind for choice in drafted}
    assert (waiting[0].offered, waiting[0].note) == (False, ON_ITS_WAY)
    assert all(choice.purpose for choice in waiting)
