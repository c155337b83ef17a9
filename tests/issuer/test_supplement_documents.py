"""Documents of a supplement: all together, or none and the time runs on."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from issuer.application import Application, Channel, Kind
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import ApplicationDrafts
from issuer.application_intake import ApplicationIntake
from issuer.demonstration_identities import demonstration_identities
from issuer.document_store import FileDocumentStore
from issuer.draft_changes import Answers
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError, UnknownApplicationError
from issuer.officer import ALL_ROLES, Officer
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_documents import (
    FileRefusedError,
    GivenDocument,
    SupplementDocuments,
    cause_of,
    refused_file,
)
from schemas.endorsement_window import start_of_day

PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, ZHOU = PEOPLE["52000019920512000X"], PEOPLE["420000198002290019"]


def clock() -> datetime:
    return start_of_day(date(2026, 11, 23))


def photograph() -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30)).save(target, format="PNG")
    return target.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> FileDocumentStore:
    return FileDocumentStore(tmp_path / "documents")


@pytest.fixture
def supplements(storage: IssuerStorage, store: FileDocumentStore) -> SupplementDocuments:
    return SupplementDocuments(ApplicationIntake(storage, clock, allow_demo_ids=True), store)


@pytest.fixture
def waiting(storage: IssuerStorage, store: FileDocumentStore) -> Application:
    """Handed in without a document, which the county then asked for."""
    drafts = ApplicationDrafts(storage, store, clock, allow_demo_ids=True)
    draft = drafts.open(LIN, Kind.FIRST_PERMIT, Channel.WEB)
    answers = Answers(county="330302", bases=frozenset({Basis.STABLE_HOUSING}))
    drafts.save(draft.number, LIN, answers, revision=draft.revision)
    drafts.commit(draft.number, LIN)
    number = drafts.submit(draft.number, LIN).number
    desk = ApplicationDesk(storage, StoredResidences(storage), clock, allow_demo_ids=True)
    return desk.request_supplement(number, Officer("li-3", "330302", ALL_ROLES), ["租赁合同"])


def test_files_are_added_with_what_they_prove(
    supplements: SupplementDocuments, store: FileDocumentStore, waiting: Application
) -> None:
    lease = GivenDocument(photograph(), "lease.png", Basis.STABLE_HOUSING)
    held = supplements.hand_in(waiting.number, LIN, [lease])
    (material,) = held.materials

    assert held.stage == "submitted"
    assert (material.basis, material.filename) == (Basis.STABLE_HOUSING, "lease.png")
    assert material.media_type == "image/png"
    assert store.get(material.sha256).data == photograph()


def test_one_file_that_is_refused_leaves_the_application_waiting(
    supplements: SupplementDocuments, storage: IssuerStorage, waiting: Application
) -> None:
    given = [
        GivenDocument(photograph(), "lease.png", Basis.STABLE_HOUSING),
        GivenDocument(b"hello", "bad.pdf", Basis.STABLE_HOUSING),
    ]
    with pytest.raises(FileRefusedError) as refused:
        supplements.hand_in(waiting.number, LIN, given)

    assert (refused_file(refused.value), cause_of(refused.value).code) == (
        "bad.pdf",
        "document_type",
    )
    with storage.reading() as register:
        assert register.application(waiting.number) == waiting


def test_nothing_is_no_supplement_and_nobody_else_supplies_it(
    supplements: SupplementDocuments, waiting: Application
) -> None:
    with pytest.raises(ApplicationStateError, match="at least one"):
        supplements.hand_in(waiting.number, LIN, [])
    with pytest.raises(UnknownApplicationError):
        supplements.hand_in(waiting.number, ZHOU, [GivenDocument(photograph(), "x.png")])


def test_other_errors_are_their_own_cause() -> None:
    error = ApplicationStateError("x")

    assert cause_of(error) is error
    assert (refused_file(error), refused_file(None)) == ("", "")
