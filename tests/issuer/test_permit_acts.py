"""Acts inside a transaction: what they leave behind is what the desk's acts leave behind."""

from datetime import UTC, datetime

import pytest

from issuer.audit_log import verify_chain
from issuer.permit import Permit
from issuer.permit_acts import Acting, endorse_in, restore_in, revoke_in, suspend_in
from issuer.storage import IssuerStorage
from schemas.status_list import INVALID, SUSPENDED

NOW = datetime(2027, 11, 1, 4, tzinfo=UTC)
WORDS = {"reason": "示范原因", "legal_basis": "示范条例"}
LI = Acting("li-3", "approver", NOW, within={"batch": "PL1"})
CHEN = Acting("chen-5", "approver", NOW)


def test_each_act_is_permit_status_entry_and_notice(storage: IssuerStorage, permit: Permit) -> None:
    values: list[set[int]] = []
    with storage.transaction() as tx:
        tx.allocate_status(permit.county, permit.number, 2, expires_on=permit.usable_through)
        held = endorse_in(tx, permit, LI)
        held = suspend_in(tx, held, LI, WORDS)
        values.append(set(tx.status_values(permit.county, 0).values()))
        held = restore_in(tx, held, CHEN, WORDS)
        values.append(set(tx.status_values(permit.county, 0).values()))
        held = revoke_in(tx, held, CHEN, WORDS, proposed_by="li-3")
        values.append(set(tx.status_values(permit.county, 0).values()))

    with storage.reading() as register:
        assert register.permit(permit.number) == held
        entries = register.audit(permit.county)
        notices = register.notices(permit.number)
    verify_chain(entries)
    assert values == [{SUSPENDED}, set(), {INVALID}]
    assert [(entry.act, entry.actor, entry.role) for entry in entries] == [
        ("endorse", "li-3", "approver"),
        ("suspend", "li-3", "approver"),
        ("restore", "chen-5", "approver"),
        ("revoke", "chen-5", "approver"),
    ]
    assert entries[0].details == {"usable_through": "2028-11-23", "late": "no", "batch": "PL1"}
    assert entries[1].details == WORDS | {"batch": "PL1"}
    assert entries[3].details == WORDS | {"proposed_by": "li-3", "confirmed_by": "chen-5"}
    assert [notice.kind for notice in notices] == ["endorsed", "suspended", "restored", "revoked"]
    assert notices[0].params == {"usable_through": "2028-11-23"}


@pytest.mark.parametrize("day", [1, 30])
def test_late_is_said(storage: IssuerStorage, permit: Permit, day: int) -> None:
    late = Acting("li-3", "approver", datetime(2027, 11, day, 4, tzinfo=UTC))
    with storage.transaction() as tx:
        endorse_in(tx, permit, late)
        (entry,) = tx.audit(permit.county)

    assert entry.details["late"] == ("no" if day == 1 else "yes")
