"""The order of the steps, and where somebody goes on who left."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.application import Application, Channel, Guardian, Kind, Material, Whose
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis
from issuer.web.draft_steps import (
    NAMES,
    PROOFS,
    Step,
    needs_guardian,
    purposes,
    step_after,
    step_names,
    step_to_do,
    steps_of,
    unproven,
)

TODAY = date(2026, 11, 23)
PEOPLE = demonstration_identities(today=TODAY)
LIN, CHILD = PEOPLE["52000019920512000X"], PEOPLE["340000201506010003"]
GUARDIAN = Guardian("王示范", "330000194802110012")


def draft(kind: Kind = Kind.FIRST_PERMIT, **fields: object) -> Application:
    made = Application(
        number="CG1", kind=kind, channel=Channel.WEB, county="", applicant=LIN, bases=frozenset()
    )
    return replace(made, **fields)


@pytest.mark.parametrize(
    ("held", "step"),
    [
        pytest.param(draft(), Step.COUNTY, id="just begun"),
        pytest.param(draft(county="330302"), Step.GROUND, id="county"),
        pytest.param(
            draft(county="330302", bases=frozenset({Basis.STABLE_HOUSING})),
            Step.NOTICE,
            id="ground",
        ),
    ],
)
def test_whoever_comes_back_goes_on_where_something_is_missing(
    held: Application, step: Step
) -> None:
    assert step_to_do(held, today=TODAY) is step


def test_after_the_commitment_come_documents_and_then_the_end() -> None:
    committed = draft(
        county="330302",
        bases=frozenset({Basis.STABLE_HOUSING}),
        commitment=commitment_at(datetime(2026, 11, 23, tzinfo=UTC)),
    )
    lease = Material(Basis.STABLE_HOUSING, "0" * 64)

    assert step_to_do(committed, today=TODAY) is Step.DOCUMENTS
    assert unproven(committed) == [Basis.STABLE_HOUSING]
    proven = replace(committed, materials=(lease,))
    assert step_to_do(proven, today=TODAY) is Step.CHECK
    assert unproven(proven) == []
    # A child's guardian is asked for first, and brings both persons' documents.
    child = replace(proven, applicant=CHILD)
    assert step_to_do(child, today=TODAY) is Step.FORM
    guarded = replace(child, guardian=GUARDIAN)
    assert step_to_do(guarded, today=TODAY) is Step.DOCUMENTS
    assert purposes(guarded) == [Basis.STABLE_HOUSING, *Whose]
    persons = tuple(Material(None, "0" * 64, whose=whose) for whose in Whose)
    whole = replace(guarded, materials=(lease, *persons))
    assert step_to_do(whole, today=TODAY) is Step.CHECK


@given(kind=st.sampled_from(Kind), guarded=st.booleans())
def test_every_step_leads_on_and_the_last_one_stays(kind: Kind, guarded: bool) -> None:
    held = draft(kind, guardian=GUARDIAN if guarded else None)
    steps = steps_of(held)

    assert steps[-1] is Step.CHECK
    assert list(steps) == [step for step in Step if step in steps]  # in the order of the law
    assert [step_after(held, step) for step in steps] == [*steps[1:], Step.CHECK]
    assert (Step.DOCUMENTS in steps) or not guarded
    assert len(step_names(held)) == len(steps) + 1


def test_a_replacement_asks_for_no_county_and_no_ground() -> None:
    assert steps_of(draft(Kind.REPLACEMENT)) == (Step.NOTICE, Step.FORM, Step.CHECK)


def test_sixteen_is_reached_on_the_birthday() -> None:
    child = draft(applicant=replace(LIN, birthdate=date(2010, 11, 23)))

    assert needs_guardian(child, today=date(2026, 11, 22))
    assert not needs_guardian(child, today=date(2026, 11, 23))


def test_every_step_and_every_ground_has_its_words() -> None:
    assert set(NAMES) == set(Step)
    assert set(PROOFS) == set(Basis)
