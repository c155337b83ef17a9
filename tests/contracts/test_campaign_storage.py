"""The contract for campaigns, mass acts, proposals and what chooses permits; for every adapter."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Application, Channel, Commitment, Kind
from issuer.batch import Outcome, Stage
from issuer.campaign import Campaign, Due, DuePermit
from issuer.campaign_storage import CohortPermit, ExpiringPermit, SaidNotice, WaitingPermit
from issuer.eligibility import Basis
from issuer.errors import StorageError, UnknownBatchError, UnknownProposalError
from issuer.identity_check import VerifiedIdentity
from issuer.mass_act import Criteria, MassAct
from issuer.particulars import Resident
from issuer.permit import Permit, endorse, grant
from issuer.proposal import Proposal, confirm
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage, IssuerTransaction, Notice
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex
from schemas.status_list import INVALID, SUSPENDED, VALID

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 23)
LUCHENG, OUHAI = "330302", "330304"
KEY, OTHER_KEY = "k" * 43, "o" * 43
CAMPAIGN = Campaign(
    id="PL33030220260000001",
    county=LUCHENG,
    due=Due.BOTH,
    started_by="li-3",
    started_on=DAY,
    started_at=AT,
)
MASS_ACT = MassAct(
    id="PL33030220260000002",
    county=LUCHENG,
    criteria=Criteria(officer="wang-2", basis=Basis.STABLE_HOUSING, first_day=DAY, last_day=DAY),
    reason="示范原因",
    legal_basis="示范条例",
    proposed_by="li-3",
    proposed_at=AT,
)
PROPOSAL = Proposal(
    id="TY33030220260000001",
    county=LUCHENG,
    permit_number="P1",
    reason="示范原因",
    legal_basis="示范条例",
    proposed_by="li-3",
    proposed_at=AT,
)


def permit(n: int, *, county: str = LUCHENG, on: date = DAY, by: str = "wang-2") -> Permit:
    resident = Resident(
        name="𠮷示范·示",
        citizen_id_number=f"{n:018d}",
        sex=Sex.MALE,
        birthdate=date(1990, 1, 1),
        ethnic_group="01",
        registered_address="示范省示范市1号",
        portrait=b"\xff\xd8\xff",
    )
    return grant(
        number=f"P{n}",
        county=county,
        resident=resident,
        residence_address="示范路1号",
        registered_on=on,
        on=on,
        by=by,
    )


def application(n: int, number: str, kind: Kind, basis: Basis) -> Application:
    return Application(
        number=number,
        kind=kind,
        channel=Channel.WEB,
        county=LUCHENG,
        applicant=VerifiedIdentity(
            name="示范",
            citizen_id_number=f"{n:018d}",
            sex=Sex.MALE,
            birthdate=date(1990, 1, 1),
            ethnic_group="01",
            household_code="430100",
            registered_address="湖南省长沙市示范路9号",
            portrait=b"\x89PNG\r\n\x1a\n",
        ),
        bases=frozenset({basis}),
        commitment=Commitment("2026-11", "cd" * 32, AT),
    )


@pytest.fixture
def storage(register_url: str) -> Iterator[IssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    yield opened
    opened.close()


@pytest.fixture
def four(storage: IssuerStorage) -> list[Permit]:
    """P1 to P3 in Lucheng and P4 in Ouhai; P2 suspended, P3 ended."""
    made = [permit(n, county=OUHAI if n == 4 else LUCHENG) for n in range(1, 5)]
    with storage.transaction() as tx:
        for one in made:
            tx.add_permit(one)
        tx.set_permit_status("P2", SUSPENDED)
        tx.set_permit_status("P3", INVALID)
    return made


def test_who_is_due_is_found_by_the_day_and_without_ended_ones(
    storage: IssuerStorage, four: list[Permit]
) -> None:
    through = date(2027, 11, 23)
    p1 = DuePermit("P1", f"{1:018d}", through, suspended=False)
    p2 = DuePermit("P2", f"{2:018d}", through, suspended=True)
    with storage.reading() as register:
        assert register.due_permits(LUCHENG, through, through) == [p1, p2]
        assert register.due_permits(LUCHENG, date.min, through) == [p1, p2]
        assert register.due_permits(LUCHENG, through + timedelta(days=1), date.max) == []
        assert register.due_permits(LUCHENG, date.min, through - timedelta(days=1)) == []
    with storage.transaction() as tx:
        tx.replace_permit(endorse(four[0], on=date(2027, 11, 1), by="li-3"))
        assert tx.due_permits(LUCHENG, through, through) == [p2]
        assert tx.due_permits(LUCHENG, date(2028, 11, 23), date.max)[0].number == "P1"


@pytest.mark.parametrize(
    ("criteria", "numbers"),
    [
        pytest.param(Criteria(officer="wang-2"), ["P1", "P2", "P3"], id="who granted"),
        pytest.param(Criteria(officer="li-3"), ["P1"], id="who endorsed"),
        pytest.param(Criteria(officer="li"), [], id="not part of an id"),
        pytest.param(Criteria(first_day=date(2027, 11, 1)), ["P1"], id="from a day on"),
        pytest.param(Criteria(last_day=DAY), ["P1", "P2", "P3"], id="up to a day"),
        pytest.param(Criteria(last_day=DAY - timedelta(days=1)), [], id="before all"),
        pytest.param(
            Criteria(officer="wang-2", first_day=DAY + timedelta(days=1)),
            [],
            id="officer and days are of one endorsement",
        ),
        pytest.param(Criteria(signing_key=KEY), ["P1", "P2"], id="key of a copy"),
        pytest.param(Criteria(signing_key=OTHER_KEY, officer="wang-2"), ["P2"], id="and officer"),
        pytest.param(Criteria(signing_key="x" * 43), [], id="unknown key"),
        pytest.param(Criteria(basis=Basis.STABLE_HOUSING), ["P1"], id="ground"),
        pytest.param(Criteria(basis=Basis.TALENT_EXEMPT), [], id="ground that was refused"),
    ],
)
def test_a_cohort_is_where_all_criteria_hold(
    storage: IssuerStorage, four: list[Permit], criteria: Criteria, numbers: list[str]
) -> None:
    housing = application(1, "SQ1", Kind.FIRST_PERMIT, Basis.STABLE_HOUSING)
    granted = steps.grant(steps.submit(housing, at=AT), permit_number="P1", by="wang-2", at=AT)
    talent = application(2, "SQ2", Kind.FIRST_PERMIT, Basis.TALENT_EXEMPT)
    with storage.transaction() as tx:
        tx.replace_permit(endorse(four[0], on=date(2027, 11, 1), by="li-3"))
        for number, key in (("P1", KEY), ("P2", KEY), ("P2", OTHER_KEY)):
            tx.allocate_status(LUCHENG, number, 2, expires_on=DAY, signed_by=key)
        tx.allocate_status(LUCHENG, "P3", 1, expires_on=DAY)
        tx.add_application(granted)
        tx.add_application(steps.withdraw(steps.submit(talent, at=AT), at=AT))

    with storage.reading() as register:
        found = register.cohort(LUCHENG, criteria)
        assert register.signing_keys(LUCHENG) == {"": 1, KEY: 4, OTHER_KEY: 2}
        assert register.signing_keys(OUHAI) == {}

    standing = {"P1": VALID, "P2": SUSPENDED, "P3": INVALID}
    assert found == [CohortPermit(number, standing[number]) for number in numbers]


def test_an_application_counts_from_when_it_is_handed_in(storage: IssuerStorage) -> None:
    draft, handed_in, decided, other_kind = (
        application(n, f"SQ{n}", Kind.ENDORSEMENT, Basis.STABLE_HOUSING) for n in range(1, 5)
    )
    with storage.transaction() as tx:
        tx.add_application(draft)
        tx.add_application(steps.submit(handed_in, at=AT))
        tx.add_application(steps.withdraw(steps.submit(decided, at=AT), at=AT))
        tx.add_application(steps.submit(replace(other_kind, kind=Kind.MOVE), at=AT))
        asked = {f"{n:018d}" for n in range(1, 5)}

        assert tx.endorsement_applicants(asked) == {f"{2:018d}"}
        assert tx.endorsement_applicants([]) == set()


def test_permits_by_number_and_those_that_run_out(
    storage: IssuerStorage, four: list[Permit]
) -> None:
    through = date(2027, 11, 23)
    p1, p4 = ExpiringPermit(LUCHENG, through, "P1"), ExpiringPermit(OUHAI, through, "P4")
    with storage.reading() as register:
        assert register.permits_numbered(["P4", "P1", "PX"]) == {"P1": four[0], "P4": four[3]}
        assert list(register.permits_numbered(["P4", "P1"])) == ["P1", "P4"]
        assert register.expiring_permits(DAY, through, limit=9) == [p1, p4]
        assert register.expiring_permits(DAY, through, limit=1) == [p1]
        assert register.expiring_permits(DAY, through, after=p1, limit=9) == [p4]
        assert register.expiring_permits(DAY, through, after=p4, limit=9) == []
        assert register.expiring_permits(DAY, DAY, limit=9) == []


def test_registrations_of_each_are_those_of_one(storage: IssuerStorage) -> None:
    here = ResidenceRegistration(f"{1:018d}", OUHAI, "示范路9号", DAY)
    ended = ResidenceRegistration(f"{1:018d}", LUCHENG, "示范路8号", DAY, DAY)
    people = [f"{n:018d}" for n in (2, 1)]
    with storage.transaction() as tx:
        tx.put_registrations([here, ended])

        assert tx.registrations_of_each(people) == {people[0]: [], people[1]: [ended, here]}
        assert tx.registrations_of_each(people[1:]) == {people[1]: tx.registrations_of(people[1])}
        assert tx.registrations_of_each([]) == {}


def test_notices_are_found_by_permit_and_kind(storage: IssuerStorage, four: list[Permit]) -> None:
    with storage.transaction() as tx:
        for number, kind in (("P1", "a"), ("P1", "b"), ("P2", "a")):
            tx.add_notice(Notice(number, LUCHENG, kind, AT, {"usable_through": "示"}))
        found = tx.said_notices(["P1", "P4"], ["a", "c"])

    assert found == [SaidNotice("P1", "a", {"usable_through": "示"})]


def test_batches_come_back_the_latest_first_and_only_to_their_county(
    storage: IssuerStorage,
) -> None:
    finished = replace(CAMPAIGN, stage=Stage.FINISHED, ended_at=AT)
    with storage.transaction() as tx:
        assert [tx.next_batch_serial(LUCHENG, 2026), tx.next_batch_serial(OUHAI, 2026)] == [1, 1]
        tx.add_batch(CAMPAIGN)
        tx.add_batch(MASS_ACT)
        tx.replace_batch(finished)
        serials = [tx.next_batch_serial(c, y) for c, y in ((LUCHENG, 2026), (LUCHENG, 2027))]

    with storage.reading() as register:
        assert register.batches(LUCHENG) == [MASS_ACT, finished]
        assert register.batches(OUHAI) == []
        assert register.batch(CAMPAIGN.id) == finished
        with pytest.raises(UnknownBatchError):
            register.batch("PL")
    assert serials == [3, 1]


def test_items_have_their_turn_once(storage: IssuerStorage, four: list[Permit]) -> None:
    with storage.transaction() as tx:
        tx.add_batch(CAMPAIGN)
        tx.add_batch_items(CAMPAIGN.id, ["P3", "P1", "P2"])
        waiting = [WaitingPermit(f"P{n}", f"{n:018d}") for n in (1, 2, 3)]
        assert tx.waiting_permits(CAMPAIGN.id, 9) == waiting
        assert tx.waiting_permits(CAMPAIGN.id, 1) == waiting[:1]
        tx.settle_items(CAMPAIGN.id, {"P1": Outcome.DONE, "P3": Outcome.ENDED}, AT)
        tx.settle_items(CAMPAIGN.id, {}, AT)
        assert tx.waiting_permits(CAMPAIGN.id, 9) == waiting[1:2]

    with storage.reading() as register:
        counts = register.batch_counts(CAMPAIGN.id)
        items = register.batch_items(CAMPAIGN.id, limit=9)
        assert register.batch_items(CAMPAIGN.id, after="P1", limit=1) == items[1:2]
        assert register.batch_items(CAMPAIGN.id, limit=9, outcome=Outcome.ENDED) == items[2:]
        assert register.items_numbered(CAMPAIGN.id, ["P3", "P4"]) == {"P3": items[2]}
    assert (counts.waiting, counts.done, counts.left_out) == (1, 1, {Outcome.ENDED: 1})
    assert [(i.permit_number, i.outcome, i.at) for i in items] == [
        ("P1", Outcome.DONE, AT),
        ("P2", None, None),
        ("P3", Outcome.ENDED, AT),
    ]


def test_proposals_wait_until_they_are_decided(storage: IssuerStorage, four: list[Permit]) -> None:
    confirmed = confirm(PROPOSAL, by="chen-5", at=AT)
    again = replace(PROPOSAL, id="TY33030220260000002")
    with storage.transaction() as tx:
        tx.add_proposal(PROPOSAL)
        assert tx.proposals(LUCHENG, open_only=True) == [PROPOSAL]
        tx.replace_proposal(confirmed)
        assert tx.next_proposal_serial(LUCHENG, 2026) == 2
        tx.add_proposal(again)

    with storage.reading() as register:
        assert register.proposals(LUCHENG, open_only=True) == [again]
        assert register.proposals(LUCHENG) == [confirmed, again]
        assert register.proposals(OUHAI) == []
        assert register.proposal(PROPOSAL.id) == confirmed
        with pytest.raises(UnknownProposalError):
            register.proposal("TY")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda tx: tx.add_batch(CAMPAIGN), id="id taken"),
        pytest.param(lambda tx: tx.replace_batch(MASS_ACT), id="nothing to replace"),
        pytest.param(lambda tx: tx.add_batch_items(CAMPAIGN.id, ["P1"]), id="in it already"),
        pytest.param(lambda tx: tx.add_batch_items(CAMPAIGN.id, ["PX"]), id="no such permit"),
        pytest.param(
            lambda tx: tx.settle_items(CAMPAIGN.id, {"P1": Outcome.ENDED}, AT), id="had its turn"
        ),
        pytest.param(
            lambda tx: tx.settle_items(CAMPAIGN.id, {"P2": Outcome.DONE, "P3": Outcome.DONE}, AT),
            id="one of two is not in the batch",
        ),
        pytest.param(
            lambda tx: tx.add_proposal(replace(PROPOSAL, id="TY2")), id="one open one a permit"
        ),
        pytest.param(lambda tx: tx.replace_proposal(replace(PROPOSAL, id="TY2")), id="no proposal"),
    ],
)
def test_a_caller_s_fault_undoes_the_whole_transaction(
    storage: IssuerStorage, four: list[Permit], fault: Callable[[IssuerTransaction], None]
) -> None:
    with storage.transaction() as tx:
        tx.add_batch(CAMPAIGN)
        tx.add_batch_items(CAMPAIGN.id, ["P1", "P2"])
        tx.settle_items(CAMPAIGN.id, {"P1": Outcome.DONE}, AT)
        tx.add_proposal(PROPOSAL)

    def faulty_block() -> None:
        with storage.transaction() as tx:
            tx.replace_batch(replace(CAMPAIGN, stage=Stage.STOPPED))
            fault(tx)

    with pytest.raises((StorageError, UnknownBatchError, UnknownProposalError)):
        faulty_block()

    with storage.reading() as register:
        assert register.batch(CAMPAIGN.id) == CAMPAIGN
        assert register.batch_counts(CAMPAIGN.id).done == 1
