"""Endorsements that need no officer, and all those that do."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import Channel, Granted, Kind, Material
from issuer.application_desk import ApplicationDesk
from issuer.application_intake import ApplicationIntake, Request
from issuer.automatic_endorsement import endorse_automatically
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.eligibility_facts import Basis
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit
from issuer.permit_changes import AUTOMATIC
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DUE = datetime(2027, 11, 1, 4, 0, tzinfo=UTC)
LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
LI = Officer("li-3", "330302", ALL_ROLES)
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
FIRST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(LEASE,),
    commitment=commitment_at(NOW),
)
AGAIN = replace(FIRST, kind=Kind.ENDORSEMENT, materials=())
WHY = Grounds(reason="示范原因", legal_basis="示范条例")


@pytest.fixture
def permit(storage: IssuerStorage) -> Permit:
    """Granted on an application with a lease."""
    with storage.transaction() as tx:
        tx.put_registrations([HERE])
    intake = ApplicationIntake(storage, lambda: NOW, allow_demo_ids=True)
    desk = ApplicationDesk(storage, StoredResidences(storage), lambda: NOW, allow_demo_ids=True)
    return desk.grant(intake.submit(FIRST, LIN).number, LI)


def ask(storage: IssuerStorage, request: Request = AGAIN, at: datetime = DUE) -> str:
    intake = ApplicationIntake(storage, lambda: at, allow_demo_ids=True)
    return intake.submit(request, LIN).number


def run(storage: IssuerStorage, at: datetime = DUE) -> list[str]:
    done = endorse_automatically(storage, StoredResidences(storage), lambda: at)
    return [application.number for application in done]


def test_where_registration_and_ground_still_stand(storage: IssuerStorage, permit: Permit) -> None:
    number = ask(storage)

    assert run(storage) == [number]
    assert run(storage) == []
    with storage.reading() as register:
        endorsed = register.permit(permit.number)
        decided = register.application(number)
        entries = register.audit("330302")[-2:]
        assert [notice.kind for notice in register.notices(permit.number)] == [
            "granted",
            "endorsed",
        ]
    assert endorsed.usable_through == date(2028, 11, 23)
    assert endorsed.endorsement.by == AUTOMATIC
    assert decided.state == Granted(DUE, AUTOMATIC, permit.number)
    assert [(entry.act, entry.actor) for entry in entries] == [
        ("endorse", AUTOMATIC),
        ("grant_application", AUTOMATIC),
    ]


@pytest.mark.parametrize(
    "request_made",
    [
        pytest.param(replace(AGAIN, materials=(LEASE,)), id="a document to be looked at"),
        pytest.param(
            replace(AGAIN, bases=frozenset({Basis.STABLE_EMPLOYMENT})), id="another ground"
        ),
        pytest.param(
            replace(AGAIN, bases=frozenset({Basis.STABLE_HOUSING, Basis.TALENT_EXEMPT})),
            id="a ground more",
        ),
    ],
)
def test_whatever_is_new_waits_for_an_officer(
    storage: IssuerStorage, permit: Permit, request_made: Request
) -> None:
    ask(storage, request_made)

    assert run(storage) == []
    with storage.reading() as register:
        assert register.permit(permit.number) == permit


def test_late_waits_for_an_officer_and_in_time_is_who_asked_in_time(
    storage: IssuerStorage, permit: Permit
) -> None:
    late = datetime(2027, 11, 24, 4, 0, tzinfo=UTC)
    ask(storage, at=late)
    assert run(storage, late) == []
    with storage.transaction() as tx:
        (_, waiting) = tx.applications_of(LIN.citizen_id_number)
        tx.replace_application(replace(waiting, submitted_at=DUE))

    assert run(storage, late) == [waiting.number]
    with storage.reading() as register:
        assert register.permit(permit.number).continuous_residence_since == HERE.registered_on


def test_where_something_has_gone_an_officer_decides(
    storage: IssuerStorage, permit: Permit
) -> None:
    ask(storage)
    with storage.transaction() as tx:
        tx.put_registrations([replace(HERE, ended_on=date(2027, 10, 1))])
    assert run(storage) == []
    with storage.transaction() as tx:
        tx.put_registrations([HERE])
    Desk(storage, lambda: DUE).suspend(permit.number, LI, WHY)

    assert run(storage) == []


def test_what_waits_for_its_applicant_or_is_another_kind_is_left_alone(
    storage: IssuerStorage, permit: Permit
) -> None:
    number = ask(storage)
    ask(storage, replace(AGAIN, kind=Kind.REPLACEMENT))
    desk = ApplicationDesk(storage, StoredResidences(storage), lambda: DUE)
    desk.request_supplement(number, LI, ["x"])

    assert run(storage) == []
