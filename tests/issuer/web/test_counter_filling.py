"""The steps of a draft, filled in from one form at the counter."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from issuer.application import Application, Channel, IdentityDocument, Kind, Relation, Whose
from issuer.application_drafts import ApplicationDrafts
from issuer.application_errors import DraftIncompleteError, StaleFormError
from issuer.demonstration_identities import demonstration_identities
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Basis
from issuer.officer import Officer, Role
from issuer.storage import IssuerStorage
from issuer.supplement_documents import FileRefusedError
from issuer.web.counter_filling import Filling, bases_of, fill
from issuer.web.page_forms import Form, GivenFile
from tests.issuer.web.desk_scene import pdf

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WHO = demonstration_identities(today=date(2026, 11, 23))["410000199908090008"]
WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
WHOLE = {"bases": ["stable_housing"], "commitment": ["yes"], "contact_phone": ["13900000000"]}


@pytest.fixture
def drafts(storage: IssuerStorage, tmp_path: Path) -> ApplicationDrafts:
    documents = FileDocumentStore(tmp_path / "documents")
    return ApplicationDrafts(storage, documents, lambda: NOW, allow_demo_ids=True)


@pytest.fixture
def draft(drafts: ApplicationDrafts) -> Application:
    made = drafts.open(WHO, Kind.FIRST_PERMIT, Channel.COUNTER, officer=WANG)
    return drafts.saw(made.number, WHO, Whose.APPLICANT, IdentityDocument.ID_CARD, officer=WANG)


def filling(
    drafts: ApplicationDrafts,
    draft: Application,
    fields: dict[str, list[str]],
    *files: GivenFile,
) -> Filling:
    form = Form({"revision": [str(draft.revision)], **fields}, list(files))
    return Filling(drafts, draft.number, WHO, WANG, form)


def test_everything_in_one_form(drafts: ApplicationDrafts, draft: Application) -> None:
    lease = GivenFile("stable_housing", "租赁合同.pdf", pdf())
    guardian = {
        "guardian_name": ["满示范"],
        "guardian_number": ["33010019900101001X"],
        "guardian_relation": ["near_relative"],
        "guardian_document": ["household_register"],
    }

    filled = fill(filling(drafts, draft, WHOLE | guardian, lease))

    assert filled.bases == filled.proven == {Basis.STABLE_HOUSING}
    assert filled.commitment is not None
    assert filled.contact_phone == "13900000000"
    assert filled.guardian is not None
    assert filled.guardian.relation is Relation.NEAR_RELATIVE
    assert {(seen.whose, seen.document, seen.by) for seen in filled.seen} == {
        (Whose.APPLICANT, IdentityDocument.ID_CARD, "wang-2"),
        (Whose.GUARDIAN, IdentityDocument.HOUSEHOLD_REGISTER, "wang-2"),
    }


def test_the_grounds_alone_need_no_commitment(
    drafts: ApplicationDrafts, draft: Application
) -> None:
    filled = fill(filling(drafts, draft, {"bases": ["stable_housing", "talent_exempt"]}))

    assert filled.bases == {Basis.STABLE_HOUSING, Basis.TALENT_EXEMPT}
    assert filled.commitment is None


def test_the_form_comes_after_the_commitment(drafts: ApplicationDrafts, draft: Application) -> None:
    with pytest.raises(DraftIncompleteError):
        fill(filling(drafts, draft, {**WHOLE, "commitment": [""]}))

    held = drafts.held(draft.number, WHO, officer=WANG)
    assert held.bases == {Basis.STABLE_HOUSING}
    assert held.contact_phone == ""


def test_a_field_left_empty_later_is_emptied(drafts: ApplicationDrafts, draft: Application) -> None:
    filled = fill(filling(drafts, draft, WHOLE))

    emptied = fill(filling(drafts, filled, {**WHOLE, "contact_phone": [""]}))

    assert emptied.contact_phone == ""
    assert emptied.commitment == filled.commitment


def test_an_older_form_changes_nothing(drafts: ApplicationDrafts, draft: Application) -> None:
    filled = fill(filling(drafts, draft, WHOLE))

    with pytest.raises(StaleFormError):
        fill(filling(drafts, draft, {**WHOLE, "bases": ["stable_employment"]}))

    assert drafts.held(draft.number, WHO, officer=WANG) == filled


def test_a_file_that_is_not_taken_is_named_and_the_rest_is_kept(
    drafts: ApplicationDrafts, draft: Application
) -> None:
    files = [
        GivenFile("stable_housing", "好.pdf", pdf()),
        GivenFile("stable_housing", "坏.txt", b"hello"),
    ]

    with pytest.raises(FileRefusedError) as found:
        fill(filling(drafts, draft, WHOLE, *files))

    assert found.value.filename == "坏.txt"
    held = drafts.held(draft.number, WHO, officer=WANG)
    assert [given.filename for given in held.materials] == ["好.pdf"]
    assert held.contact_phone == "13900000000"


def test_a_document_is_taken_out(drafts: ApplicationDrafts, draft: Application) -> None:
    files = [GivenFile("stable_housing", "好.pdf", pdf())]
    filled = fill(filling(drafts, draft, WHOLE, *files))

    emptied = fill(filling(drafts, filled, {**WHOLE, "remove": [filled.materials[0].sha256]}))

    assert emptied.materials == ()


def test_bases_that_there_are_not_are_left_out() -> None:
    assert bases_of(Form({"bases": ["x", "stable_housing"]}, [])) == {Basis.STABLE_HOUSING}
