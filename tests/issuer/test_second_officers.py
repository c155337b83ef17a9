"""Whom to ask for the second pair of eyes: deciders of this county who may act at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from issuer.errors import DeskError
from issuer.officer import Officer, Role
from issuer.officer_account import Account
from issuer.second_officers import Colleague, SecondOfficers
from issuer.storage import IssuerStorage

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LI = Officer("li-3", "330302", frozenset({Role.APPROVER}))
ACCOUNTS: tuple[tuple[str, str, Role, dict[str, Any]], ...] = (
    ("li-3", "330302", Role.APPROVER, {}),
    ("chen-5", "330302", Role.APPROVER, {}),
    ("wang-2", "330302", Role.REGISTRAR, {}),
    ("gone-1", "330302", Role.APPROVER, {"disabled": True}),
    ("demo-1", "330302", Role.APPROVER, {"demonstration": True}),
    ("chen-1", "330304", Role.APPROVER, {}),
)


@pytest.fixture
def accounts(storage: IssuerStorage) -> IssuerStorage:
    with storage.transaction() as tx:
        for officer_id, county, role, more in ACCOUNTS:
            made = Account(
                id=officer_id,
                county=county,
                name=f"{officer_id}示范",
                roles=frozenset({role}),
                password_hash="",
                password_set_at=NOW,
                sessions_from=NOW,
                **more,
            )
            tx.add_account(made)
    return storage


def test_deciders_who_may_act_are_named(accounts: IssuerStorage) -> None:
    found = SecondOfficers(accounts).deciding(LI, without={"li-3"})
    demonstration = SecondOfficers(accounts, allow_demo_ids=True)

    assert found == (Colleague("chen-5", "chen-5示范"),)
    assert [one.id for one in demonstration.deciding(LI, without=())] == [
        "chen-5",
        "demo-1",
        "li-3",
    ]


def test_everybody_who_ever_had_an_account_can_be_named(accounts: IssuerStorage) -> None:
    assert SecondOfficers(accounts).ids(LI) == ("chen-5", "demo-1", "gone-1", "li-3", "wang-2")


def test_it_is_for_readers(accounts: IssuerStorage) -> None:
    keeper = Officer("sun-9", "330302", frozenset({Role.ADMINISTRATOR}))
    for ask in (
        lambda: SecondOfficers(accounts).deciding(keeper, without=()),
        lambda: SecondOfficers(accounts).ids(keeper),
    ):
        with pytest.raises(DeskError):
            ask()
