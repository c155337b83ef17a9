"""The person at the counter: identified by who serves there, each asking written down."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from issuer.application import Channel, IdentityDocument, Kind
from issuer.application_drafts import ApplicationDrafts
from issuer.counter_desk import CounterDesk
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk
from issuer.document_store import FileDocumentStore
from issuer.errors import DeskError, IdentityCheckError
from issuer.identity_check import SimulatedIdentityCheck
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.particulars import Particulars
from issuer.storage import IssuerStorage
from schemas.civil_id import CivilIdError

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
OUHAI = Officer("wang-2", "330304", frozenset({Role.REGISTRAR}))
LIN = "52000019920512000X"
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
CARD = IdentityDocument.ID_CARD


@pytest.fixture
def desk(storage: IssuerStorage) -> CounterDesk:
    return CounterDesk(storage, SimulatedIdentityCheck(PEOPLE), lambda: NOW)


def log(storage: IssuerStorage) -> list[tuple[str, str, str, dict[str, str], str]]:
    with storage.reading() as register:
        return [
            (e.act, e.actor, e.permit_number, e.details, e.role) for e in register.audit("330302")
        ]


def test_a_person_is_identified_by_the_number_of_their_document(
    storage: IssuerStorage, desk: CounterDesk
) -> None:
    found = desk.identify(" 52000019920512000x", CARD, WANG)

    assert found == PEOPLE[LIN]
    details = {"document": "id_card", "found": "yes", "tail": "000X"}
    assert log(storage) == [("identify_person", "wang-2", "wang-2", details, "registrar")]
    assert LIN not in str(log(storage))


def test_asking_for_nobody_is_written_down_too(storage: IssuerStorage, desk: CounterDesk) -> None:
    with pytest.raises(IdentityCheckError):
        desk.identify("110101199001011237", CARD, WANG)

    assert log(storage)[0][3] == {"document": "id_card", "found": "no", "tail": "1237"}


def test_a_wrong_number_asks_nobody(storage: IssuerStorage, desk: CounterDesk) -> None:
    with pytest.raises(CivilIdError):
        desk.identify("520000199205120001", CARD, WANG)

    assert log(storage) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_register_is_asked_at_the_counter_only(
    storage: IssuerStorage, desk: CounterDesk, role: Role
) -> None:
    other = Officer("zhao-7", "330302", frozenset({role}))

    with pytest.raises(DeskError):
        desk.identify(LIN, CARD, other)
    with pytest.raises(DeskError):
        desk.person(PEOPLE[LIN], other)

    assert log(storage) == []


def test_what_is_theirs_in_this_county_and_no_other(
    storage: IssuerStorage, desk: CounterDesk, tmp_path: Path
) -> None:
    who = PEOPLE[LIN]
    granting = Desk(storage, lambda: NOW - timedelta(days=30), allow_demo_ids=True)
    permit = granting.grant(
        Particulars(
            name=who.name,
            citizen_id_number=LIN,
            ethnic_group=who.ethnic_group,
            registered_address=who.registered_address,
            residence_address="示范路2号",
            residence_registered_on=date(2025, 1, 1),
            portrait=who.portrait,
        ),
        Officer("li-3", "330302", ALL_ROLES),
    )
    drafts = ApplicationDrafts(
        storage, FileDocumentStore(tmp_path / "documents"), lambda: NOW, allow_demo_ids=True
    )
    draft = drafts.open(who, Kind.REPLACEMENT, Channel.COUNTER, officer=WANG)

    before = len(log(storage))

    here, there = desk.person(who, WANG), desk.person(who, OUHAI)

    assert here.permits == (permit,)
    assert [held.number for held in here.drafts] == [draft.number]
    assert here.waiting == ()
    assert (there.permits, there.drafts, there.waiting) == ((), (), ())
    looks = [(act, actor, subject) for act, actor, subject, _, _ in log(storage)[before:]]
    assert looks == [("look", "wang-2", permit.number), ("look", "wang-2", draft.number)]
    with storage.reading() as register:
        assert register.audit("330304") == []
