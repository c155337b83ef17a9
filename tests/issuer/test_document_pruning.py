"""Documents that no application names are let go after a day, and no others."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from issuer.application import Application, Channel, Kind
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.demonstration_identities import demonstration_identities
from issuer.document_pruning import prune_documents
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Basis
from issuer.storage import IssuerStorage

LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
HOME = Basis.STABLE_HOUSING


def picture(shade: int) -> bytes:
    target = BytesIO()
    Image.new("L", (20, 30), shade).save(target, "PNG")
    return target.getvalue()


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1, minutes=1)


@pytest.fixture
def documents(tmp_path: Path) -> FileDocumentStore:
    return FileDocumentStore(tmp_path / "documents")


@pytest.fixture
def drafts(storage: IssuerStorage, documents: FileDocumentStore) -> ApplicationDrafts:
    return ApplicationDrafts(storage, documents, lambda: datetime.now(UTC), allow_demo_ids=True)


@pytest.fixture
def draft(drafts: ApplicationDrafts) -> Application:
    begun = drafts.open(LIN, Kind.FIRST_PERMIT, Channel.WEB)
    start = Answers(county="330302", bases=frozenset({HOME}))
    drafts.save(begun.number, LIN, start, revision=0)
    return drafts.commit(begun.number, LIN)


def kept(documents: FileDocumentStore) -> int:
    return len(list(documents.kept_before(tomorrow())))


def test_what_is_named_stays_through_draft_and_submission(
    storage: IssuerStorage,
    documents: FileDocumentStore,
    drafts: ApplicationDrafts,
    draft: Application,
) -> None:
    drafts.attach(draft.number, LIN, HOME, picture(1), "a.png")
    assert prune_documents(storage, documents, tomorrow) == 0
    submitted = drafts.submit(draft.number, LIN)

    assert prune_documents(storage, documents, tomorrow) == 0
    assert documents.get(submitted.materials[0].sha256).data == picture(1)


def test_what_is_named_nowhere_goes_after_a_day(
    storage: IssuerStorage, documents: FileDocumentStore
) -> None:
    documents.put(picture(1))

    assert prune_documents(storage, documents, lambda: datetime.now(UTC)) == 0
    assert prune_documents(storage, documents, tomorrow) == 1
    assert prune_documents(storage, documents, tomorrow) == 0
    assert kept(documents) == 0


def test_what_was_taken_out_or_given_up_goes(
    storage: IssuerStorage,
    documents: FileDocumentStore,
    drafts: ApplicationDrafts,
    draft: Application,
) -> None:
    for shade in range(3):
        drafts.attach(draft.number, LIN, HOME, picture(shade), "a.png")
    held = drafts.held(draft.number, LIN)
    drafts.detach(draft.number, LIN, held.materials[0].sha256)
    assert prune_documents(storage, documents, tomorrow) == 1
    drafts.abandon(draft.number, LIN)

    assert prune_documents(storage, documents, tomorrow) == 2


def test_more_than_one_portion(storage: IssuerStorage, documents: FileDocumentStore) -> None:
    for shade in range(7):
        documents.put(picture(shade))

    assert prune_documents(storage, documents, tomorrow) == 7
