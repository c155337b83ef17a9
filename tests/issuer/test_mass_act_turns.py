"""Turns of a mass act: chosen without reading documents, and looked at again one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.batch import Outcome
from issuer.campaign import Campaign, Due
from issuer.errors import StorageError
from issuer.mass_act import Criteria, MassAct, confirm
from issuer.mass_act_turns import cohort_of, restore_each, suspend_each
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from schemas.endorsement_window import day_of

AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
LI = Officer("li-3", "330302", ALL_ROLES)
ACT = confirm(
    MassAct(
        id="PL33030220260000001",
        county="330302",
        criteria=Criteria(officer="officer"),
        reason="示范原因",
        legal_basis="示范条例",
        proposed_by="wu-4",
        proposed_at=AT,
    ),
    by="chen-5",
    at=AT,
)
UNDO = confirm(
    MassAct(
        id="PL33030220260000002",
        county="330302",
        criteria=None,
        undoes=ACT.id,
        reason="查无实据",
        legal_basis="示范条例",
        proposed_by="chen-5",
        proposed_at=AT,
    ),
    by="li-3",
    at=AT,
)


def test_a_cohort_leaves_out_who_is_suspended_or_has_ended(
    storage: IssuerStorage, permit: Permit
) -> None:
    found = []
    for value in (0, 1, 2):
        with storage.transaction() as tx:
            tx.set_permit_status(permit.number, value)
            found.append(cohort_of(tx, "330302", Criteria(officer="officer")))

    assert found == [
        ([permit.number], {}),
        ([], {Outcome.ENDED: 1}),
        ([], {Outcome.SUSPENDED: 1}),
    ]


def test_suspended_then_restored_each_in_its_turn(storage: IssuerStorage, permit: Permit) -> None:
    later = AT + timedelta(days=1)
    with storage.transaction() as tx:
        tx.add_batch(ACT)
        tx.add_batch_items(ACT.id, [permit.number])
        first = suspend_each(ACT, LI)(tx, {permit.number: permit}, AT)
        tx.settle_items(ACT.id, first, AT)
        held = tx.permit(permit.number)
        second = suspend_each(ACT, LI)(tx, {permit.number: held}, later)
        restored = restore_each(UNDO, LI)(tx, {permit.number: held}, later)
        again = restore_each(UNDO, LI)(tx, {permit.number: tx.permit(permit.number)}, later)

        assert tx.permit(permit.number) == permit
    outcomes = [turn[permit.number] for turn in (first, second, restored, again)]
    assert outcomes == [Outcome.DONE, Outcome.SUSPENDED, Outcome.DONE, Outcome.OTHER_ORDER]


def test_an_undo_of_something_else_is_a_fault(storage: IssuerStorage, permit: Permit) -> None:
    campaign = Campaign(
        id=ACT.id,
        county="330302",
        due=Due.BOTH,
        started_by="li-3",
        started_on=day_of(AT),
        started_at=AT,
    )

    with storage.transaction() as tx:
        tx.add_batch(campaign)
        with pytest.raises(StorageError):
            restore_each(UNDO, LI)(tx, {permit.number: permit}, AT)


def test_what_was_handed_over_is_another_countys(storage: IssuerStorage, permit: Permit) -> None:
    elsewhere = replace(permit, county="330303")
    with storage.transaction() as tx:
        tx.add_batch(ACT)
        tx.add_batch_items(ACT.id, [permit.number])
        tx.replace_permit(elsewhere)
        for turns in (suspend_each(ACT, LI), restore_each(UNDO, LI)):
            became = turns(tx, {permit.number: elsewhere}, AT)
            assert became == {permit.number: Outcome.OTHER_COUNTY}
        assert tx.permit(permit.number).order is None
