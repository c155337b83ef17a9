"""Campaigns: chosen, run, interrupted and shared, each permit endorsed once and as at the desk."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Commitment, Kind
from issuer.application_steps import submit
from issuer.audit_log import verify_chain
from issuer.batch import Outcome, Stage
from issuer.campaign import Due
from issuer.campaigns import Campaigns
from issuer.desk import Desk, Grounds
from issuer.eligibility import Basis
from issuer.errors import BatchStateError, DeskError, UnknownBatchError
from issuer.identity_check import VerifiedIdentity
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from schemas.civil_id import Sex

LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
REGISTRAR = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
AUDITOR = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")


class Time:
    """A clock that a test sets; in the window of all permits at first."""

    def __init__(self) -> None:
        self.now = datetime(2027, 11, 1, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def campaigns(storage: IssuerStorage, time: Time) -> Campaigns:
    return Campaigns(storage, StoredResidences(storage), time)


@pytest.fixture
def desk(storage: IssuerStorage, time: Time) -> Desk:
    return Desk(storage, time)


@pytest.fixture
def numbers(storage: IssuerStorage, permit: Permit) -> list[str]:
    """Seven permits of residents who are registered, usable through 2027-11-23."""
    more = [
        replace(
            permit,
            number=f"{permit.number}{n}",
            resident=replace(permit.resident, citizen_id_number=f"{n:018d}"),
        )
        for n in range(1, 7)
    ]
    with storage.transaction() as tx:
        for one in more:
            tx.add_permit(one)
        tx.put_registrations(
            ResidenceRegistration(
                one.resident.citizen_id_number, one.county, "示范路1号", date(2026, 1, 1)
            )
            for one in (permit, *more)
        )
    return [permit.number, *(one.number for one in more)]


def endorsements(storage: IssuerStorage) -> list[int]:
    with storage.reading() as register:
        return [permit.endorsement.sequence for permit in register.permits("330302")]


def test_a_campaign_endorses_each_as_the_desk_does(
    campaigns: Campaigns, desk: Desk, storage: IssuerStorage, numbers: list[str]
) -> None:
    by_hand = desk.endorse(numbers[0], LI)
    moves: list[tuple[int, int]] = []

    started = campaigns.start(LI)
    ran = campaigns.run(
        started.id, CHEN, batch_size=4, progress=lambda done, total: moves.append((done, total))
    )

    with storage.reading() as register:
        permits = {permit.number: permit for permit in register.permits("330302")}
        entries = register.audit("330302")
        notices = [register.notices(number) for number in numbers]
    verify_chain(entries)
    assert ran.stage is Stage.FINISHED
    assert moves == [(0, 6), (4, 6), (6, 6)]
    assert all(
        (permit.endorsements, permit.continuous_residence_since)
        == (by_hand.endorsements, by_hand.continuous_residence_since)
        for permit in permits.values()
    )
    assert [[notice.kind for notice in told] for told in notices] == [["endorsed"]] * 7
    by_campaign = [entry for entry in entries if "run_by" in entry.details]
    assert [entry.permit_number for entry in by_campaign] == numbers[1:]
    assert {(entry.act, entry.actor, entry.role) for entry in by_campaign} == {
        ("endorse", "li-3", "approver")
    }
    assert by_campaign[0].details == {
        "usable_through": "2028-11-23",
        "late": "no",
        "batch": started.id,
        "run_by": "chen-5",
    }
    assert [(entry.act, entry.permit_number, entry.actor) for entry in entries[1:2]] == [
        ("start_campaign", started.id, "li-3")
    ]
    assert (entries[-1].act, entries[-1].actor) == ("finish_batch", "chen-5")
    assert entries[-1].details == {"done": "6"}


def test_run_again_it_does_nothing(
    campaigns: Campaigns, storage: IssuerStorage, numbers: list[str]
) -> None:
    started = campaigns.start(LI)
    first = campaigns.run(started.id, LI)
    with storage.reading() as register:
        before = register.audit("330302")

    assert campaigns.run(started.id, LI) == first
    with storage.reading() as register:
        assert register.audit("330302") == before


def test_the_preview_counts_who_is_left_out_and_puts_nothing_down(
    campaigns: Campaigns, desk: Desk, storage: IssuerStorage, numbers: list[str]
) -> None:
    desk.suspend(numbers[1], LI, WHY)
    desk.cancel(numbers[2], LI, WHY)
    with storage.transaction() as tx:
        tx.put_registrations(
            [ResidenceRegistration(f"{3:018d}", "330302", "x", date(2026, 1, 1), date(2027, 1, 1))]
        )
        tx.add_application(endorsement_of(4))
    with storage.reading() as register:
        before = register.audit("330302")

    found = campaigns.preview(LI)

    assert found.count == 3
    assert found.sample == (numbers[0], numbers[5], numbers[6])
    assert found.left_out == {
        Outcome.SUSPENDED: 1,
        Outcome.NOT_REGISTERED: 1,
        Outcome.APPLIED_FOR: 1,
    }
    with storage.reading() as register:
        assert register.audit("330302") == before
        assert register.batches("330302") == []
    assert campaigns.preview(OUHAI).count == 0


def endorsement_of(n: int) -> Application:
    """Handed in by the resident of this number."""
    at = datetime(2027, 10, 30, 4, tzinfo=UTC)
    draft = Application(
        number=f"SQ{n}",
        kind=Kind.ENDORSEMENT,
        channel=Channel.WEB,
        county="330302",
        applicant=VerifiedIdentity(
            name="张示范",
            citizen_id_number=f"{n:018d}",
            sex=Sex.MALE,
            birthdate=date(1990, 1, 1),
            ethnic_group="01",
            household_code="430100",
            registered_address="示范省示范市1号",
            portrait=b"\xff\xd8\xff",
        ),
        bases=frozenset({Basis.STABLE_HOUSING}),
        commitment=Commitment("2026-11", "cd" * 32, at),
    )
    return submit(draft, at=at)


@pytest.mark.parametrize(
    ("due", "counts"),
    [(Due.IN_WINDOW, (7, 0)), (Due.LAPSED, (0, 7)), (Due.BOTH, (7, 7))],
)
def test_in_the_window_or_lapsed_as_chosen(
    campaigns: Campaigns, time: Time, numbers: list[str], due: Due, counts: tuple[int, int]
) -> None:
    in_window = campaigns.preview(LI, due).count
    time.now = datetime(2028, 1, 10, 4, tzinfo=UTC)
    lapsed = campaigns.preview(LI, due).count

    assert (in_window, lapsed) == counts


def test_a_late_campaign_starts_the_years_anew(
    campaigns: Campaigns, storage: IssuerStorage, time: Time, numbers: list[str]
) -> None:
    time.now = datetime(2028, 1, 10, 4, tzinfo=UTC)
    campaigns.run(campaigns.start(LI, Due.LAPSED).id, LI)

    with storage.reading() as register:
        permits = register.permits("330302")
        entry = register.audit("330302")[1]
    assert {permit.continuous_residence_since for permit in permits} == {date(2028, 1, 10)}
    assert entry.details["late"] == "yes"


Meanwhile = Callable[[Desk, IssuerStorage, Time, str], object]


def move_away(desk: Desk, storage: IssuerStorage, time: Time, number: str) -> None:
    with storage.transaction() as tx:
        person = tx.permit(number).resident.citizen_id_number
        tx.put_registrations(
            [ResidenceRegistration(person, "330302", "x", date(2026, 1, 1), date(2027, 10, 1))]
        )


def apply(desk: Desk, storage: IssuerStorage, time: Time, number: str) -> None:
    with storage.transaction() as tx:
        tx.add_application(endorsement_of(6))


def wait(desk: Desk, storage: IssuerStorage, time: Time, number: str) -> None:
    time.now += timedelta(days=30)


@pytest.mark.parametrize(
    ("meanwhile", "outcome", "times"),
    [
        pytest.param(lambda d, s, t, n: d.endorse(n, CHEN), Outcome.ENDORSED, 2, id="by hand"),
        pytest.param(lambda d, s, t, n: d.suspend(n, CHEN, WHY), Outcome.SUSPENDED, 1, id="order"),
        pytest.param(lambda d, s, t, n: d.cancel(n, CHEN, WHY), Outcome.ENDED, 1, id="ended"),
        pytest.param(move_away, Outcome.NOT_REGISTERED, 1, id="moved away"),
        pytest.param(apply, Outcome.APPLIED_FOR, 1, id="applied"),
        pytest.param(wait, Outcome.LAPSED, 1, id="lapsed"),
    ],
)
def test_a_permit_that_changed_meanwhile_is_left_with_the_reason(
    campaigns: Campaigns,
    desk: Desk,
    storage: IssuerStorage,
    time: Time,
    numbers: list[str],
    meanwhile: Meanwhile,
    outcome: Outcome,
    times: int,
) -> None:
    started = campaigns.start(LI)
    meanwhile(desk, storage, time, numbers[6])

    campaigns.run(started.id, LI)

    assert campaigns.counts(started.id, LI).left_out[outcome] >= 1
    assert campaigns.items(started.id, LI, after=numbers[5])[0].outcome is outcome
    assert endorsements(storage)[6] == times


class KilledError(Exception):
    """What a test raises where a process would be killed."""


@pytest.mark.parametrize("at", [1, 2, 3])
def test_interrupted_and_run_again_each_is_endorsed_once(
    campaigns: Campaigns, storage: IssuerStorage, numbers: list[str], at: int
) -> None:
    started = campaigns.start(LI)
    calls: list[int] = []

    def interrupt(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == at:
            raise KilledError

    with pytest.raises(KilledError):
        campaigns.run(started.id, LI, batch_size=3, progress=interrupt)
    assert campaigns.counts(started.id, LI).done == 3 * (at - 1)
    campaigns.run(started.id, CHEN, batch_size=2)

    assert endorsements(storage) == [2] * 7
    assert campaigns.counts(started.id, LI).done == 7


def test_two_runs_at_once_share_the_work(
    campaigns: Campaigns, storage: IssuerStorage, numbers: list[str]
) -> None:
    started = campaigns.start(LI)

    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(campaigns.run, started.id, officer, batch_size=size)
            for officer, size in ((LI, 1), (CHEN, 2), (LI, 3), (CHEN, 1))
        ]
        stages = {run.result().stage for run in runs}

    with storage.reading() as register:
        entries = register.audit("330302")
    verify_chain(entries)
    assert stages == {Stage.FINISHED}
    assert endorsements(storage) == [2] * 7
    assert [entry.act for entry in entries].count("finish_batch") == 1


def test_a_stopped_campaign_leaves_who_waits_and_makes_room(
    campaigns: Campaigns, storage: IssuerStorage, numbers: list[str]
) -> None:
    started = campaigns.start(LI)
    with pytest.raises(BatchStateError, match="not at its end"):
        campaigns.start(CHEN)

    def stop_soon(done: int, total: int) -> None:
        if done == 2 and campaigns.campaign(started.id, LI).stage is Stage.RUNNING:
            campaigns.stop(started.id, CHEN)

    stopped = campaigns.run(started.id, LI, batch_size=2, progress=stop_soon)

    assert stopped.stage is Stage.STOPPED
    assert endorsements(storage) == [2, 2, 1, 1, 1, 1, 1]
    with pytest.raises(BatchStateError, match="stopped"):
        campaigns.run(started.id, LI)
    second = campaigns.start(LI)
    assert second.id > started.id
    assert campaigns.campaigns(LI) == [second, stopped]
    assert campaigns.run(second.id, LI).stage is Stage.FINISHED
    assert endorsements(storage) == [2] * 7


def test_of_two_started_at_once_one_is_told(
    storage: IssuerStorage, time: Time, numbers: list[str]
) -> None:
    class Slow(StoredResidences):
        """While it is asked, a colleague starts a campaign."""

        def registrations_of_each(
            self, citizen_id_numbers: Collection[str]
        ) -> dict[str, list[ResidenceRegistration]]:
            Campaigns(storage, StoredResidences(storage), time).start(CHEN)
            return super().registrations_of_each(citizen_id_numbers)

    with pytest.raises(BatchStateError, match="not at its end"):
        Campaigns(storage, Slow(storage), time).start(LI)

    with storage.reading() as register:
        assert len(register.batches("330302")) == 1


Attempt = Callable[[Campaigns, str], object]


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(lambda c, i: c.preview(REGISTRAR), id="a registrar previews"),
        pytest.param(lambda c, i: c.start(REGISTRAR), id="a registrar starts"),
        pytest.param(lambda c, i: c.run(i, REGISTRAR), id="a registrar runs"),
        pytest.param(lambda c, i: c.run(i, AUDITOR), id="an auditor runs"),
        pytest.param(lambda c, i: c.stop(i, AUDITOR), id="an auditor stops"),
        pytest.param(lambda c, i: c.run(i, OUHAI), id="another county runs"),
        pytest.param(lambda c, i: c.stop(i, OUHAI), id="another county stops"),
        pytest.param(lambda c, i: c.campaign(i, OUHAI), id="another county looks"),
        pytest.param(lambda c, i: c.counts(i, OUHAI), id="another county counts"),
        pytest.param(lambda c, i: c.items(i, OUHAI), id="another county lists"),
        pytest.param(lambda c, i: c.campaigns(replace(LI, roles=frozenset())), id="no role"),
    ],
)
def test_only_approvers_of_the_county_act(
    campaigns: Campaigns, storage: IssuerStorage, numbers: list[str], attempt: Attempt
) -> None:
    started = campaigns.start(LI)

    with pytest.raises(DeskError):
        attempt(campaigns, started.id)

    assert endorsements(storage) == [1] * 7
    assert campaigns.campaign(started.id, AUDITOR) == started


def test_what_cannot_be_is_refused(campaigns: Campaigns, time: Time, numbers: list[str]) -> None:
    with pytest.raises(UnknownBatchError):
        campaigns.run("PL", LI)
    with pytest.raises(BatchStateError, match="no permit"):
        campaigns.start(LI, Due.LAPSED)
    started = campaigns.start(LI)
    for size in (0, 1_001):
        with pytest.raises(BatchStateError, match="1 to 1000"):
            campaigns.run(started.id, LI, batch_size=size)
