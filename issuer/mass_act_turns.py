"""What a mass act does when a permit's turn comes, and which permits it is proposed for.

Each turn looks at the permit as it is then; the functions run inside the caller's transaction.
"""

from collections import Counter
from datetime import datetime

from issuer.batch import Outcome
from issuer.batches import Portion
from issuer.errors import StorageError
from issuer.mass_act import (
    Criteria,
    MassAct,
    obstacle_to_restoring,
    obstacle_to_suspending,
)
from issuer.officer import DECIDERS, Officer, require
from issuer.permit import Permit
from issuer.permit_acts import Acting, restore_in, suspend_in
from issuer.storage import IssuerReading, IssuerTransaction
from schemas.status_list import INVALID, VALID


def cohort_of(
    register: IssuerReading, county: str, criteria: Criteria
) -> tuple[list[str], dict[Outcome, int]]:
    """Numbers of the permits to suspend, and why others of the cohort would be left out."""
    numbers: list[str] = []
    left_out: Counter[Outcome] = Counter()
    for permit in register.cohort(county, criteria):
        if permit.status_value == VALID:
            numbers.append(permit.number)
        else:
            ended = permit.status_value == INVALID
            left_out[Outcome.ENDED if ended else Outcome.SUSPENDED] += 1
    return numbers, dict(left_out)


def suspend_each(act: MassAct, officer: Officer) -> Portion:
    """Suspends in the name of who confirmed; ``officer`` runs it."""

    def turns(
        tx: IssuerTransaction, permits: dict[str, Permit], now: datetime
    ) -> dict[str, Outcome]:
        acting = _acting(act, officer, now)
        outcomes: dict[str, Outcome] = {}
        for number, permit in permits.items():
            against = _elsewhere(permit, act) or obstacle_to_suspending(permit)
            if against is None:
                suspend_in(tx, permit, acting, act.words)
            outcomes[number] = against or Outcome.DONE
        return outcomes

    return turns


def restore_each(undo: MassAct, officer: Officer) -> Portion:
    """Lifts the orders of the undone act in the name of who confirmed; ``officer`` runs it."""

    def turns(
        tx: IssuerTransaction, permits: dict[str, Permit], now: datetime
    ) -> dict[str, Outcome]:
        undone = tx.batch(undo.undoes)
        items = tx.items_numbered(undo.undoes, permits)
        if not isinstance(undone, MassAct):
            raise StorageError("what is undone is no mass act")
        acting = _acting(undo, officer, now)
        outcomes: dict[str, Outcome] = {}
        for number, permit in permits.items():
            against = _elsewhere(permit, undo) or obstacle_to_restoring(
                permit, undone, suspended_at=items[number].at
            )
            if against is None:
                restore_in(tx, permit, acting, undo.words)
            outcomes[number] = against or Outcome.DONE
        return outcomes

    return turns


def _elsewhere(permit: Permit, act: MassAct) -> Outcome | None:
    """Officers act in their county only, also on what was theirs when the act was proposed."""
    return Outcome.OTHER_COUNTY if permit.county != act.county and not permit.ended else None


def _acting(act: MassAct, officer: Officer, now: datetime) -> Acting:
    within = {"batch": act.id, "run_by": officer.id, "proposed_by": act.proposed_by}
    return Acting(act.confirmed_by, require(officer, DECIDERS), now, within)
