"""Bad input, case by case through the services: a sentence, a code, and nothing lost."""

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from issuer.application import Application, Channel, Guardian, Kind
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Grounds
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Basis
from issuer.identity_check import SimulatedIdentityCheck
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Standing
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from schemas.civil_id import Sex
from schemas.errors import ServiceError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = PEOPLE["52000019920512000X"], PEOPLE["650000198801030013"]
LI, CHEN = Officer("li-3", "330302", ALL_ROLES), Officer("chen-5", "330302", ALL_ROLES)
OUHAI = Officer("li-3", "330304", ALL_ROLES)
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
WHY = Grounds(reason="示范原因", legal_basis="示范条例")
HOME = Basis.STABLE_HOUSING


class Office:
    """Everything a person and a county need, on one register."""

    def __init__(self, storage: IssuerStorage, folder: Path) -> None:
        self.now, self.storage = NOW, storage
        self.documents = FileDocumentStore(folder / "documents")
        self.drafts = ApplicationDrafts(storage, self.documents, self.clock, allow_demo_ids=True)
        self.desk = ApplicationDesk(
            storage, StoredResidences(storage), self.clock, allow_demo_ids=True
        )
        self.register(HERE)

    def clock(self) -> datetime:
        return self.now

    def register(self, *registrations: ResidenceRegistration) -> None:
        with self.storage.transaction() as tx:
            tx.put_registrations(registrations)

    def begun(self, person: object = LIN) -> Application:
        assert isinstance(person, type(LIN))
        draft = self.drafts.open(person, Kind.FIRST_PERMIT, Channel.APP)
        start = Answers(county="330302", bases=frozenset({HOME}))
        self.drafts.save(draft.number, person, start, revision=draft.revision)
        return self.drafts.commit(draft.number, person)

    def submitted(self, person: object = LIN) -> Application:
        assert isinstance(person, type(LIN))
        number = self.begun(person).number
        target = BytesIO()
        Image.new("L", (20, 30), 200).save(target, "PDF")
        self.drafts.attach(number, person, HOME, target.getvalue(), "lease.pdf")
        return self.drafts.submit(number, person)

    def kept(self) -> tuple[object, ...]:
        with self.storage.reading() as register:
            return register.applications(), register.permits(), register.audit()


@pytest.fixture
def office(storage: IssuerStorage, tmp_path: Path) -> Office:
    return Office(storage, tmp_path)


def bomb() -> bytes:
    packed = zlib.compress(bytes(90_000_000), 9)
    part = b"9 0 obj << /Filter /FlateDecode >> stream\n" + packed + b"\nendstream endobj\n"
    return b"%PDF-1.7\n3 0 obj << /Type /Page >> endobj\n" + part * 4 + b"trailer\n%%EOF"


def attach(office: Office, data: bytes) -> object:
    return office.drafts.attach(office.begun().number, LIN, HOME, data, "lease.pdf")


def check_digit(office: Office) -> object:
    guardian = Guardian("阿依样·示例江", "650000198801030014")
    draft = office.begun()
    return office.drafts.save(
        draft.number, LIN, Answers(guardian=guardian), revision=draft.revision
    )


def stale(office: Office) -> object:
    draft = office.begun()
    office.drafts.save(draft.number, LIN, Answers(statement="先"), revision=draft.revision)
    return office.drafts.save(draft.number, LIN, Answers(statement="后"), revision=draft.revision)


def older_text(office: Office) -> object:
    draft = office.begun()
    older = replace(commitment_at(NOW), text_version="2021")
    with office.storage.transaction() as tx:
        tx.replace_application(replace(draft, commitment=older))
    return office.drafts.submit(draft.number, LIN)


def decided(office: Office) -> object:
    number = office.submitted().number
    office.desk.grant(number, LI)
    return office.desk.refuse(number, CHEN, WHY, materials_false=True)


def granted(office: Office, person: object = LIN) -> object:
    return office.desk.grant(office.submitted(person).number, LI)


def registered_for_another(office: Office) -> object:
    office.register(replace(HERE, ended_on=NOW.date()))
    office.register(replace(HERE, citizen_id_number=AYI.citizen_id_number))
    return granted(office)


CASES: dict[str, tuple[Callable[[Office], object], str]] = {
    "a wrong check digit, typed": (check_digit, "bad_citizen_id_number"),
    "a wrong check digit, checked": (
        lambda _: SimulatedIdentityCheck(PEOPLE).verify("520000199205120001"),
        "identity_check_failed",
    ),
    "number and birth date disagree": (
        lambda o: granted(o, replace(LIN, birthdate=date(1992, 5, 13))),
        "not_eligible",
    ),
    "number and sex disagree": (lambda o: granted(o, replace(LIN, sex=Sex.MALE)), "not_eligible"),
    "a registration of another person": (registered_for_another, "not_eligible"),
    "a document of a wrong type": (lambda o: attach(o, b"MZ\x90"), "document_type"),
    "a page that calls itself a document": (lambda o: attach(o, b"<html>"), "document_type"),
    "a document bomb": (lambda o: attach(o, bomb()), "document_bomb"),
    "a document too large": (lambda o: attach(o, bytes(11_000_000)), "document_too_large"),
    "a stale form": (stale, "stale_form"),
    "a commitment to an older text": (older_text, "draft_incomplete"),
    "another person's draft": (
        lambda o: o.drafts.submit(o.begun().number, AYI),
        "unknown_application",
    ),
    "an officer of another county": (
        lambda o: o.desk.grant(o.submitted().number, OUHAI),
        "not_allowed_at_desk",
    ),
    "a decision on what is decided": (decided, "application_state"),
    "no county": (
        lambda o: o.drafts.save(
            o.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.APP).number,
            LIN,
            Answers(county="000000"),
            revision=0,
        ),
        "unknown_county",
    ),
    "no telephone number": (
        lambda o: o.drafts.save(o.begun().number, LIN, Answers(contact_phone="110"), revision=2),
        "bad_phone_number",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_has_a_code_and_a_sentence(office: Office, case: str) -> None:
    attempt, code = CASES[case]

    with pytest.raises(ServiceError) as refused:
        attempt(office)
    assert refused.value.code == code
    assert len(refused.value.detail) > 10
    for private in (LIN.citizen_id_number, LIN.name, "650000198801030014"):
        assert private not in str(refused.value)


@pytest.mark.parametrize(
    "case", ["a document of a wrong type", "a document bomb", "no telephone number"]
)
def test_nothing_of_a_draft_is_lost_by_it(office: Office, case: str) -> None:
    begun = office.begun()
    office.drafts.save(begun.number, LIN, Answers(statement="示范"), revision=begun.revision)
    office.drafts.commit(begun.number, LIN)
    before = office.drafts.held(begun.number, LIN)
    with pytest.raises(ServiceError):
        CASES[case][0](office)

    after = office.drafts.held(begun.number, LIN)
    assert replace(after, revision=0, commitment=None) == replace(
        before, revision=0, commitment=None
    )


def test_a_button_pressed_twice_makes_one_application(office: Office) -> None:
    number = office.begun().number
    once = office.drafts.submit(number, LIN)
    before = office.kept()

    assert office.drafts.submit(number, LIN) == once
    assert office.kept() == before


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_at_midnight_the_day_is_the_one_in_shanghai(
    office: Office, at: datetime, day: date
) -> None:
    office.now = at
    held = office.submitted()
    permit = office.desk.grant(held.number, LI)
    deadline = held.deadline(day)

    assert permit.issued_on == day
    assert deadline is not None
    assert deadline.statutory_on == day + timedelta(days=15)


def test_on_29_february_years_are_counted_to_the_28th_and_come_back(office: Office) -> None:
    office.now = datetime(2028, 2, 29, 4, 0, tzinfo=UTC)
    permit = office.desk.grant(office.submitted().number, LI)
    assert permit.usable_through == date(2029, 2, 28)
    office.now = datetime(2029, 2, 28, 15, 59, tzinfo=UTC)  # the last minute
    draft = office.drafts.open(LIN, Kind.ENDORSEMENT, Channel.APP)
    office.drafts.commit(draft.number, LIN)
    number = office.drafts.submit(draft.number, LIN).number
    office.now += timedelta(minutes=2)
    assert permit.standing_on(date(2029, 3, 1)) is Standing.LAPSED
    endorsed = office.desk.grant(number, LI)

    assert endorsed.usable_through == date(2030, 2, 28)
    assert endorsed.continuous_residence_since == permit.continuous_residence_since
