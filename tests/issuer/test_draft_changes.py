"""How a draft begins and changes: revisions, stale forms, and what one form leaves alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import (
    Application,
    Channel,
    Granted,
    Guardian,
    IdentityDocument,
    Kind,
    Material,
    Whose,
)
from issuer.application_errors import (
    DraftIncompleteError,
    StaleFormError,
    UnknownDocumentError,
)
from issuer.demonstration_identities import demonstration_identities
from issuer.draft_changes import (
    Answers,
    answered,
    checked_answers,
    committed,
    gone_on_with,
    new_draft,
    with_seen,
    without_document,
)
from issuer.eligibility_facts import Basis
from issuer.errors import ApplicationStateError
from issuer.permit import Permit
from schemas.errors import InputError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LIN = demonstration_identities(today=TODAY)["52000019920512000X"]
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
HOME = frozenset({Basis.STABLE_HOUSING})
DRAFT = new_draft(LIN, Kind.FIRST_PERMIT, Channel.WEB, "", None, [])


def save(draft: Application, **answers: Any) -> Application:
    return answered(draft, Answers(**answers), revision=draft.revision, today=TODAY)


STARTED = committed(save(DRAFT, county="330302", bases=HOME), NOW)


def test_a_new_draft_has_a_number_that_cannot_be_counted() -> None:
    numbers = {new_draft(LIN, Kind.MOVE, Channel.WEB, "", None, []).number for _ in range(50)}

    assert len(numbers) == 50
    assert all(len(number) == 20 and number.startswith("CG") for number in numbers)
    assert DRAFT.revision == 0


def test_an_endorsement_begins_with_what_was_relied_on(permit: Permit) -> None:
    earlier = replace(STARTED, materials=(LEASE,), state=Granted(NOW, "li-3", permit.number))

    again = new_draft(LIN, Kind.ENDORSEMENT, Channel.APP, permit.county, permit, [earlier])
    change = new_draft(LIN, Kind.CHANGE_OF_DATA, Channel.APP, "330302", permit, [earlier])
    assert (again.bases, again.permit_number, again.county) == (HOME, permit.number, "330302")
    assert change.bases == frozenset()


def test_opening_it_again_is_no_change_unless_something_is_new() -> None:
    same = gone_on_with(STARTED, LIN, Channel.WEB, "330302")
    elsewhere = gone_on_with(STARTED, LIN, Channel.COUNTER, "330302")
    married = gone_on_with(STARTED, replace(LIN, registered_address="x"), Channel.WEB, "330302")

    assert same == STARTED
    assert elsewhere == replace(STARTED, channel=Channel.COUNTER, revision=STARTED.revision + 1)
    assert married.applicant.registered_address == "x"
    assert married.bases == STARTED.bases


def test_what_a_form_does_not_say_stays_as_it_is() -> None:
    said = save(STARTED, contact_phone="138 0013 8000", statement="示范")
    later = save(said, county="330304")

    assert (said.contact_phone, said.statement) == ("13800138000", "示范")
    assert later == replace(said, county="330304", revision=said.revision + 1)
    assert save(later, contact_phone="").contact_phone == ""


def test_a_guardian_is_put_in_and_taken_out() -> None:
    guarded = save(STARTED, guardian=Guardian("阿依样•示例江", "650000198801030013"))

    assert guarded.guardian == Guardian("阿依样·示例江", "650000198801030013")
    assert save(guarded, statement="x").guardian == guarded.guardian
    assert save(guarded, guardian=None).guardian is None


def test_a_stale_form_overwrites_nothing_and_says_what_is_kept() -> None:
    meanwhile = save(STARTED, statement="示范")
    with pytest.raises(StaleFormError) as refused:
        answered(meanwhile, Answers(statement="x"), revision=STARTED.revision, today=TODAY)

    assert "revision 3" in refused.value.detail
    assert "made from 2" in refused.value.detail
    assert "kept" in refused.value.remedy
    # Also one from the future, as a page of another draft would be.
    with pytest.raises(StaleFormError):
        answered(STARTED, Answers(), revision=99, today=TODAY)


def test_a_form_for_what_was_submitted_is_told_so_and_not_that_it_is_stale() -> None:
    submitted = steps.submit(STARTED, at=NOW)

    with pytest.raises(ApplicationStateError, match="is submitted"):
        answered(submitted, Answers(statement="x"), revision=0, today=TODAY)


@pytest.mark.parametrize(
    "answers",
    [{"county": "999999"}, {"contact_phone": "12345"}, {"statement": "a\nb"}],
    ids=str,
)
def test_answers_that_cannot_be_are_refused(answers: dict[str, str]) -> None:
    with pytest.raises(InputError):
        save(STARTED, **answers)


def test_a_retired_county_leads_to_its_successor() -> None:
    assert checked_answers(Answers(county="330322"), LIN, today=TODAY) == {"county": "330305"}
    assert checked_answers(Answers(), LIN, today=TODAY) == {}


@pytest.mark.parametrize("answers", [{"statement": "x"}, {"contact_phone": ""}, {"guardian": None}])
def test_r4_nothing_of_the_form_before_the_commitment(answers: dict[str, object]) -> None:
    with pytest.raises(DraftIncompleteError, match="commitment"):
        save(save(DRAFT, county="330302", bases=HOME), **answers)


def test_r4_county_and_ground_come_before_the_commitment() -> None:
    with pytest.raises(DraftIncompleteError, match="comes before the commitment"):
        committed(DRAFT, NOW)
    assert STARTED.commitment is not None
    assert committed(STARTED, NOW + timedelta(days=1)).commitment != STARTED.commitment


def test_r9_a_person_is_seen_by_one_document_the_last_one_noted() -> None:
    first = with_seen(STARTED, Whose.APPLICANT, IdentityDocument.ID_CARD, by="wang-2", at=NOW)
    again = with_seen(
        with_seen(first, Whose.GUARDIAN, IdentityDocument.ID_CARD, by="wang-2", at=NOW),
        Whose.APPLICANT,
        IdentityDocument.HOUSEHOLD_REGISTER,
        by="wang-2",
        at=NOW,
    )

    assert {(seen.whose, seen.document) for seen in again.seen} == {
        (Whose.GUARDIAN, IdentityDocument.ID_CARD),
        (Whose.APPLICANT, IdentityDocument.HOUSEHOLD_REGISTER),
    }


def test_a_document_is_taken_out_again_whatever_it_was_for() -> None:
    both = steps.attach(steps.attach(STARTED, LEASE), replace(LEASE, basis=Basis.TALENT_EXEMPT))

    assert without_document(both, LEASE.sha256).materials == ()
    with pytest.raises(UnknownDocumentError):
        without_document(STARTED, LEASE.sha256)


def changed(draft: Application, act: str) -> Application:
    if act == "document":
        return steps.attach(draft, LEASE)
    if act == "open":
        return gone_on_with(draft, LIN, draft.channel, draft.county)
    return save(draft, **{act: {"county": "330304"}.get(act, "")})


@given(
    st.lists(st.sampled_from(["county", "statement", "contact_phone", "document", "open"])),
)
def test_revisions_only_grow_and_each_change_is_one(acts: list[str]) -> None:
    draft = STARTED
    for act in acts:
        before, draft = draft, changed(draft, act)

        assert draft.revision == before.revision + (act != "open")
        assert draft.number == before.number
