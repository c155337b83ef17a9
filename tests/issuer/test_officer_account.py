"""Accounts as rules: names, roles that exclude one another, and locks that grow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.errors import DeskError
from issuer.officer import Officer, Role
from issuer.officer_account import (
    FIRST_LOCK,
    LONGEST_LOCK,
    WRONG_TRIES,
    Account,
    AccountName,
    Passkey,
    act_on,
    check_new_account,
    check_own_name,
    check_roles,
    read_account_name,
    right_password,
    wrong_password,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACCOUNT = Account(
    id="li-3",
    county="330302",
    name="李示范",
    roles=frozenset({Role.APPROVER}),
    password_hash="$argon2id$",
    password_set_at=NOW,
    sessions_from=NOW,
)


def test_an_account_acts_as_the_officer_of_its_name() -> None:
    assert str(ACCOUNT.account_name) == "li-3@330302"
    assert ACCOUNT.officer == Officer("li-3", "330302", frozenset({Role.APPROVER}))


@pytest.mark.parametrize("typed", ["li-3@330302", " li-3@330302\n"])
def test_a_name_is_read(typed: str) -> None:
    assert read_account_name(typed) == AccountName("330302", "li-3")


@pytest.mark.parametrize(
    "typed",
    ["", "li-3", "li-3@", "@330302", "LI-3@330302", "li-3@110000", "li_3@330302", "a@b@330302",
     f"{'l' * 21}@330302"],
)  # fmt: skip
def test_no_name_is_not_repeated_for_it_may_be_a_password(typed: str) -> None:
    with pytest.raises(DeskError, match="no account has this name") as caught:
        read_account_name(typed)

    assert typed.strip() == "" or typed.strip() not in str(caught.value).replace("li-3@330302", "")


@pytest.mark.parametrize(
    "officer_id", ["console", "demo-data", "sign-in", "issuance", "applicant", "system"]
)
def test_nobody_is_called_like_what_acts_by_itself(officer_id: str) -> None:
    with pytest.raises(DeskError, match="audit log uses this id"):
        check_new_account(AccountName("330302", officer_id), "李示范", {Role.APPROVER})


@pytest.mark.parametrize("text", ["", " 李", "李\n", "李\x00", "示" * 61])
def test_a_name_is_one_short_line(text: str) -> None:
    with pytest.raises(DeskError, match="at most 60 characters"):
        check_own_name(text)


@pytest.mark.parametrize(
    ("roles", "refusal"),
    [
        pytest.param(set(), "one role at least", id="none"),
        pytest.param({Role.ADMINISTRATOR, Role.APPROVER}, "decides nothing", id="both hands"),
        pytest.param({Role.ADMINISTRATOR, Role.AUDITOR}, None, id="keeps and reads"),
        pytest.param({Role.REGISTRAR, Role.APPROVER, Role.AUDITOR}, None, id="a small county"),
    ],
)
def test_whoever_keeps_accounts_decides_nothing(roles: set[Role], refusal: str | None) -> None:
    if refusal is None:
        check_roles(roles)
        return
    with pytest.raises(DeskError, match=refusal):
        check_roles(roles)


def after(tries: int) -> Account:
    account = ACCOUNT
    for _ in range(tries):
        account = wrong_password(account, at=NOW)
    return account


@pytest.mark.parametrize(
    ("tries", "lock"),
    [
        (1, None),
        (4, None),
        (5, timedelta(minutes=15)),
        (6, timedelta(minutes=30)),
        (8, timedelta(hours=2)),
        (11, timedelta(hours=16)),
        (12, timedelta(hours=24)),
        (400, timedelta(hours=24)),
    ],
)
def test_the_fifth_wrong_try_locks_and_each_later_one_doubles_the_time(
    tries: int, lock: timedelta | None
) -> None:
    account = after(tries)

    assert account.locked_until == (NOW + lock if lock else None)
    assert account.locked(NOW) is (lock is not None)
    if lock:
        assert account.locked(NOW + lock - timedelta(microseconds=1))
        assert not account.locked(NOW + lock)


@given(st.integers(0, 2000))
def test_a_lock_never_shrinks_and_has_its_limits(tries: int) -> None:
    one, more = after(tries).locked_until, after(tries + 1).locked_until

    if more is not None:
        assert FIRST_LOCK <= more - NOW <= LONGEST_LOCK
        assert one is None or one <= more
    else:
        assert tries + 1 < WRONG_TRIES


def test_the_right_password_forgets_what_was_wrong() -> None:
    assert right_password(after(9)) == ACCOUNT


@pytest.mark.parametrize(
    ("account", "allow_demo_ids", "usable"),
    [
        pytest.param(ACCOUNT, False, True, id="an officer"),
        pytest.param(replace(ACCOUNT, disabled=True), True, False, id="closed"),
        pytest.param(replace(ACCOUNT, demonstration=True), True, True, id="a demonstration"),
        pytest.param(replace(ACCOUNT, demonstration=True), False, False, id="in earnest"),
    ],
)
def test_who_may_act_at_all(account: Account, allow_demo_ids: bool, usable: bool) -> None:
    assert account.usable(allow_demo_ids=allow_demo_ids) is usable


@pytest.mark.parametrize(
    ("account", "days", "over"),
    [
        pytest.param(ACCOUNT, 7, False, id="the seventh day"),
        pytest.param(ACCOUNT, 8, True, id="the eighth"),
        pytest.param(replace(ACCOUNT, must_change=False), 800, False, id="the officer's own"),
    ],
)
def test_a_password_that_others_have_seen_runs_out(account: Account, days: int, over: bool) -> None:
    assert account.first_password_ran_out(NOW + timedelta(days=days)) is over


def test_what_the_log_gets_tells_two_states_apart_and_holds_no_secret() -> None:
    changed = replace(ACCOUNT, passkeys=(Passkey(b"id", b"key", 0, "办公电脑", NOW),))
    act = act_on(changed, "enrol_passkey", at=NOW, actor="li-3", before=ACCOUNT)

    assert (act.county, act.permit_number, act.actor) == ("330302", "li-3", "li-3")
    assert act.before != act.after
    assert len(act.before) == len(act.after) == 64
    assert "argon2" not in repr(act)
    assert act_on(ACCOUNT, "x", at=NOW, actor="console").before == ""
