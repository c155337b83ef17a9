"""What officers decide: on fresh findings, in one transaction, once, and in their county only."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Granted, Material, Refused
from issuer.application_checks import particulars_of
from issuer.application_desk import ApplicationDesk
from issuer.application_errors import SecondOpinionError
from issuer.application_intake import ApplicationIntake, Request
from issuer.audit_log import verify_chain
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.eligibility import Basis, Outcome
from issuer.errors import (
    ApplicationStateError,
    DeskError,
    NotEligibleError,
    UnknownApplicationError,
)
from issuer.identity_check import VerifiedIdentity
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.residence_register import ResidenceRegistration
from issuer.sql_register import SqlTransaction
from issuer.storage import IssuerStorage, IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from schemas.civil_id import Sex, check_character
from schemas.errors import ServiceError

LI, WANG = Officer("li-3", "330302", ALL_ROLES), Officer("wang-2", "330302", ALL_ROLES)
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LIN = demonstration_identities(today=TODAY)["52000019920512000X"]
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
REQUEST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(LEASE,),
    commitment=commitment_at(NOW),
)


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
def desk(storage: IssuerStorage, time: Time) -> ApplicationDesk:
    return ApplicationDesk(storage, StoredResidences(storage), time, allow_demo_ids=True)


@pytest.fixture
def intake(storage: IssuerStorage, time: Time) -> ApplicationIntake:
    return ApplicationIntake(storage, time, allow_demo_ids=True)


@pytest.fixture
def pending(intake: ApplicationIntake, storage: IssuerStorage) -> Application:
    register(storage, HERE)
    return intake.submit(REQUEST, LIN)


def register(storage: IssuerStorage, *registrations: ResidenceRegistration) -> None:
    with storage.transaction() as tx:
        tx.put_registrations(registrations)


def everything(storage: IssuerStorage) -> tuple[object, ...]:
    with storage.reading() as reading:
        applications = reading.applications()
        permits = reading.permits()
        return (
            applications,
            permits,
            [reading.application_notices(held.number) for held in applications],
            [reading.notices(held.number) for held in permits],
            reading.audit(),
        )


def test_a_grant_is_permit_decision_entries_and_notice_at_once(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage
) -> None:
    permit = desk.grant(pending.number, LI)

    with storage.reading() as reading:
        assert reading.permits() == [permit]
        assert reading.application(pending.number).state == Granted(NOW, "li-3", permit.number)
        entries = reading.audit("330302")
        assert [notice.kind for notice in reading.notices(permit.number)] == ["granted"]
    verify_chain(entries)
    assert [entry.act for entry in entries] == ["apply", "grant", "grant_application"]
    assert entries[-1].details == {"permit": permit.number}
    assert (permit.county, permit.issued_on) == ("330302", TODAY)


def test_r19_the_permit_says_what_check_and_register_say(
    desk: ApplicationDesk, pending: Application
) -> None:
    permit = desk.grant(pending.number, LI)

    assert permit.resident.name == LIN.name
    assert permit.resident.citizen_id_number == LIN.citizen_id_number
    assert permit.residence_address == HERE.address
    assert permit.continuous_residence_since == HERE.registered_on


def test_findings_are_made_anew_at_the_decision(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage
) -> None:
    before = desk.findings(pending.number, LI)
    register(storage, replace(HERE, ended_on=TODAY))

    assert all(finding.outcome is not Outcome.FAILED for finding in before)
    with pytest.raises(NotEligibleError, match="no_residence_registration"):
        desk.grant(pending.number, LI)


def test_a_permit_from_elsewhere_stands_in_the_way(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage, time: Time
) -> None:
    there = particulars_of(pending, [HERE], on=TODAY)
    Desk(storage, time, allow_demo_ids=True).grant(there, OUHAI)

    with pytest.raises(NotEligibleError, match="duplicate_permit"):
        desk.grant(pending.number, LI)


def test_r1_half_a_year_is_that_of_the_day_of_application(
    intake: ApplicationIntake, desk: ApplicationDesk, storage: IssuerStorage, time: Time
) -> None:
    register(storage, replace(HERE, registered_on=date(2026, 5, 24)))
    number = intake.submit(REQUEST, LIN).number
    time.now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)

    with pytest.raises(NotEligibleError, match="residence_too_short"):
        desk.grant(number, LI)


def test_r6_a_refusal_names_each_ground_and_says_so_by_sms(
    intake: ApplicationIntake, desk: ApplicationDesk, storage: IssuerStorage
) -> None:
    register(storage, replace(HERE, registered_on=date(2026, 11, 1)))
    number = intake.submit(replace(REQUEST, materials=()), LIN).number
    refused = desk.refuse(number, WANG, WHY)

    assert isinstance(refused.state, Refused)
    assert [ground.code for ground in refused.state.grounds] == [
        "residence_too_short",
        "materials_incomplete",
    ]
    with storage.reading() as reading:
        entry = reading.audit("330302")[-1]
        notice = reading.application_notices(number)[-1]
        assert reading.permits() == []
    assert entry.details["grounds"] == "residence_too_short,materials_incomplete"
    assert entry.details["legal_basis"] == WHY.legal_basis
    assert notice.kind == "refused"
    assert notice.params == {"grounds": entry.details["grounds"]}


def test_nobody_eligible_is_refused_unless_a_document_is_false(
    desk: ApplicationDesk, pending: Application
) -> None:
    with pytest.raises(ApplicationStateError, match="no ground failed"):
        desk.refuse(pending.number, LI, WHY)

    refused = desk.refuse(pending.number, LI, WHY, materials_false=True)
    assert isinstance(refused.state, Refused)
    assert refused.state.grounds[0].code == "false_materials"


def test_a_supplement_round_ends_in_a_grant(
    intake: ApplicationIntake, desk: ApplicationDesk, storage: IssuerStorage, time: Time
) -> None:
    register(storage, HERE)
    number = intake.submit(replace(REQUEST, materials=()), LIN).number
    asked = desk.request_supplement(number, LI, ["租房合同"])
    time.now = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    with pytest.raises(ApplicationStateError, match="waits for no decision"):
        desk.grant(number, LI)
    supplied = intake.supplement(number, LIN, [LEASE])
    deadline = supplied.deadline(date(2026, 11, 26))

    assert asked.stage == "needs_supplement"
    assert deadline is not None
    assert deadline.promised_on == date(2026, 11, 30)
    assert desk.grant(number, LI).county == "330302"
    with storage.reading() as reading:
        kinds = [notice.kind for notice in reading.application_notices(number)]
    assert kinds == ["submitted", "supplement_wanted"]


def test_looking_at_findings_is_written_down(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage
) -> None:
    desk.findings(pending.number, WANG)

    with storage.reading() as reading:
        entry = reading.audit("330302")[-1]
    assert (entry.act, entry.actor) == ("look", "wang-2")


Attempt = Callable[[ApplicationDesk, str], object]


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (lambda d, n: d.grant(n, OUHAI), DeskError),
        (lambda d, n: d.refuse(n, OUHAI, WHY, materials_false=True), DeskError),
        (lambda d, n: d.request_supplement(n, OUHAI, ["x"]), DeskError),
        (lambda d, n: d.findings(n, OUHAI), DeskError),
        (lambda d, n: d.grant(n, Officer("Li-3", "330302", ALL_ROLES)), DeskError),
        (lambda d, n: d.refuse(n, LI, Grounds("", "b"), materials_false=True), DeskError),
        (lambda d, n: d.refuse(n, LI, WHY), ApplicationStateError),
        (lambda d, n: d.request_supplement(n, LI, []), ApplicationStateError),
        (lambda d, n: d.grant("SQ1", LI), UnknownApplicationError),
        (lambda d, n: d.second_opinion(n, OUHAI), DeskError),
        (lambda d, n: d.second_opinion(n, LI), SecondOpinionError),
        (lambda d, n: d.confirm(n, OUHAI), DeskError),
        (lambda d, n: d.confirm(n, LI), SecondOpinionError),
        (lambda d, n: d.disagree(n, LI, WHY), SecondOpinionError),
        (lambda d, n: d.disagree(n, LI, Grounds("", "b")), DeskError),
        (lambda d, n: d.grant(n, replace(LI, roles=frozenset({Role.REGISTRAR}))), DeskError),
    ],
)
def test_a_refused_act_leaves_no_trace(
    desk: ApplicationDesk,
    pending: Application,
    storage: IssuerStorage,
    attempt: Attempt,
    error: type[ServiceError],
) -> None:
    before = everything(storage)

    with pytest.raises(error):
        attempt(desk, pending.number)

    assert everything(storage) == before


@pytest.mark.parametrize(
    "again",
    [
        lambda d, n: d.grant(n, WANG),
        lambda d, n: d.refuse(n, WANG, WHY, materials_false=True),
        lambda d, n: d.request_supplement(n, WANG, ["x"]),
        lambda d, n: d.second_opinion(n, WANG),
    ],
)
def test_whoever_comes_second_is_told_that_it_is_decided(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage, again: Attempt
) -> None:
    desk.grant(pending.number, LI)
    before = everything(storage)

    with pytest.raises(ApplicationStateError, match="is granted"):
        again(desk, pending.number)
    assert everything(storage) == before


def test_two_officers_at_once_make_one_decision(
    desk: ApplicationDesk, pending: Application, storage: IssuerStorage
) -> None:
    acts: list[Callable[[], object]] = [
        lambda: desk.grant(pending.number, LI),
        lambda: desk.refuse(pending.number, WANG, WHY, materials_false=True),
    ] * 4

    def won(act: Callable[[], object]) -> bool:
        try:
            act()
        except ApplicationStateError as error:
            assert "waits for no decision" in error.detail  # noqa: PT017
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(won, acts)) == 1
    with storage.reading() as reading:
        decided = reading.application(pending.number)
        verify_chain(reading.audit("330302"))
        assert len(reading.permits()) == isinstance(decided.state, Granted)


def test_two_officers_at_the_same_moment_200_times_on_postgresql(postgres_url: str) -> None:
    """Two services on one database: one decision each time, and the other officer is told."""
    rounds = 200
    storages = [SqlIssuerStorage(postgres_url) for _ in range(2)]
    desks = [
        ApplicationDesk(held, StoredResidences(held), lambda: NOW, allow_demo_ids=True)
        for held in storages
    ]
    intake = ApplicationIntake(storages[0], lambda: NOW, allow_demo_ids=True)
    people = [born(TODAY.replace(year=1970) + timedelta(days=day)) for day in range(rounds)]
    register(storages[0], *(replace(HERE, citizen_id_number=p.citizen_id_number) for p in people))
    numbers = [intake.submit(REQUEST, person).number for person in people]
    ready = Barrier(2)

    def decide(turn: int) -> list[bool]:
        won = []
        for number in numbers:
            ready.wait(timeout=30)
            try:
                desks[turn].grant(number, (LI, WANG)[turn])
                won.append(True)
            except ApplicationStateError:
                won.append(False)
        return won

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(decide, range(2))
    with storages[1].reading() as reading:
        permits, entries = reading.permits(), reading.audit("330302")
    for held in storages:
        held.close()

    assert [first + second for first, second in zip(one, other, strict=True)] == [1] * rounds
    assert len(permits) == rounds
    verify_chain(entries)
    assert Counter(entry.act for entry in entries) == dict.fromkeys(
        ("apply", "grant", "grant_application"), rounds
    )


def born(day: date) -> VerifiedIdentity:
    """Somebody invented, born on ``day``."""
    digits = f"520000{day:%Y%m%d}001"
    number = digits + check_character(digits)
    return replace(LIN, citizen_id_number=number, birthdate=day, sex=Sex.MALE)


@pytest.mark.parametrize(
    "broken", ["add_permit", "append_audit", "add_notice", "replace_application"]
)
def test_a_grant_that_fails_at_any_step_has_not_happened(
    desk: ApplicationDesk,
    pending: Application,
    storage: IssuerStorage,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = getattr(SqlTransaction, broken)

    def then_fail(tx: IssuerTransaction, *arguments: object) -> None:
        whole(tx, *arguments)
        raise InterruptedError

    before = everything(storage)
    monkeypatch.setattr(SqlTransaction, broken, then_fail)

    with pytest.raises(InterruptedError):
        desk.grant(pending.number, LI)

    assert everything(storage) == before


WU = demonstration_identities(today=TODAY)["610000199507150003"]
TALENT = replace(
    REQUEST,
    bases=frozenset({Basis.TALENT_EXEMPT}),
    materials=(Material(Basis.TALENT_EXEMPT, "cd" * 32, "温州市人民政府"),),
)


@pytest.fixture
def exempt(intake: ApplicationIntake, storage: IssuerStorage) -> Application:
    """Registered three days ago; a talent by a government's determination."""
    here = replace(HERE, citizen_id_number=WU.citizen_id_number, registered_on=date(2026, 11, 20))
    register(storage, here)
    return intake.submit(TALENT, WU)


def test_r2_an_exemption_is_proposed_by_one_officer_and_confirmed_by_another(
    desk: ApplicationDesk, exempt: Application, storage: IssuerStorage
) -> None:
    with pytest.raises(SecondOpinionError, match="takes two officers"):
        desk.grant(exempt.number, LI)
    proposed = desk.second_opinion(exempt.number, LI)
    with pytest.raises(SecondOpinionError, match="does not confirm"):
        desk.confirm(exempt.number, LI)
    permit = desk.confirm(exempt.number, WANG)

    assert proposed.proposal is not None
    assert proposed.proposal.by == "li-3"
    assert permit.endorsement.by == "wang-2"
    with storage.reading() as reading:
        decided = reading.application(exempt.number)
        entries = reading.audit("330302")
    assert decided.state == Granted(NOW, "wang-2", permit.number)
    assert decided.proposal == proposed.proposal
    assert [(entry.act, entry.actor) for entry in entries] == [
        ("apply", "applicant"),
        ("propose_grant", "li-3"),
        ("grant", "wang-2"),
        ("grant_application", "wang-2"),
    ]
    assert entries[-1].details == {"permit": permit.number, "proposed_by": "li-3"}


def test_the_second_officer_may_disagree_and_nothing_is_decided(
    desk: ApplicationDesk, exempt: Application, storage: IssuerStorage
) -> None:
    desk.second_opinion(exempt.number, LI)
    with pytest.raises(SecondOpinionError, match="already"):
        desk.second_opinion(exempt.number, WANG)
    back = desk.disagree(exempt.number, WANG, WHY)

    assert (back.proposal, back.stage) == (None, "submitted")
    with pytest.raises(SecondOpinionError):
        desk.confirm(exempt.number, LI)
    with storage.reading() as reading:
        assert reading.permits() == []
        assert reading.audit()[-1].details["proposed_by"] == "li-3"


def test_an_exemption_that_fails_at_its_confirmation_is_not_granted(
    desk: ApplicationDesk, exempt: Application, storage: IssuerStorage
) -> None:
    desk.second_opinion(exempt.number, LI)
    register(
        storage,
        replace(
            HERE,
            citizen_id_number=WU.citizen_id_number,
            registered_on=date(2026, 11, 20),
            ended_on=TODAY,
        ),
    )
    with pytest.raises(NotEligibleError, match="no_residence_registration"):
        desk.confirm(exempt.number, WANG)


def test_nobody_outside_the_county_makes_the_register_be_asked(
    storage: IssuerStorage, pending: Application
) -> None:
    class Watched(StoredResidences):
        asked = 0

        def registrations_of(self, citizen_id_number: str) -> list[ResidenceRegistration]:
            self.asked += 1
            return super().registrations_of(citizen_id_number)

    residences = Watched(storage)
    desk = ApplicationDesk(storage, residences, lambda: NOW)
    attempts: list[Callable[[], object]] = [
        lambda: desk.findings(pending.number, OUHAI),
        lambda: desk.grant(pending.number, OUHAI),
    ]
    for attempt in attempts:
        with pytest.raises(DeskError):
            attempt()
    assert residences.asked == 0
    desk.findings(pending.number, LI)
    assert residences.asked == 1
