"""What a draft still lacks, in the order of the steps, and which kind fits where and when."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import (
    Application,
    Channel,
    Guardian,
    IdentityDocument,
    Kind,
    Material,
    SeenDocument,
    Whose,
)
from issuer.application_errors import DraftIncompleteError, NoPermitError, WindowNotOpenError
from issuer.cancel_cause import CancelCause
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis
from issuer.errors import ApplicationStateError
from issuer.hand_in_checks import (
    Step,
    check_place,
    check_started,
    check_whole,
    next_step,
    permit_it_is_about,
)
from issuer.permit import Permit, cancel

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
EMPTY = Application(
    number="CG000000000000000001",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="",
    applicant=demonstration_identities(today=TODAY)["52000019920512000X"],
    bases=frozenset(),
)
CHOSEN = replace(EMPTY, county="330302", bases=frozenset({Basis.STABLE_HOUSING}))
WHOLE = replace(CHOSEN, commitment=commitment_at(NOW))
GUARDED = replace(WHOLE, guardian=Guardian("阿依样·示例江", "650000198801030013"))
CARD = SeenDocument(Whose.APPLICANT, IdentityDocument.ID_CARD, "wang-2", NOW)
BOTH = (CARD, replace(CARD, whose=Whose.GUARDIAN))
FILES = tuple(Material(None, "ab" * 32, whose=whose) for whose in Whose)
OLD = replace(commitment_at(NOW), text_version="2021")


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        pytest.param(EMPTY, Step.COUNTY, id="nothing yet"),
        pytest.param(replace(WHOLE, county=""), Step.COUNTY, id="no county"),
        pytest.param(replace(WHOLE, bases=frozenset()), Step.COUNTY, id="no ground"),
        pytest.param(
            replace(WHOLE, bases=frozenset(), kind=Kind.REPLACEMENT),
            Step.SUBMIT,
            id="a replacement rests on none",
        ),
        pytest.param(CHOSEN, Step.COMMITMENT, id="R-4 no commitment"),
        pytest.param(replace(WHOLE, commitment=OLD), Step.COMMITMENT, id="R-4 an older text"),
        pytest.param(WHOLE, Step.SUBMIT, id="online for oneself"),
        pytest.param(replace(WHOLE, channel=Channel.COUNTER), Step.FORM, id="R-9 nobody seen"),
        pytest.param(
            replace(WHOLE, channel=Channel.COUNTER, seen=(CARD,)), Step.SUBMIT, id="R-9 seen"
        ),
        pytest.param(
            replace(GUARDED, channel=Channel.COUNTER, seen=(CARD,)),
            Step.FORM,
            id="R-9 guardian not seen",
        ),
        pytest.param(
            replace(GUARDED, channel=Channel.COUNTER, seen=BOTH), Step.SUBMIT, id="R-9 both seen"
        ),
        pytest.param(GUARDED, Step.DOCUMENTS, id="R-9 online without documents"),
        pytest.param(
            replace(GUARDED, materials=FILES[:1]), Step.DOCUMENTS, id="R-9 online with one"
        ),
        pytest.param(replace(GUARDED, materials=FILES), Step.SUBMIT, id="R-9 online with both"),
    ],
)
def test_r4_the_first_step_that_is_still_to_be_done(draft: Application, step: Step) -> None:
    assert next_step(draft) is step
    if step is Step.SUBMIT:
        check_whole(draft)
        return
    with pytest.raises(DraftIncompleteError) as refused:
        check_whole(draft)
    assert refused.value.remedy


@pytest.mark.parametrize("draft", [EMPTY, CHOSEN])
def test_r4_nothing_of_the_form_comes_before_the_commitment(draft: Application) -> None:
    with pytest.raises(DraftIncompleteError, match="which comes before documents"):
        check_started(draft, "documents")


def test_r4_form_and_documents_come_in_any_order_after_it() -> None:
    check_started(WHOLE, "documents")
    check_started(GUARDED, "documents")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
def test_other_kinds_are_about_a_permit_that_has_not_ended(kind: Kind, permit: Permit) -> None:
    due = date(2027, 11, 1)
    ended = cancel(
        permit, cause=CancelCause.MOVED_AWAY, by="li-3", reason="r", legal_basis="b", at=NOW
    )

    assert permit_it_is_about(kind, permit, today=due) == permit
    for nothing in (None, ended):
        with pytest.raises(NoPermitError):
            permit_it_is_about(kind, nothing, today=due)


def test_a_first_permit_is_about_none(permit: Permit) -> None:
    assert permit_it_is_about(Kind.FIRST_PERMIT, permit, today=TODAY) is None


@pytest.mark.parametrize(
    ("day", "opened"), [(date(2027, 10, 22), False), (date(2027, 10, 23), True)]
)
def test_r12_the_opening_day_is_named(permit: Permit, day: date, opened: bool) -> None:
    if opened:
        assert permit_it_is_about(Kind.ENDORSEMENT, permit, today=day) == permit
        return
    with pytest.raises(WindowNotOpenError) as refused:
        permit_it_is_about(Kind.ENDORSEMENT, permit, today=day)
    assert "2027-10-23" in refused.value.detail
    assert "2027-11-23" in refused.value.remedy


@pytest.mark.parametrize(
    ("kind", "place", "why"),
    [
        (Kind.FIRST_PERMIT, "330381", ""),
        (Kind.ENDORSEMENT, "330302", ""),
        (Kind.ENDORSEMENT, "330304", "of county 330302"),
        (Kind.REPLACEMENT, "330381", "of county 330302"),
        (Kind.CHANGE_OF_DATA, "330304", ""),
        (Kind.CHANGE_OF_DATA, "330381", "another unit"),
        (Kind.MOVE, "330381", ""),
        (Kind.MOVE, "330304", "the same unit"),
    ],
)
def test_the_place_fits_the_kind(permit: Permit, kind: Kind, place: str, why: str) -> None:
    held = None if kind is Kind.FIRST_PERMIT else permit
    if not why:
        check_place(kind, place, held)
        return
    with pytest.raises(ApplicationStateError, match=why):
        check_place(kind, place, held)
