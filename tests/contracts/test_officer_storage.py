"""The contract for officers' accounts, run against every adapter."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from issuer.errors import StorageError, UnknownOfficerError
from issuer.officer import Role
from issuer.officer_account import Account, AccountName, Passkey
from issuer.storage import IssuerStorage, IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
LUCHENG, OUHAI = "330302", "330304"
LI = Account(
    id="li-3",
    county=LUCHENG,
    name="李·示范𠮷",
    roles=frozenset({Role.REGISTRAR, Role.APPROVER}),
    password_hash="$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
    password_set_at=AT,
    sessions_from=AT,
    must_change=False,
    wrong_tries=6,
    locked_until=AT,
    passkeys=(Passkey(b"\x00\xff", b"\xa5", 4_294_967_295, "办公电脑", AT, AT),),
)
CHEN = replace(LI, id="chen-5", passkeys=(), locked_until=None)
NAMESAKE = replace(LI, county=OUHAI, roles=frozenset({Role.AUDITOR}), disabled=True)

Opener = Callable[[], IssuerStorage]


@pytest.fixture
def opened(register_url: str) -> Iterator[Opener]:
    """Opens one more on the same data."""
    storages: list[IssuerStorage] = []

    def open_one() -> IssuerStorage:
        storages.append(SqlIssuerStorage(register_url))
        return storages[-1]

    yield open_one
    for storage in storages:
        storage.close()


@pytest.fixture
def storage(opened: Opener) -> IssuerStorage:
    made = opened()
    with made.transaction() as tx:
        for account in (NAMESAKE, LI, CHEN):
            tx.add_account(account)
    return made


def test_what_is_kept_comes_back_the_same_after_reopening(
    storage: IssuerStorage, opened: Opener
) -> None:
    changed = replace(LI, disabled=True, roles=frozenset({Role.REGISTRAR}), wrong_tries=0)
    with storage.transaction() as tx:
        tx.replace_account(changed)
    storage.close()

    with opened().reading() as register:
        assert register.account(LI.account_name) == changed
        assert register.account(NAMESAKE.account_name) == NAMESAKE


def test_accounts_are_listed_by_county_and_id(storage: IssuerStorage) -> None:
    with storage.reading() as register:
        assert register.accounts() == [CHEN, LI, NAMESAKE]
        assert register.accounts(LUCHENG) == [CHEN, LI]
        assert register.accounts("330381") == []


@pytest.mark.parametrize(
    "name",
    [AccountName(LUCHENG, "nobody"), AccountName(OUHAI, "chen-5"), AccountName(LUCHENG, "LI-3")],
    ids=str,
)
def test_nobody_is_found_under_a_name_that_nobody_has(
    storage: IssuerStorage, name: AccountName
) -> None:
    with storage.reading() as register, pytest.raises(UnknownOfficerError):
        register.account(name)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda tx: tx.add_account(replace(LI, name="赵")), id="the id is taken"),
        pytest.param(lambda tx: tx.replace_account(replace(LI, id="hu-1")), id="nobody to replace"),
        pytest.param(lambda tx: tx.account(AccountName(OUHAI, "hu-1")), id="nobody to read"),
    ],
)
def test_a_caller_s_fault_undoes_the_whole_transaction(
    storage: IssuerStorage, fault: Callable[[IssuerTransaction], None]
) -> None:
    def faulty_block() -> None:
        with storage.transaction() as tx:
            tx.replace_account(replace(CHEN, disabled=True))
            fault(tx)

    with pytest.raises((StorageError, UnknownOfficerError)):
        faulty_block()

    with storage.reading() as register:
        assert register.accounts() == [CHEN, LI, NAMESAKE]
