"""Drafts as a service: kept at every step, gone on with anywhere, handed in once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from issuer.application import (
    Abandoned,
    Application,
    Channel,
    Guardian,
    IdentityDocument,
    Kind,
    Whose,
)
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.application_errors import (
    DocumentTypeError,
    DraftIncompleteError,
    NoPermitError,
    StaleFormError,
    UnknownDocumentError,
    WindowNotOpenError,
)
from issuer.application_intake import ApplicationIntake
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Basis
from issuer.errors import (
    ApplicationStateError,
    DeskError,
    ParticularsError,
    UnknownApplicationError,
)
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from schemas.errors import ServiceError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = PEOPLE["52000019920512000X"], PEOPLE["650000198801030013"]
WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
FIRST, HOME = Kind.FIRST_PERMIT, Basis.STABLE_HOUSING
START = Answers(county="330302", bases=frozenset({HOME}))


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def documents(tmp_path: Path) -> FileDocumentStore:
    return FileDocumentStore(tmp_path / "documents")


@pytest.fixture
def drafts(storage: IssuerStorage, documents: FileDocumentStore, time: Time) -> ApplicationDrafts:
    return ApplicationDrafts(storage, documents, time, allow_demo_ids=True)


@pytest.fixture
def lease() -> bytes:
    target = BytesIO()
    Image.new("L", (20, 30), 200).save(target, "PDF")
    return target.getvalue()


@pytest.fixture
def held(storage: IssuerStorage, permit: Permit) -> Permit:
    """A permit of 林样例 in Lucheng, of today."""
    mine = replace(
        permit,
        resident=replace(permit.resident, citizen_id_number=LIN.citizen_id_number),
    )
    with storage.transaction() as tx:
        tx.replace_permit(mine)
    return mine


def begun(drafts: ApplicationDrafts, kind: Kind = FIRST) -> Application:
    draft = drafts.open(LIN, kind, Channel.WEB)
    drafts.save(draft.number, LIN, START, revision=draft.revision)
    return drafts.commit(draft.number, LIN)


def at_the_counter(drafts: ApplicationDrafts) -> Application:
    draft = drafts.open(LIN, FIRST, Channel.COUNTER, officer=WANG)
    drafts.save(draft.number, LIN, START, revision=draft.revision, officer=WANG)
    drafts.commit(draft.number, LIN, officer=WANG)
    return drafts.saw(draft.number, LIN, Whose.APPLICANT, IdentityDocument.ID_CARD, officer=WANG)


def test_r4_from_the_first_page_to_the_receipt(
    drafts: ApplicationDrafts, storage: IssuerStorage, lease: bytes
) -> None:
    draft = begun(drafts)
    form = Answers(contact_phone="13800138000", statement="示范")
    drafts.save(draft.number, LIN, form, revision=draft.revision)
    drafts.attach(draft.number, LIN, HOME, lease, "租房合同.pdf")
    submitted = drafts.submit(draft.number, LIN)

    assert submitted.number.startswith("SQ3303022026")
    assert (submitted.draft_number, submitted.stage) == (draft.number, "submitted")
    assert submitted.submitted_at == NOW
    (document,) = submitted.materials
    assert (document.media_type, document.filename) == ("application/pdf", "租房合同.pdf")
    with storage.reading() as register:
        assert register.applications() == [submitted]
        assert register.contact(LIN.citizen_id_number) == "13800138000"
        assert [entry.act for entry in register.audit()] == ["apply"]
        assert [notice.kind for notice in register.application_notices(submitted.number)] == [
            "submitted"
        ]


def test_a_second_submission_gives_what_was_handed_in(
    drafts: ApplicationDrafts, storage: IssuerStorage
) -> None:
    draft = begun(drafts)
    once = drafts.submit(draft.number, LIN)

    assert drafts.submit(draft.number, LIN) == once
    assert drafts.submit(once.number, LIN) == once
    ApplicationIntake(storage, lambda: NOW).withdraw(once.number, LIN)
    assert drafts.submit(draft.number, LIN).stage == "withdrawn"
    with storage.reading() as register:
        assert [entry.act for entry in register.audit()] == ["apply", "withdraw"]


def test_a_button_pressed_twice_at_once_hands_in_once(
    register_url: str, documents: FileDocumentStore
) -> None:
    storages = [SqlIssuerStorage(register_url) for _ in range(2)]
    services = [
        ApplicationDrafts(held, documents, lambda: NOW, allow_demo_ids=True) for held in storages
    ]
    draft = begun(services[0])
    with ThreadPoolExecutor(8) as pool:
        handed_in = list(pool.map(lambda n: services[n % 2].submit(draft.number, LIN), range(16)))
    with storages[0].reading() as register:
        assert register.applications() == [handed_in[0]]
        assert len(register.audit()) == 1
    for held in storages:
        held.close()

    assert all(one == handed_in[0] for one in handed_in)


def test_a_draft_survives_and_is_gone_on_with_on_another_device(
    drafts: ApplicationDrafts, storage: IssuerStorage
) -> None:
    draft = begun(drafts)
    again = drafts.open(LIN, FIRST, Channel.WEB)
    in_the_app = drafts.open(LIN, FIRST, Channel.APP)

    assert again == draft
    assert in_the_app == replace(draft, channel=Channel.APP, revision=draft.revision + 1)
    assert drafts.held(draft.number, LIN) == in_the_app
    with storage.reading() as register:
        assert register.applications() == [in_the_app]


def test_one_open_application_a_person_and_kind(
    drafts: ApplicationDrafts, storage: IssuerStorage
) -> None:
    submitted = drafts.submit(begun(drafts).number, LIN)

    with pytest.raises(ApplicationStateError, match=f"{submitted.number} of the same kind"):
        drafts.open(LIN, FIRST, Channel.WEB)
    ApplicationIntake(storage, lambda: NOW).withdraw(submitted.number, LIN)
    assert drafts.open(LIN, FIRST, Channel.WEB).stage == "draft"


def test_the_person_is_the_one_of_the_latest_identity_check(drafts: ApplicationDrafts) -> None:
    """R-19: nothing of it can be typed, and a register put right is believed."""
    draft = begun(drafts)
    put_right = replace(LIN, registered_address="贵州省贵阳市示范路99号")

    assert drafts.open(put_right, FIRST, Channel.WEB).applicant == put_right
    assert drafts.submit(draft.number, put_right).applicant == put_right


def test_a_stale_form_is_told_and_nothing_is_lost(drafts: ApplicationDrafts) -> None:
    draft = begun(drafts)
    on_the_phone = drafts.save(
        draft.number, LIN, Answers(contact_phone="13800138000"), revision=draft.revision
    )
    with pytest.raises(StaleFormError):
        drafts.save(draft.number, LIN, Answers(statement="x"), revision=draft.revision)

    assert drafts.held(draft.number, LIN) == on_the_phone


def test_two_pages_at_once_save_one_form_and_tell_the_other(
    register_url: str, documents: FileDocumentStore
) -> None:
    storages = [SqlIssuerStorage(register_url) for _ in range(2)]
    services = [
        ApplicationDrafts(held, documents, lambda: NOW, allow_demo_ids=True) for held in storages
    ]
    draft = begun(services[0])

    def save(turn: int) -> bool:
        try:
            answers = Answers(statement=str(turn))
            services[turn % 2].save(draft.number, LIN, answers, revision=draft.revision)
        except StaleFormError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(16))) == 1
    for held in storages:
        held.close()


def test_documents_are_added_once_each_and_taken_out_again(
    drafts: ApplicationDrafts, documents: FileDocumentStore, lease: bytes
) -> None:
    number = begun(drafts).number
    once = drafts.attach(number, LIN, HOME, lease, "a.pdf")
    again = drafts.attach(number, LIN, HOME, lease, "b.pdf")
    (held,) = again.materials

    assert held == replace(once.materials[0], filename="b.pdf")
    assert documents.get(held.sha256).data == lease
    assert drafts.detach(number, LIN, held.sha256).materials == ()
    with pytest.raises(UnknownDocumentError):
        drafts.detach(number, LIN, held.sha256)


def test_a_file_that_is_not_taken_leaves_the_draft_as_it_was(
    drafts: ApplicationDrafts, lease: bytes
) -> None:
    draft = begun(drafts)
    with pytest.raises(DocumentTypeError):
        drafts.attach(draft.number, LIN, HOME, b"<html>", "lease.pdf")
    with pytest.raises(ParticularsError, match="for one of them"):
        drafts.attach(draft.number, LIN, None, lease, "lease.pdf")

    assert drafts.held(draft.number, LIN) == draft


def test_r4_no_document_before_the_commitment(drafts: ApplicationDrafts, lease: bytes) -> None:
    draft = drafts.open(LIN, FIRST, Channel.WEB)
    with pytest.raises(DraftIncompleteError, match="before documents"):
        drafts.attach(draft.number, LIN, HOME, lease, "lease.pdf")
    with pytest.raises(DraftIncompleteError, match="before the commitment"):
        drafts.commit(draft.number, LIN)
    with pytest.raises(DraftIncompleteError):
        drafts.submit(draft.number, LIN)


def test_r4_a_commitment_to_an_older_text_has_to_be_given_anew(
    drafts: ApplicationDrafts, storage: IssuerStorage
) -> None:
    draft = begun(drafts)
    with storage.transaction() as tx:
        older = replace(commitment_at(NOW), text_version="2021")
        tx.replace_application(replace(draft, commitment=older))
    with pytest.raises(DraftIncompleteError, match="present notice"):
        drafts.submit(draft.number, LIN)
    drafts.commit(draft.number, LIN)

    assert drafts.submit(draft.number, LIN).stage == "submitted"


def test_given_up_for_good(drafts: ApplicationDrafts, lease: bytes) -> None:
    number = begun(drafts).number
    drafts.attach(number, LIN, HOME, lease, "lease.pdf")
    given_up = drafts.abandon(number, LIN)

    assert (given_up.state, given_up.materials) == (Abandoned(NOW), ())
    with pytest.raises(ApplicationStateError, match="is abandoned"):
        drafts.submit(number, LIN)
    assert drafts.open(LIN, FIRST, Channel.WEB).number != number


Act = Callable[[ApplicationDrafts, str], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda d, n: d.held(n, AYI),
        lambda d, n: d.save(n, AYI, START, revision=2),
        lambda d, n: d.commit(n, AYI),
        lambda d, n: d.attach(n, AYI, HOME, b"", ""),
        lambda d, n: d.detach(n, AYI, "ab" * 32),
        lambda d, n: d.submit(n, AYI),
        lambda d, n: d.abandon(n, AYI),
        lambda d, n: d.submit("CG000000000000000000", LIN),
        lambda d, n: d.held("", LIN),
    ],
)
def test_another_person_s_draft_is_as_unknown_as_none(drafts: ApplicationDrafts, act: Act) -> None:
    draft = begun(drafts)

    with pytest.raises(UnknownApplicationError, match="no application has this number"):
        act(drafts, draft.number)
    assert drafts.held(draft.number, LIN) == draft


@pytest.mark.parametrize(
    "act",
    [
        lambda d, n: d.save(n, LIN, START, revision=2),
        lambda d, n: d.commit(n, LIN),
        lambda d, n: d.attach(n, LIN, HOME, b"", ""),
        lambda d, n: d.abandon(n, LIN),
    ],
)
def test_what_is_handed_in_is_changed_no_more(drafts: ApplicationDrafts, act: Act) -> None:
    submitted = drafts.submit(begun(drafts).number, LIN)

    with pytest.raises(ApplicationStateError, match="is submitted"):
        act(drafts, submitted.number)
    assert drafts.held(submitted.draft_number, LIN) == submitted


def test_r9_an_officer_enters_it_for_the_person_and_each_step_is_written_down(
    drafts: ApplicationDrafts, storage: IssuerStorage, lease: bytes
) -> None:
    number = at_the_counter(drafts).number
    drafts.attach(number, LIN, HOME, lease, "a.pdf", officer=WANG)
    submitted = drafts.submit(number, LIN, officer=WANG)

    assert submitted.channel is Channel.COUNTER
    assert [(seen.whose, seen.by) for seen in submitted.seen] == [(Whose.APPLICANT, "wang-2")]
    with storage.reading() as register:
        entries = register.audit("330302")
    assert [entry.act for entry in entries] == [
        "open_draft",
        "save_draft",
        "commit_draft",
        "see_document",
        "attach_document",
        "apply",
    ]
    assert {(entry.actor, entry.role) for entry in entries} == {("wang-2", "registrar")}


def test_r9_for_a_child_both_persons_are_seen(drafts: ApplicationDrafts) -> None:
    draft = at_the_counter(drafts)
    guardian = Answers(guardian=Guardian(AYI.name, AYI.citizen_id_number))
    drafts.save(draft.number, LIN, guardian, revision=draft.revision, officer=WANG)
    with pytest.raises(DraftIncompleteError, match="which document"):
        drafts.submit(draft.number, LIN, officer=WANG)
    drafts.saw(draft.number, LIN, Whose.GUARDIAN, IdentityDocument.HOUSEHOLD_REGISTER, officer=WANG)

    assert drafts.submit(draft.number, LIN, officer=WANG).stage == "submitted"


def test_r9_online_the_documents_of_both_are_handed_in(
    drafts: ApplicationDrafts, lease: bytes
) -> None:
    draft = begun(drafts)
    guardian = Answers(guardian=Guardian(AYI.name, AYI.citizen_id_number))
    drafts.save(draft.number, LIN, guardian, revision=draft.revision)
    with pytest.raises(DraftIncompleteError, match="both persons"):
        drafts.submit(draft.number, LIN)
    for whose in Whose:
        drafts.attach(draft.number, LIN, None, lease, "a.pdf", whose=whose)

    assert drafts.submit(draft.number, LIN).stage == "submitted"


def test_a_draft_from_home_is_gone_on_with_at_the_counter_and_back(
    drafts: ApplicationDrafts,
) -> None:
    draft = begun(drafts)
    taken_over = drafts.open(LIN, FIRST, Channel.COUNTER, officer=WANG)

    assert taken_over.number == draft.number
    assert taken_over.channel is Channel.COUNTER
    assert drafts.open(LIN, FIRST, Channel.WEB).channel is Channel.WEB


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda d, n: d.open(LIN, FIRST, Channel.COUNTER), DeskError),
        (lambda d, n: d.open(LIN, FIRST, Channel.WEB, officer=WANG), DeskError),
        (lambda d, n: d.commit(n, LIN, officer=WANG), DeskError),  # not opened at the counter
        (lambda d, n: d.submit(n, LIN, officer=WANG), DeskError),
        (lambda d, n: d.held(n, LIN, officer=OUHAI), DeskError),
        (
            lambda d, n: d.open(LIN, FIRST, Channel.COUNTER, officer=replace(WANG, id="Wang")),
            DeskError,
        ),
        (
            lambda d, n: d.open(
                LIN, FIRST, Channel.COUNTER, officer=replace(WANG, roles=frozenset({Role.AUDITOR}))
            ),
            DeskError,
        ),
    ],
)
def test_officers_act_at_the_counter_of_their_county_only(
    drafts: ApplicationDrafts, storage: IssuerStorage, act: Act, error: type[ServiceError]
) -> None:
    draft = begun(drafts)

    with pytest.raises(error):
        act(drafts, draft.number)
    assert drafts.held(draft.number, LIN) == draft
    with storage.reading() as register:
        assert register.audit() == []


def test_at_a_counter_one_applies_in_its_county(drafts: ApplicationDrafts) -> None:
    draft = at_the_counter(drafts)
    with pytest.raises(DeskError, match="one applies in that county"):
        drafts.save(
            draft.number, LIN, Answers(county="330304"), revision=draft.revision, officer=WANG
        )


def test_demonstration_numbers_need_the_setting(
    storage: IssuerStorage, documents: FileDocumentStore
) -> None:
    drafts = ApplicationDrafts(storage, documents, lambda: NOW)
    with pytest.raises(DeskError, match="for demonstrations"):
        drafts.submit(begun(drafts).number, LIN)


def test_what_is_known_of_the_permit_need_not_be_typed(
    drafts: ApplicationDrafts, held: Permit, time: Time
) -> None:
    replacement = drafts.open(LIN, Kind.REPLACEMENT, Channel.APP)
    time.now = datetime(2027, 11, 1, 4, 0, tzinfo=UTC)
    endorsement = drafts.open(LIN, Kind.ENDORSEMENT, Channel.APP)

    for draft in (replacement, endorsement):
        assert (draft.county, draft.permit_number) == ("330302", held.number)
    drafts.commit(replacement.number, LIN)
    assert drafts.submit(replacement.number, LIN).permit_number == held.number


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.ENDORSEMENT, NoPermitError),
        (Kind.REPLACEMENT, NoPermitError),
        (Kind.CHANGE_OF_DATA, NoPermitError),
        (Kind.MOVE, NoPermitError),
    ],
)
def test_without_a_permit_there_is_nothing_to_fill_in(
    drafts: ApplicationDrafts, kind: Kind, error: type[ServiceError]
) -> None:
    with pytest.raises(error):
        drafts.open(LIN, kind, Channel.WEB)


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (datetime(2027, 10, 22, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 10, 22, 16, 0, tzinfo=UTC), True),  # midnight in Shanghai
    ],
)
def test_r12_before_the_window_the_opening_day_is_named(
    drafts: ApplicationDrafts, held: Permit, time: Time, at: datetime, opened: bool
) -> None:
    time.now = at
    if opened:
        assert drafts.open(LIN, Kind.ENDORSEMENT, Channel.APP).stage == "draft"
        return
    with pytest.raises(WindowNotOpenError, match="2027-10-23"):
        drafts.open(LIN, Kind.ENDORSEMENT, Channel.APP)


def test_a_move_goes_to_another_unit_and_a_change_stays(
    drafts: ApplicationDrafts, held: Permit
) -> None:
    move = drafts.open(LIN, Kind.MOVE, Channel.WEB)
    change = drafts.open(LIN, Kind.CHANGE_OF_DATA, Channel.WEB)

    assert (move.county, change.county) == ("", "330302")
    with pytest.raises(ApplicationStateError, match="change of data"):
        drafts.save(move.number, LIN, Answers(county="330304"), revision=0)
    with pytest.raises(ApplicationStateError, match="Apply for a move"):
        drafts.save(change.number, LIN, Answers(county="330381"), revision=0)
    assert drafts.save(move.number, LIN, Answers(county="330381"), revision=0).county == "330381"
    assert drafts.save(change.number, LIN, Answers(county="330304"), revision=0).county == "330304"
    with pytest.raises(ApplicationStateError, match="of county 330302"):
        drafts.open(LIN, Kind.REPLACEMENT, Channel.COUNTER, officer=OUHAI)
