"""Grounds about the permit held: what it is, whether the calendar and the place fit."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.cancel_cause import CancelCause
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Answer, Case, Facts, Kind
from issuer.permit import Permit, cancel, suspend
from issuer.permit_grounds import (
    changes_between,
    permit_stands,
    right_unit,
    something_changes,
    window_is_open,
)
from schemas.divisions import county

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PERSON = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
WHY = {"by": "li-3", "reason": "r", "legal_basis": "b"}


def case(
    held: Permit | None, kind: Kind = Kind.ENDORSEMENT, place: str = "330302", **facts: object
) -> Case:
    about = Facts(
        kind=kind,
        identity=PERSON,
        county=place,
        registrations=(),
        permit=held,
        bases=frozenset(),
        proven=frozenset(),
    )
    return Case(replace(about, **facts), date(2027, 10, 23), county(place), None)


def test_a_permit_stands_until_it_ends_and_unless_it_is_suspended(permit: Permit) -> None:
    assert permit_stands(case(permit)) is True
    assert permit_stands(case(None)) == "permit_ended"
    assert (
        permit_stands(case(cancel(permit, cause=CancelCause.MOVED_AWAY, at=NOW, **WHY)))
        == "permit_ended"
    )
    assert permit_stands(case(suspend(permit, at=NOW, **WHY))) == "permit_suspended"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.ENDORSEMENT, "other_county"),
        (Kind.REPLACEMENT, "other_county"),
        (Kind.CHANGE_OF_DATA, True),  # that is how a permit comes to another district
        (Kind.MOVE, True),
    ],
)
def test_a_permit_handed_over_is_endorsed_and_replaced_by_its_new_county(
    permit: Permit, kind: Kind, answer: Answer
) -> None:
    assert permit_stands(case(permit, kind, place="330303")) == answer


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2027, 10, 22), "window_not_open"),
        (date(2027, 10, 23), True),
        (date(2027, 11, 23), True),
        (date(2028, 5, 1), True),  # late
    ],
)
def test_r12_the_window_opens_a_month_before(permit: Permit, day: date, answer: Answer) -> None:
    assert window_is_open(replace(case(permit), today=day)) == answer
    assert window_is_open(replace(case(None), today=day)) is False


@pytest.mark.parametrize(
    ("kind", "place", "answer"),
    [
        (Kind.CHANGE_OF_DATA, "330302", True),
        (Kind.CHANGE_OF_DATA, "330304", True),  # another district of the same city
        (Kind.CHANGE_OF_DATA, "330381", "other_unit"),
        (Kind.MOVE, "330381", True),
        (Kind.MOVE, "330304", "same_unit"),
        (Kind.MOVE, "330302", "same_unit"),
    ],
)
def test_a_change_stays_in_the_unit_and_a_move_leaves_it(
    permit: Permit, kind: Kind, place: str, answer: Answer
) -> None:
    assert right_unit(case(permit, kind, place)) == answer
    assert right_unit(case(None, kind, place)) is False


def test_something_has_to_change(permit: Permit) -> None:
    assert something_changes(case(permit)) == "nothing_changed"
    assert something_changes(case(permit, changes=("name",))) is True
    assert something_changes(case(None)) is False


def test_the_fields_that_differ_are_named(permit: Permit) -> None:
    same = (permit, permit.resident, permit.residence_address)
    married = replace(permit.resident, name="李示范", registered_address="示范省示范市2号")

    assert changes_between(*same, "330302") == ()
    assert changes_between(*same, "330304") == ("county",)
    assert changes_between(permit, married, "示范路2号", "330302") == (
        "name",
        "registered_address",
        "residence_address",
    )
