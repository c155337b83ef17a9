"""A record as an officer sees it, and that every look at it or at a document is written down."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from issuer.application import Application, Channel, Kind
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.application_errors import UnknownDocumentError
from issuer.application_record import ApplicationRecords
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Grounds
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Basis, Outcome
from issuer.errors import DeskError, StorageError, UnknownApplicationError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
LI, OUHAI = Officer("li-3", "330302", ALL_ROLES), Officer("chen-1", "330304", ALL_ROLES)
ZHAO = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
SUN = Officer("sun-9", "330302", frozenset({Role.ADMINISTRATOR}))
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
WHY = Grounds(reason="示范原因", legal_basis="示范条例")


class Office:
    """A county's services over one register, and a document that was handed in."""

    def __init__(self, storage: IssuerStorage, folder: Path) -> None:
        self.now = NOW
        self.storage = storage
        self.documents = FileDocumentStore(folder)
        residences = StoredResidences(storage)
        self.drafts = ApplicationDrafts(storage, self.documents, self.clock, allow_demo_ids=True)
        self.records = ApplicationRecords(storage, residences, self.documents, self.clock)
        self.desk = ApplicationDesk(storage, residences, self.clock, allow_demo_ids=True)
        target = BytesIO()
        Image.new("L", (20, 30), 200).save(target, "PDF")
        self.lease = target.getvalue()

    def clock(self) -> datetime:
        return self.now

    def draft(self) -> Application:
        draft = self.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.WEB)
        start = Answers(county="330302", bases=frozenset({Basis.STABLE_HOUSING}))
        self.drafts.save(draft.number, LIN, start, revision=draft.revision)
        self.drafts.commit(draft.number, LIN)
        return self.drafts.attach(
            draft.number, LIN, Basis.STABLE_HOUSING, self.lease, "租房合同.pdf"
        )

    def submitted(self) -> Application:
        return self.drafts.submit(self.draft().number, LIN)

    def acts(self) -> list[tuple[str, str]]:
        with self.storage.reading() as register:
            return [(entry.act, entry.actor) for entry in register.audit("330302")]


@pytest.fixture
def office(storage: IssuerStorage, tmp_path: Path) -> Office:
    with storage.transaction() as tx:
        tx.put_registrations([HERE])
    return Office(storage, tmp_path / "documents")


def test_the_whole_record_at_one_look(office: Office) -> None:
    held = office.submitted()
    office.now = NOW + timedelta(hours=2)
    record = office.records.record(held.number, LI)

    assert record.application == held
    assert all(finding.outcome is not Outcome.FAILED for finding in record.findings)
    assert (record.changes, record.needs_second_officer, record.permit) == ((), False, None)
    assert record.registrations == (HERE,)
    assert record.deadline is not None
    assert record.deadline.promised_on == date(2026, 11, 25)
    assert record.time_left == timedelta(days=2, hours=10)
    assert not record.overdue
    assert [notice.kind for notice in record.notices] == ["submitted"]
    assert [(entry.act, entry.role) for entry in record.history] == [
        ("apply", ""),
        ("look", "approver,auditor,registrar"),
    ]
    assert [given.filename for given in record.application.materials] == ["租房合同.pdf"]


def test_r16_every_look_is_written_down(office: Office) -> None:
    held = office.submitted()
    digest = held.materials[0].sha256
    office.records.record(held.number, ZHAO)
    content = office.records.document(held.number, digest, LI)

    assert (content.data, content.media_type) == (office.lease, "application/pdf")
    assert office.acts() == [
        ("apply", "applicant"),
        ("look", "zhao-7"),
        ("look_at_document", "li-3"),
    ]
    with office.storage.reading() as register:
        assert register.audit("330302")[-1].details == {"document": digest}


def test_the_history_begins_at_the_counter_and_ends_with_the_decision(office: Office) -> None:
    draft = office.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.COUNTER, officer=LI)
    seen_there = office.records.record(draft.number, LI)
    with office.storage.reading() as register:
        assert register.application(draft.number).stage == "draft"
    office.drafts.abandon(draft.number, LIN, officer=LI)
    held = office.submitted()
    permit = office.desk.grant(held.number, LI)
    record = office.records.record(held.number, LI)

    assert [entry.act for entry in seen_there.history] == ["open_draft", "look"]
    assert (record.permit, record.deadline, record.findings) == (permit, None, ())
    assert [entry.act for entry in record.history] == ["apply", "grant_application", "look"]


def test_the_history_of_what_was_entered_at_the_counter_includes_its_draft(
    office: Office,
) -> None:
    draft = office.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.COUNTER, officer=LI)
    office.draft()  # gone on with at home
    held = office.drafts.submit(draft.number, LIN)

    history = office.records.record(held.number, LI).history
    assert [entry.act for entry in history] == ["open_draft", "apply", "look"]


def test_of_a_refused_one_the_grounds_are_those_of_the_refusal(
    office: Office, storage: IssuerStorage
) -> None:
    with storage.transaction() as tx:
        tx.put_registrations([replace(HERE, registered_on=date(2026, 11, 1))])
    held = office.submitted()
    office.desk.refuse(held.number, LI, WHY)
    with storage.transaction() as tx:
        tx.put_registrations([HERE])

    record = office.records.record(held.number, LI)
    assert [finding.code for finding in record.findings] == ["residence_too_short"]


def test_a_draft_is_nobody_s_business_but_its_applicant_s(office: Office) -> None:
    draft = office.draft()
    before = office.acts()
    for look in (
        lambda: office.records.record(draft.number, LI),
        lambda: office.records.document(draft.number, draft.materials[0].sha256, LI),
    ):
        with pytest.raises(UnknownApplicationError):
            look()
    assert office.acts() == before


@pytest.mark.parametrize("officer", [OUHAI, SUN, replace(LI, id="Li")], ids=lambda o: o.id)
def test_who_may_not_look_sees_nothing_and_leaves_no_trace(
    office: Office, officer: Officer
) -> None:
    held = office.submitted()
    before = office.acts()
    for look in (
        lambda: office.records.record(held.number, officer),
        lambda: office.records.document(held.number, held.materials[0].sha256, officer),
    ):
        with pytest.raises(DeskError):
            look()
    assert office.acts() == before


def test_a_document_of_another_application_is_not_found_by_its_digest(office: Office) -> None:
    held = office.submitted()
    other = office.documents.put(office.lease + b"\n%%EOF")

    with pytest.raises(UnknownDocumentError):
        office.records.document(held.number, other.sha256, LI)
    assert [act for act, _ in office.acts()] == ["apply"]


def test_a_document_that_was_altered_is_not_handed_out(office: Office, tmp_path: Path) -> None:
    held = office.submitted()
    (path,) = (tmp_path / "documents").glob("??/*.pdf")
    path.write_bytes(office.lease + b"x")

    with pytest.raises(StorageError, match="altered"):
        office.records.document(held.number, held.materials[0].sha256, LI)
