"""Runs beside the service: begun once, to the end, and again where one came to a halt."""

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from threading import Event

import pytest
from msgspec.structs import replace

from issuer.batch import Stage
from issuer.campaign_runner import CampaignRunner
from issuer.campaigns import Campaigns
from issuer.desk import Grounds
from issuer.errors import BatchStateError, DeskError, StorageError, UnknownBatchError
from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from issuer.stored_residences import StoredResidences

NOW = datetime(2027, 11, 1, 4, tzinfo=UTC)
LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
AUDITOR = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
SECONDS = 20


class Gated(IssuerStorage):
    """A register whose transactions wait for a gate, and fail while it is broken."""

    def __init__(self, opened: IssuerStorage) -> None:
        self.opened = opened
        self.gate = Event()
        self.gate.set()
        self.broken = False

    def transaction(self) -> AbstractContextManager[IssuerTransaction]:
        assert self.gate.wait(SECONDS)
        if self.broken:
            raise StorageError("the disk is full")
        return self.opened.transaction()

    def reading(self) -> AbstractContextManager[IssuerReading]:
        return self.opened.reading()

    def close(self) -> None:
        self.opened.close()


def clock() -> datetime:
    return NOW


@pytest.fixture
def gated(storage: IssuerStorage, permit: Permit) -> Gated:
    another = replace(
        permit,
        number=f"{permit.number}1",
        resident=replace(permit.resident, citizen_id_number="1" * 18),
    )
    with storage.transaction() as tx:
        tx.add_permit(another)
        tx.put_registrations(
            ResidenceRegistration(one.resident.citizen_id_number, one.county, "x", date(2026, 1, 1))
            for one in (permit, another)
        )
    return Gated(storage)


@pytest.fixture
def campaigns(gated: Gated) -> Campaigns:
    return Campaigns(gated, StoredResidences(gated), clock)


@pytest.fixture
def mass_acts(gated: Gated) -> MassActs:
    return MassActs(gated, clock)


@pytest.fixture
def runner(campaigns: Campaigns, mass_acts: MassActs) -> CampaignRunner:
    return CampaignRunner(campaigns, mass_acts)


def test_a_campaign_runs_to_its_end_beside_whoever_began_it(
    runner: CampaignRunner, campaigns: Campaigns, gated: Gated
) -> None:
    started = campaigns.start(LI)
    gated.gate.clear()
    runner.begin_campaign(started.id, LI)
    runner.begin_campaign(started.id, CHEN)  # a second press begins nothing

    assert runner.runs(started.id)
    assert campaigns.campaign(started.id, LI).stage is Stage.RUNNING
    gated.gate.set()
    runner.wait(started.id, timeout_s=SECONDS)

    assert not runner.runs(started.id)
    assert campaigns.campaign(started.id, LI).stage is Stage.FINISHED
    assert campaigns.counts(started.id, LI).done == 2
    with gated.reading() as register:
        ran = [entry.details.get("run_by") for entry in register.audit() if entry.act == "endorse"]
    assert ran == ["li-3", "li-3"]
    runner.begin_campaign(started.id, LI)  # finished meanwhile: no harm
    runner.wait(started.id, timeout_s=SECONDS)


def test_a_run_that_came_to_a_halt_says_why_and_goes_on_when_asked(
    runner: CampaignRunner, campaigns: Campaigns, gated: Gated
) -> None:
    started = campaigns.start(LI)
    gated.broken = True
    runner.begin_campaign(started.id, LI)
    runner.wait(started.id, timeout_s=SECONDS)
    trouble = runner.trouble(started.id)

    assert isinstance(trouble, StorageError)
    assert not runner.runs(started.id)
    assert campaigns.counts(started.id, LI).waiting == 2
    gated.broken = False
    runner.begin_campaign(started.id, CHEN)
    runner.wait(started.id, timeout_s=SECONDS)

    assert runner.trouble(started.id) is None
    assert campaigns.campaign(started.id, LI).stage is Stage.FINISHED


def test_another_process_goes_on_where_one_died(
    campaigns: Campaigns, mass_acts: MassActs, gated: Gated
) -> None:
    started = campaigns.start(LI)

    # Of a process that is gone nothing is left but the register.
    after_a_restart = CampaignRunner(campaigns, mass_acts)
    assert not after_a_restart.runs(started.id)
    after_a_restart.begin_campaign(started.id, LI)
    after_a_restart.wait(started.id, timeout_s=SECONDS)

    assert campaigns.campaign(started.id, LI).stage is Stage.FINISHED


def test_a_mass_act_runs_only_once_it_is_confirmed(
    runner: CampaignRunner, mass_acts: MassActs
) -> None:
    proposed = mass_acts.propose(Criteria(officer="officer"), WHY, LI)
    with pytest.raises(BatchStateError):
        runner.begin_mass_act(proposed.id, LI)
    mass_acts.confirm(proposed.id, CHEN)
    runner.begin_mass_act(proposed.id, CHEN)
    runner.wait(proposed.id, timeout_s=SECONDS)

    assert mass_acts.mass_act(proposed.id, LI).stage is Stage.FINISHED
    assert mass_acts.counts(proposed.id, LI).done == 2


@pytest.mark.parametrize(
    ("officer", "number", "error"),
    [
        pytest.param(AUDITOR, None, DeskError, id="an auditor"),
        pytest.param(OUHAI, None, DeskError, id="another county"),
        pytest.param(LI, "PL33030220270000099", UnknownBatchError, id="no such campaign"),
    ],
)
def test_who_may_not_begin_a_run_is_told_before_it_begins(
    runner: CampaignRunner,
    campaigns: Campaigns,
    officer: Officer,
    number: str | None,
    error: type[Exception],
) -> None:
    started = campaigns.start(LI)
    with pytest.raises(error):
        runner.begin_campaign(number or started.id, officer)

    assert not runner.runs(number or started.id)
    assert campaigns.counts(started.id, LI).waiting == 2


def test_a_stopped_campaign_is_not_begun_again(
    runner: CampaignRunner, campaigns: Campaigns
) -> None:
    started = campaigns.start(LI)
    campaigns.stop(started.id, LI)

    with pytest.raises(BatchStateError):
        runner.begin_campaign(started.id, LI)
