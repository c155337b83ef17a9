"""What an applicant sees: where each application stands, by when, and what to do next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.applicant_progress import Progress
from issuer.application import Application, Channel, Kind, Material
from issuer.application_desk import ApplicationDesk
from issuer.application_intake import ApplicationIntake, Request
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Grounds
from issuer.draft_changes import new_draft
from issuer.eligibility_facts import Basis
from issuer.errors import UnknownApplicationError
from issuer.officer import ALL_ROLES, Officer
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = PEOPLE["52000019920512000X"], PEOPLE["650000198801030013"]
LI = Officer("li-3", "330302", ALL_ROLES)
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
WHY = Grounds(reason="示范原因", legal_basis="示范条例")
REQUEST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
    commitment=commitment_at(NOW),
)


class Person:
    """Lin with the services she and the officers use, and a clock that a test sets."""

    def __init__(self, storage: IssuerStorage) -> None:
        self.now = NOW
        self.storage = storage
        self.intake = ApplicationIntake(storage, self.clock, allow_demo_ids=True)
        self.desk = ApplicationDesk(
            storage, StoredResidences(storage), self.clock, allow_demo_ids=True
        )
        self.progress = Progress(storage, self.clock)

    def clock(self) -> datetime:
        return self.now

    def later(self, days: int) -> None:
        self.now = NOW + timedelta(days=days)

    def apply(self, kind: Kind = Kind.FIRST_PERMIT) -> Application:
        return self.intake.submit(replace(REQUEST, kind=kind), LIN)


@pytest.fixture
def person(storage: IssuerStorage) -> Person:
    with storage.transaction() as tx:
        tx.put_registrations([HERE])
    return Person(storage)


def test_r5_the_deadline_is_told_as_a_day_and_as_time_left(person: Person) -> None:
    held = person.apply()
    (line,) = person.progress.applications(LIN)

    assert line.application == held
    assert (
        line.sentence_en
        == "Submitted. The police of Lucheng District decide by the end of 2026-11-25."
    )
    assert "鹿城区" in line.sentence_zh
    assert "2026-11-25" in line.sentence_zh
    assert line.time_left == timedelta(days=2, hours=12)
    assert "do not apply again" in line.next_en
    assert [notice.kind for notice in line.notices] == ["submitted"]
    assert (line.permit, line.permit_notices) == (None, ())


def test_late_is_said_and_decides_nothing(person: Person) -> None:
    person.apply()
    person.later(10)
    (line,) = person.progress.applications(LIN)

    assert "it is late" in line.sentence_en
    assert "超过期限" in line.sentence_zh
    assert line.time_left is not None
    assert line.time_left < timedelta(0)
    assert line.application.stage == "submitted"


def test_what_is_lacking_has_its_day_and_the_clock_stands_still(person: Person) -> None:
    number = person.apply().number
    person.desk.request_supplement(number, LI, ["租房合同"])
    line = person.progress.application(number, LIN)

    assert "2026-12-23" in line.sentence_en
    assert line.time_left is None
    assert line.deadline is not None
    assert line.application.supplements[-1].wanted == ("租房合同",)
    assert [notice.kind for notice in line.notices] == ["submitted", "supplement_wanted"]


def test_r6_granted_with_the_permit_and_its_message(person: Person) -> None:
    number = person.apply().number
    permit = person.desk.grant(number, LI)
    line = person.progress.application(number, LIN)

    assert line.sentence_en == f"Permit {permit.number} was granted."
    assert "居住证" in line.next_en
    assert line.permit == permit
    assert [notice.kind for notice in line.permit_notices] == ["granted"]
    assert line.deadline is None


def test_r6_refused_with_a_way_on(person: Person) -> None:
    number = person.apply().number
    person.desk.refuse(number, LI, WHY, materials_false=True)
    line = person.progress.application(number, LIN)

    assert line.sentence_zh == "未予批准，理由见下。"
    assert "review" in line.next_en
    assert [notice.kind for notice in line.notices] == ["submitted", "refused"]


def test_a_refused_endorsement_says_how_long_the_permit_can_be_used(
    person: Person, storage: IssuerStorage
) -> None:
    person.desk.grant(person.apply().number, LI)
    person.later(350)
    number = person.apply(Kind.ENDORSEMENT).number
    with storage.transaction() as tx:
        tx.put_registrations([replace(HERE, ended_on=date(2027, 10, 1))])
    person.desk.refuse(number, LI, WHY)

    assert "2027-11-23" in person.progress.application(number, LIN).next_zh


@pytest.mark.parametrize("kind", Kind)
def test_what_was_granted_is_said_by_kind(
    person: Person, storage: IssuerStorage, kind: Kind
) -> None:
    permit = person.desk.grant(person.apply().number, LI)
    with storage.transaction() as tx:
        granted = tx.applications_of(LIN.citizen_id_number)[0]
        tx.replace_application(replace(granted, kind=kind))
    (line,) = person.progress.applications(LIN)

    assert permit.number in line.sentence_zh
    assert line.next_zh


def test_a_draft_is_kept_and_comes_first(person: Person, storage: IssuerStorage) -> None:
    number = person.apply().number
    person.intake.withdraw(number, LIN)
    with storage.transaction() as tx:
        tx.add_application(new_draft(LIN, Kind.MOVE, Channel.WEB, "", None, []))
    draft, withdrawn = person.progress.applications(LIN)

    assert "kept" in draft.sentence_en
    assert (draft.deadline, draft.time_left) == (None, None)
    assert withdrawn.sentence_en == "You took this application back."
    assert (withdrawn.next_zh, withdrawn.next_en) == ("", "")


def test_what_lapsed_and_what_was_given_up_say_so(person: Person, storage: IssuerStorage) -> None:
    number = person.apply().number
    asked = person.desk.request_supplement(number, LI, ["x"])
    draft = new_draft(LIN, Kind.MOVE, Channel.WEB, "", None, [])
    with storage.transaction() as tx:
        tx.replace_application(steps.lapse(asked, at=NOW + timedelta(days=31)))
        tx.add_application(steps.abandon(draft, at=NOW))

    said = [line.sentence_en for line in person.progress.applications(LIN)]
    assert "nothing was decided" in said[0]
    assert said[1] == "You gave this draft up."


def test_nobody_sees_another_person_s(person: Person) -> None:
    number = person.apply().number

    assert person.progress.applications(AYI) == []
    with pytest.raises(UnknownApplicationError):
        person.progress.application(number, AYI)
