"""What the page of a step shows: what is held, unless something else was just typed."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from issuer.applicant_preview import ApplicantPreview
from issuer.application import Application, Channel, Guardian, Kind
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.web.draft_steps import Step
from issuer.web.draft_views import DraftPage, context_of
from issuer.web.page_forms import Form
from schemas.endorsement_window import start_of_day

TODAY = date(2026, 11, 23)
LIN = demonstration_identities(today=TODAY)["52000019920512000X"]
DRAFT = Application(
    number="CG1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="",
    applicant=LIN,
    bases=frozenset({Basis.TALENT_EXEMPT}),
    guardian=Guardian("王示范", "330000194802110012"),
    contact_phone="13800138000",
)


@pytest.fixture
def preview(storage: IssuerStorage) -> ApplicantPreview:
    def clock() -> datetime:
        return start_of_day(TODAY)

    return ApplicantPreview(storage, StoredResidences(storage), clock)


def shown(
    preview: ApplicantPreview, step: Step, form: Form | None = None, draft: Application = DRAFT
) -> dict[str, object]:
    return context_of(DraftPage(draft, step, form, preview, frozenset({"330302"}), TODAY))


def test_the_county_of_the_registration_is_suggested(
    preview: ApplicantPreview, storage: IssuerStorage
) -> None:
    assert shown(preview, Step.COUNTY)["county"] == ""
    held = ResidenceRegistration(LIN.citizen_id_number, "330304", "示范路1号", date(2026, 1, 1))
    with storage.transaction() as tx:
        tx.put_registrations([held])

    assert shown(preview, Step.COUNTY)["county"] == "330304"
    chosen = replace(DRAFT, county="330302")
    assert shown(preview, Step.COUNTY, draft=chosen)["county"] == "330302"


def test_what_was_typed_is_shown_again(preview: ApplicantPreview) -> None:
    form = Form({"contact_phone": ["12"], "bases": ["stable_housing"], "guardian_name": [""]}, [])
    held, typed = shown(preview, Step.FORM), shown(preview, Step.FORM, form)

    assert (held["contact_phone"], typed["contact_phone"]) == ("13800138000", "12")
    assert (held["guardian_name"], typed["guardian_name"]) == ("王示范", "")
    assert shown(preview, Step.GROUND, form)["chosen"] == {"stable_housing"}
    assert shown(preview, Step.GROUND)["chosen"] == {Basis.TALENT_EXEMPT}


def test_documents_ask_for_a_government_where_one_determined_it(preview: ApplicantPreview) -> None:
    context = shown(preview, Step.DOCUMENTS)

    assert context["purposes"] == ["talent_exempt", "applicant", "guardian"]
    assert context["governments"] == {Basis.TALENT_EXEMPT: ""}


@pytest.mark.parametrize("step", list(Step))
def test_every_step_knows_where_it_is_and_the_way_back(
    preview: ApplicantPreview, step: Step
) -> None:
    context = shown(preview, step)
    place = list(Step).index(step)

    assert context["current"] == place + 2
    assert context["before"] == (f"/apply/CG1/{list(Step)[place - 1]}" if place else "/apply")
