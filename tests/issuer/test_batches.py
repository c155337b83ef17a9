"""Running a batch: what it refuses, what it hands on, and that nobody has two turns."""

from datetime import UTC, date, datetime

import pytest

from issuer.batch import Outcome, Stage
from issuer.batches import BatchDesk, Portion, batch_for, no_progress, run_batch
from issuer.campaign import Campaign, Due
from issuer.campaign_storage import Batch, WaitingPermit
from issuer.errors import BatchStateError, DeskError, StorageError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.storage import IssuerStorage, IssuerTransaction

AT = datetime(2027, 11, 1, 4, tzinfo=UTC)
LI = Officer("li-3", "330302", ALL_ROLES)
OUHAI = Officer("li-3", "330304", ALL_ROLES)
REGISTRAR = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))


def campaign(stage: Stage) -> Campaign:
    return Campaign(
        id="PL33030220270000001",
        county="330302",
        due=Due.IN_WINDOW,
        started_by="li-3",
        started_on=date(2027, 11, 1),
        started_at=AT,
        stage=stage,
    )


def kept(storage: IssuerStorage, stage: Stage, *numbers: str) -> str:
    batch = campaign(stage)
    with storage.transaction() as tx:
        tx.add_batch(batch)
        tx.add_batch_items(batch.id, numbers)
    return batch.id


class Turns:
    """Gives everybody their turn, and keeps who was looked at and who had it."""

    def __init__(self) -> None:
        self.looked_at: list[list[WaitingPermit]] = []
        self.had_it: list[str] = []

    def __call__(self, batch: Batch, waiting: list[WaitingPermit]) -> Portion:
        self.looked_at.append(waiting)
        return self.give

    def give(
        self, tx: IssuerTransaction, permits: dict[str, Permit], now: datetime
    ) -> dict[str, Outcome]:
        self.had_it += permits
        return dict.fromkeys(permits, Outcome.DONE)


def run(storage: IssuerStorage, batch_id: str, prepare: Turns, officer: Officer = LI) -> Batch:
    return run_batch(
        storage,
        lambda: AT,
        batch_id,
        officer,
        prepare=prepare,
        portion_size=5,
        progress=no_progress,
    )


def test_permits_are_looked_at_before_and_handed_on_inside(
    storage: IssuerStorage, permit: Permit
) -> None:
    turns = Turns()

    batch = run(storage, kept(storage, Stage.RUNNING, permit.number), turns)

    assert (batch.stage, batch.ended_at) == (Stage.FINISHED, AT)
    assert turns.looked_at == [[(permit.number, permit.resident.citizen_id_number)]]
    assert turns.had_it == [permit.number]


def test_a_batch_of_nobody_is_finished_at_once(storage: IssuerStorage) -> None:
    assert run(storage, kept(storage, Stage.RUNNING), Turns()).stage is Stage.FINISHED


def test_who_had_their_turn_between_the_look_and_the_transaction_has_no_second(
    storage: IssuerStorage, permit: Permit
) -> None:
    batch_id = kept(storage, Stage.RUNNING, permit.number)

    class Overtaken(Turns):
        def __call__(self, batch: Batch, waiting: list[WaitingPermit]) -> Portion:
            with storage.transaction() as tx:
                tx.settle_items(batch_id, {permit.number: Outcome.ENDED}, AT)
            return super().__call__(batch, waiting)

    turns = Overtaken()

    run(storage, batch_id, turns)

    assert turns.had_it == []
    assert BatchDesk(storage, lambda: AT).counts(batch_id, LI).left_out == {Outcome.ENDED: 1}


def test_a_portion_that_fails_leaves_everybody_waiting(
    storage: IssuerStorage, permit: Permit
) -> None:
    batch_id = kept(storage, Stage.RUNNING, permit.number)

    class Failing(Turns):
        def give(
            self, tx: IssuerTransaction, permits: dict[str, Permit], now: datetime
        ) -> dict[str, Outcome]:
            tx.set_permit_status(permit.number, 1)
            raise StorageError("示范")

    with pytest.raises(StorageError):
        run(storage, batch_id, Failing())

    with storage.reading() as register:
        assert register.batch_counts(batch_id).waiting == 1
        assert not register.due_permits("330302", date.min, date.max)[0].suspended


@pytest.mark.parametrize("stage", [Stage.PROPOSED, Stage.REJECTED, Stage.STOPPED])
def test_only_what_is_decided_runs(storage: IssuerStorage, permit: Permit, stage: Stage) -> None:
    turns = Turns()

    with pytest.raises(BatchStateError, match=stage.value):
        run(storage, kept(storage, stage, permit.number), turns)

    assert turns.had_it == []


def test_officers_of_another_county_or_role_run_nothing(
    storage: IssuerStorage, permit: Permit
) -> None:
    batch_id = kept(storage, Stage.RUNNING, permit.number)
    desk = BatchDesk(storage, lambda: AT)

    with storage.reading() as register, pytest.raises(DeskError, match="330304"):
        batch_for(register, batch_id, OUHAI)
    for look in (desk.counts, desk.items):
        with pytest.raises(DeskError):
            look(batch_id, OUHAI)
    turns = Turns()
    for officer in (OUHAI, REGISTRAR):
        with pytest.raises(DeskError):
            run(storage, batch_id, turns, officer)
    assert turns.looked_at == []
