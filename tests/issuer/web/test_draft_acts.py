"""What each step's form does, apart from pages."""

from datetime import date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Kind, Relation
from issuer.application_drafts import ApplicationDrafts
from issuer.demonstration_identities import demonstration_identities
from issuer.document_store import FileDocumentStore
from issuer.eligibility import Basis
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from issuer.web.draft_acts import ACTS, FIELDS, SentForm
from issuer.web.draft_steps import Step
from issuer.web.page_forms import AnswerMissingError, Form
from schemas.endorsement_window import start_of_day

LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]


def clock() -> datetime:
    return start_of_day(date(2026, 11, 23))


@pytest.fixture
def drafts(storage: IssuerStorage, tmp_path: Path) -> ApplicationDrafts:
    store = FileDocumentStore(tmp_path / "documents")
    return ApplicationDrafts(storage, store, clock, allow_demo_ids=True)


def act(drafts: ApplicationDrafts, step: Step, held: Application, **fields: str) -> Application:
    form = Form(
        {name: [value] for name, value in {"revision": str(held.revision), **fields}.items()}, []
    )
    return ACTS[step](SentForm(drafts, held.number, LIN, form))


def test_each_step_keeps_its_answer(drafts: ApplicationDrafts) -> None:
    held = drafts.open(LIN, Kind.FIRST_PERMIT, Channel.WEB)
    held = act(drafts, Step.COUNTY, held, county="330302")
    held = act(drafts, Step.GROUND, held, bases="stable_housing")
    held = act(drafts, Step.NOTICE, held, commitment="yes")
    held = act(
        drafts,
        Step.FORM,
        held,
        contact_phone="13800138000",
        guardian_name="王示范",
        guardian_number="330000194802110012",
        guardian_relation="near_relative",
    )

    assert (held.county, held.bases) == ("330302", frozenset({Basis.STABLE_HOUSING}))
    assert held.commitment is not None
    assert held.guardian is not None
    assert held.guardian.relation is Relation.NEAR_RELATIVE
    # Left empty the next time, it is taken out again.
    held = act(drafts, Step.FORM, held, contact_phone="")
    assert (held.guardian, held.contact_phone) == (None, "")
    assert act(drafts, Step.DOCUMENTS, held) == held
    assert act(drafts, Step.CHECK, held).stage == "submitted"


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        pytest.param(Step.COUNTY, {}, "county", id="county"),
        pytest.param(Step.GROUND, {"bases": "made up"}, "bases", id="ground"),
        pytest.param(Step.NOTICE, {}, "commitment", id="commitment"),
        pytest.param(Step.FORM, {"guardian_number": "1"}, "guardian_name", id="name"),
        pytest.param(Step.FORM, {"guardian_name": "王"}, "guardian_number", id="number"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_kept(
    drafts: ApplicationDrafts, step: Step, fields: dict[str, str], field: str
) -> None:
    held = drafts.open(LIN, Kind.FIRST_PERMIT, Channel.WEB)
    with pytest.raises(AnswerMissingError) as refused:
        act(drafts, step, held, **fields)

    assert refused.value.field == field
    assert drafts.held(held.number, LIN) == held


@pytest.mark.parametrize(
    ("kind", "county", "sentence"),
    [
        pytest.param(Kind.MOVE, "330304", "change of data", id="a move inside the city area"),
        pytest.param(Kind.CHANGE_OF_DATA, "330381", "a move instead", id="a change to elsewhere"),
    ],
)
def test_a_county_that_does_not_fit_the_kind_says_which_kind_would(
    drafts: ApplicationDrafts,
    storage: IssuerStorage,
    permit: Permit,
    kind: Kind,
    county: str,
    sentence: str,
) -> None:
    resident = replace(permit.resident, citizen_id_number=LIN.citizen_id_number)
    with storage.transaction() as tx:
        tx.add_permit(replace(permit, number="ZJ1", resident=resident))
    held = drafts.open(LIN, kind, Channel.WEB)
    with pytest.raises(AnswerMissingError) as refused:
        act(drafts, Step.COUNTY, held, county=county)

    assert refused.value.field == "county"
    assert sentence in refused.value.sentence


def test_every_step_has_its_act() -> None:
    assert set(ACTS) == set(Step)
    assert {step for step, _ in FIELDS} <= set(Step)
