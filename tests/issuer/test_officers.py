"""Who has an account, who may keep accounts, and that the log says so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2.profiles import CHEAPEST
from msgspec.structs import replace

from issuer.audit_log import verify_chain
from issuer.errors import DeskError, UnknownOfficerError
from issuer.officer import Officer, Role
from issuer.officer_account import Account, AccountName, Passkey
from issuer.officers import Officers
from issuer.passwords import Passwords
from issuer.storage import IssuerStorage
from schemas.divisions import UnknownCountyError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LUCHENG, OUHAI = "330302", "330304"
LI = AccountName(LUCHENG, "li-3")
SUN = Officer("sun-9", LUCHENG, frozenset({Role.ADMINISTRATOR}))
ZHAO = Officer("zhao-7", LUCHENG, frozenset({Role.AUDITOR}))
HU = Officer("hu-1", OUHAI, frozenset({Role.ADMINISTRATOR}))
PASSWORDS = Passwords(CHEAPEST)

Act = Callable[[Officers, Officer | None], object]


class Time:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def officers(storage: IssuerStorage, time: Time) -> Officers:
    return Officers(storage, time, PASSWORDS)


@pytest.fixture
def li(officers: Officers) -> Account:
    return officers.add(LI, "李示范", {Role.APPROVER}, by=None)[0]


def kept(storage: IssuerStorage) -> Account:
    with storage.reading() as register:
        return register.account(LI)


def test_a_new_account_acts_and_its_password_is_kept_nowhere(
    officers: Officers, storage: IssuerStorage
) -> None:
    account, password = officers.add(LI, "李示范", {Role.APPROVER}, by=SUN)

    assert officers.acting("li-3@330302") == Officer("li-3", LUCHENG, frozenset({Role.APPROVER}))
    assert kept(storage) == account
    assert (account.must_change, account.disabled) == (True, False)
    assert PASSWORDS.verify(account.password_hash, password)
    with storage.reading() as register:
        (entry,) = register.audit(LUCHENG)
    assert (entry.act, entry.actor, entry.permit_number) == ("add_officer", "sun-9", "li-3")
    assert (entry.role, entry.details) == ("administrator", {"roles": "approver"})
    assert password not in repr(entry) + repr(account)


@pytest.mark.parametrize(
    "officer_id",
    ["li-3", "li-3@330304", "chen-5@330302", "", "li-3@330302@330302", "sun-9@330302"],
)
def test_nobody_else_acts(officers: Officers, li: Account, officer_id: str) -> None:
    with pytest.raises(DeskError):
        officers.acting(officer_id)


def test_a_disabled_account_does_not_act_until_it_is_enabled(
    officers: Officers, li: Account
) -> None:
    officers.disable(LI, by=SUN)
    with pytest.raises(DeskError, match="nobody may act under this name"):
        officers.acting("li-3@330302")

    officers.enable(LI, by=SUN)
    assert officers.acting("li-3@330302") == li.officer


def test_other_roles_count_at_once(officers: Officers, li: Account) -> None:
    officers.change_roles(LI, {Role.REGISTRAR}, by=SUN)

    assert officers.acting("li-3@330302").roles == {Role.REGISTRAR}


def test_an_account_for_demonstrations_acts_only_there(
    officers: Officers, storage: IssuerStorage, li: Account, time: Time
) -> None:
    with storage.transaction() as tx:
        tx.replace_account(replace(li, demonstration=True))

    with pytest.raises(DeskError):
        officers.acting("li-3@330302")
    assert Officers(storage, time, allow_demo_ids=True).acting("li-3@330302") == li.officer


def test_a_new_password_opens_the_lock_and_ends_all_sessions(
    officers: Officers, storage: IssuerStorage, li: Account, time: Time
) -> None:
    locked = replace(li, wrong_tries=5, locked_until=NOW + timedelta(hours=1), must_change=False)
    with storage.transaction() as tx:
        tx.replace_account(locked)
    time.now += timedelta(minutes=1)
    changed, password = officers.reset_password(LI, by=SUN)

    assert PASSWORDS.verify(changed.password_hash, password)
    assert not changed.locked(time.now)
    assert (changed.wrong_tries, changed.must_change) == (0, True)
    assert changed.sessions_from == changed.password_set_at == time.now
    assert kept(storage) == changed


def test_passkeys_of_a_lost_device_are_taken_off(
    officers: Officers, storage: IssuerStorage, li: Account, time: Time
) -> None:
    passkeys = (Passkey(b"id", b"key", 0, "手机", NOW),)
    with storage.transaction() as tx:
        tx.replace_account(replace(li, passkeys=passkeys))
    time.now += timedelta(minutes=1)

    changed = officers.forget_passkeys(LI, by=SUN)
    assert (changed.passkeys, changed.sessions_from) == ((), time.now)


ACTS: dict[str, Act] = {
    "add": lambda o, by: o.add(AccountName(LUCHENG, "wu-4"), "吴", {Role.REGISTRAR}, by=by),
    "change_roles": lambda o, by: o.change_roles(LI, {Role.REGISTRAR}, by=by),
    "disable": lambda o, by: o.disable(LI, by=by),
    "enable": lambda o, by: o.enable(LI, by=by),
    "reset_password": lambda o, by: o.reset_password(LI, by=by),
    "forget_passkeys": lambda o, by: o.forget_passkeys(LI, by=by),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(
    "by",
    [
        pytest.param(HU, id="another county's administrator"),
        pytest.param(ZHAO, id="an auditor"),
        pytest.param(Officer("wang-2", LUCHENG, frozenset({Role.REGISTRAR})), id="a registrar"),
        pytest.param(Officer("chen-5", LUCHENG, frozenset({Role.APPROVER})), id="an approver"),
        pytest.param(Officer("chen-5", LUCHENG), id="an officer without a role"),
    ],
)
def test_only_an_administrator_of_the_county_keeps_its_accounts(
    officers: Officers, storage: IssuerStorage, li: Account, act: Act, by: Officer
) -> None:
    with pytest.raises(DeskError):
        act(officers, by)

    with storage.reading() as register:
        assert register.accounts() == [li]
        assert len(register.audit()) == 1


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("by", [SUN, None], ids=["administrator", "console"])
def test_every_act_is_written_down(
    officers: Officers, storage: IssuerStorage, li: Account, act: Act, by: Officer | None
) -> None:
    act(officers, by)

    with storage.reading() as register:
        entry = register.audit(LUCHENG)[-1]
        verify_chain(register.audit(LUCHENG))
    assert entry.sequence == 2
    assert entry.actor == ("sun-9" if by else "console")
    assert entry.role == ("administrator" if by else "")
    assert len(entry.after) == 64


@pytest.mark.parametrize("act", list(ACTS.values())[1:], ids=list(ACTS)[1:])
def test_nobody_does_it_to_themselves(
    officers: Officers, storage: IssuerStorage, li: Account, act: Act
) -> None:
    both = Officer("li-3", LUCHENG, frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(DeskError, match="nobody changes their own"):
        act(officers, both)

    assert kept(storage) == li


@pytest.mark.parametrize("act", list(ACTS.values())[1:], ids=list(ACTS)[1:])
def test_nothing_is_done_to_an_officer_that_is_not_there(
    officers: Officers, storage: IssuerStorage, act: Act
) -> None:
    with pytest.raises(UnknownOfficerError):
        act(officers, None)

    with storage.reading() as register:
        assert register.audit() == []


@pytest.mark.parametrize(
    ("name", "own_name", "roles", "refusal"),
    [
        pytest.param(LI, "另一个", {Role.REGISTRAR}, "of this id already", id="taken"),
        pytest.param(AccountName(LUCHENG, "LI-4"), "李", {Role.REGISTRAR}, "1 to 20", id="no id"),
        pytest.param(AccountName(LUCHENG, "li-4"), "", {Role.REGISTRAR}, "a name", id="no name"),
        pytest.param(AccountName(LUCHENG, "li-4"), "李", set(), "one role", id="no role"),
        pytest.param(AccountName(LUCHENG, "console"), "李", {Role.APPROVER}, "log", id="no person"),
    ],
)
def test_accounts_that_cannot_be(
    officers: Officers, li: Account, name: AccountName, own_name: str, roles: set[Role],
    refusal: str,
) -> None:  # fmt: skip
    with pytest.raises(DeskError, match=refusal):
        officers.add(name, own_name, roles, by=SUN)


def test_no_account_in_no_county(officers: Officers) -> None:
    with pytest.raises(UnknownCountyError):
        officers.add(AccountName("110000", "li-3"), "李", {Role.REGISTRAR}, by=None)


def test_roles_that_exclude_one_another_are_not_given_later_either(
    officers: Officers, li: Account
) -> None:
    with pytest.raises(DeskError, match="decides nothing"):
        officers.change_roles(LI, {Role.ADMINISTRATOR, Role.APPROVER}, by=SUN)


def test_the_list_is_for_the_county_s_administrators_and_auditors(
    officers: Officers, li: Account
) -> None:
    officers.add(AccountName(OUHAI, "li-3"), "李", {Role.APPROVER}, by=None)

    for by in (SUN, ZHAO, None):
        assert officers.accounts(LUCHENG, by=by) == [li]
    for by in (HU, li.officer):
        with pytest.raises(DeskError):
            officers.accounts(LUCHENG, by=by)
