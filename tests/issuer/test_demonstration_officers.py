"""Officers for demonstrations: one of each role, made once, of no use in earnest."""

from datetime import UTC, datetime

import pytest
from argon2.profiles import CHEAPEST
from msgspec.structs import replace

from issuer.demonstration_officers import OFFICERS, PASSWORD, add_demonstration_officers
from issuer.errors import SignInError
from issuer.officer import ALL_ROLES, Role
from issuer.officer_account import AccountName, check_new_account
from issuer.passwords import Passwords, check_new_password
from issuer.sign_in import SignIn
from issuer.storage import IssuerStorage

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PASSWORDS = Passwords(CHEAPEST)


def test_every_role_is_there_and_two_who_decide() -> None:
    roles = [role for _, held in OFFICERS.values() for role in held]

    assert set(roles) == ALL_ROLES
    assert roles.count(Role.APPROVER) == 2


@pytest.mark.parametrize("officer_id", OFFICERS)
def test_each_could_be_a_real_account(officer_id: str) -> None:
    own_name, roles = OFFICERS[officer_id]
    name = AccountName("330302", officer_id)

    check_new_account(name, own_name, roles)
    check_new_password(PASSWORD, name)
    assert "示" in own_name


def test_they_are_made_once_for_each_county(storage: IssuerStorage) -> None:
    first = add_demonstration_officers(storage, ["330302"], NOW, PASSWORDS)
    with storage.transaction() as tx:
        tx.replace_account(replace(first[0], disabled=True))
    both = add_demonstration_officers(storage, ["330304", "330302", "330302"], NOW, PASSWORDS)

    assert [account.id for account in both] == [*sorted(OFFICERS)] * 2
    assert [account.disabled for account in both] == [True] + [False] * 9
    with storage.reading() as register:
        entries = register.audit()
    assert [entry.permit_number for entry in entries] == [*OFFICERS] * 2
    assert {(entry.act, entry.actor) for entry in entries} == {("add_officer", "demo-data")}


def test_they_sign_in_at_once_but_only_where_demonstrations_are_held(
    storage: IssuerStorage,
) -> None:
    add_demonstration_officers(storage, ["330302"], NOW, PASSWORDS)
    here = SignIn(storage, lambda: NOW, PASSWORDS, allow_demo_ids=True)
    begun_at = here.password("li-3@330302", PASSWORD, source="").begun_at

    assert here.session("li-3@330302", begun_at=begun_at, passkey_shown=False).missing is None
    with pytest.raises(SignInError):
        SignIn(storage, lambda: NOW, PASSWORDS).password("li-3@330302", PASSWORD, source="")
