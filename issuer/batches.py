"""Runs a batch: portion after portion, one transaction each, from wherever the last run came to.

A run that is killed leaves whole portions behind it, and the next run goes on after them. Two
runs at once share the work: each portion is looked at again inside its transaction, so no
permit has its turn twice. Between portions other work on the register gets its turn.

All methods block. Instants are aware.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from issuer.audit_log import Act
from issuer.batch import BatchItem, Counts, Outcome, Stage
from issuer.campaign_storage import Batch, WaitingPermit
from issuer.errors import BatchStateError, DeskError
from issuer.officer import DECIDERS, READERS, Officer, require
from issuer.permit import Permit
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock

PORTION: Final = 100
"""Permits in one transaction: a fraction of a second, in which nobody else can write."""
MAX_PORTION: Final = 1_000

Progress = Callable[[int, int], object]
"""Told how many permits of how many have had their turn."""
Portion = Callable[[IssuerTransaction, dict[str, Permit], datetime], dict[str, Outcome]]
"""Gives these permits their turn, and says what became of each."""
Prepare = Callable[[Batch, list[WaitingPermit]], Portion]
"""Asks what lies outside the register, before the transaction: that may take its time."""


def no_progress(done: int, total: int) -> None:
    """For those who do not want to be told."""


def run_batch(
    storage: IssuerStorage,
    clock: Clock,
    batch_id: str,
    officer: Officer,
    *,
    prepare: Prepare,
    portion_size: int,
    progress: Progress,
) -> Batch:
    """Give every waiting permit its turn; the batch as it is then.

    It comes back finished, or stopped if somebody stopped it meanwhile.

    Raises:
        BatchStateError: it does not run, because it is not decided or was stopped.
        DeskError: it is another county's, or the officer may not.
    """
    require(officer, DECIDERS)
    if not 1 <= portion_size <= MAX_PORTION:
        raise BatchStateError(f"a portion has 1 to {MAX_PORTION} permits")
    with storage.reading() as register:
        batch = batch_for(register, batch_id, officer)
    if batch.stage not in (Stage.RUNNING, Stage.FINISHED):
        raise BatchStateError(f"nobody can run what is {batch.stage}")
    while batch.stage is Stage.RUNNING:
        with storage.reading() as register:
            counts = register.batch_counts(batch_id)
            waiting = register.waiting_permits(batch_id, portion_size)
        progress(counts.total - counts.waiting, counts.total)
        give_turns = prepare(batch, waiting)
        with storage.transaction() as tx:
            batch = _portion(tx, batch_id, officer, waiting, give_turns, clock())
    with storage.reading() as register:
        counts = register.batch_counts(batch_id)
    progress(counts.total - counts.waiting, counts.total)
    return batch


def _portion(
    tx: IssuerTransaction,
    batch_id: str,
    officer: Officer,
    looked_at: list[WaitingPermit],
    give_turns: Portion,
    now: datetime,
) -> Batch:
    batch = tx.batch(batch_id)
    if batch.stage is not Stage.RUNNING:
        return batch
    # Another run may have been quicker with some of them.
    still = set(looked_at) & set(tx.waiting_permits(batch_id, len(looked_at)))
    permits = tx.permits_numbered([permit.number for permit in still])
    tx.settle_items(batch_id, give_turns(tx, permits, now), now)
    if tx.waiting_permits(batch_id, 1):
        return batch
    finished = replace(batch, stage=Stage.FINISHED, ended_at=now)
    tx.replace_batch(finished)
    counts = tx.batch_counts(batch_id)
    details = {"done": str(counts.done)}
    details |= {f"left_{name}": str(number) for name, number in counts.left_out.items()}
    record_batch(tx, finished, "finish_batch", officer, now, details)
    return finished


def record_batch(
    tx: IssuerTransaction,
    batch: Batch,
    act: str,
    officer: Officer,
    now: datetime,
    details: dict[str, str],
) -> None:
    """An audit entry about the batch as a whole; each permit has its own beside it."""
    role = require(officer, DECIDERS)
    tx.record(Act(batch.county, now, officer.id, act, batch.id, details, role=role))


def batch_for(register: IssuerReading, batch_id: str, officer: Officer) -> Batch:
    """The batch, if the officer is of its county.

    Raises:
        issuer.errors.UnknownBatchError: there is none of this number.
        DeskError: it is another county's.
    """
    batch = register.batch(batch_id)
    if batch.county != officer.county:
        raise DeskError(
            f"this is of county {batch.county}, the officer of {officer.county}",
            remedy=f"Officers of {batch.county} decide about it.",
        )
    return batch


class BatchDesk:
    """What officers ask of campaigns and mass acts alike. All methods block.

    Args:
        storage: the register.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def counts(self, batch_id: str, officer: Officer) -> Counts:
        """How many of its permits came to what so far. Raises as ``batch_for``."""
        require(officer, READERS)
        with self._storage.reading() as register:
            batch_for(register, batch_id, officer)
            return register.batch_counts(batch_id)

    def items(
        self,
        batch_id: str,
        officer: Officer,
        *,
        after: str = "",
        limit: int = PORTION,
        outcome: Outcome | None = None,
    ) -> list[BatchItem]:
        """Its permits after the number ``after``, by number. Raises as ``batch_for``."""
        require(officer, READERS)
        with self._storage.reading() as register:
            batch_for(register, batch_id, officer)
            return register.batch_items(batch_id, after=after, limit=limit, outcome=outcome)
