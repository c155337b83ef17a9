"""Passwords: kept as hashes, compared in any spelling, and only good ones taken."""

import time

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import PasswordError
from issuer.officer_account import AccountName
from issuer.passwords import MAX_LENGTH, Passwords, check_new_password, first_password

LI = AccountName("330302", "li-3")
PASSWORDS = Passwords(CHEAPEST)


@given(st.text(max_size=MAX_LENGTH), st.text(max_size=MAX_LENGTH))
def test_only_the_same_password_fits(one: str, other: str) -> None:
    kept = PASSWORDS.hash(one)

    assert PASSWORDS.verify(kept, one)
    assert one not in kept or len(one) < 5
    if one.isascii() and other.isascii():
        assert PASSWORDS.verify(kept, other) is (one == other)


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        pytest.param("caf\u00e9 au lait", "cafe\u0301 au lait", id="a composed letter"),
        pytest.param("１２３密码密码", "123密码密码", id="full width"),
    ],
)
def test_characters_that_look_the_same_are(kept: str, typed: str) -> None:
    assert PASSWORDS.verify(PASSWORDS.hash(kept), typed)


@pytest.mark.parametrize(
    ("kept", "tried"),
    [
        pytest.param(None, "correct horse", id="no account"),
        pytest.param("not a hash", "correct horse", id="a damaged hash"),
        pytest.param("", "", id="an empty one"),
    ],
)
def test_what_is_no_hash_fits_nothing(kept: str | None, tried: str) -> None:
    assert not PASSWORDS.verify(kept, tried)


def test_a_password_of_any_length_is_answered_without_hashing_it() -> None:
    kept = PASSWORDS.hash("")

    assert not PASSWORDS.verify(PASSWORDS.hash("x" * 200), "x" * 200)
    assert PASSWORDS.verify(kept, ""), "so the next line says something"
    assert not PASSWORDS.verify(kept, "x" * (MAX_LENGTH + 1))


def test_nobody_costs_as_much_as_somebody() -> None:
    """A hash is made, not skipped: an answer in no time would say that nobody is there."""
    passwords = Passwords()
    kept = passwords.hash("correct horse")
    passwords.verify(None, "warm")

    def spent(held: str | None) -> float:
        began = time.process_time()
        passwords.verify(held, "wrong horse")
        return time.process_time() - began

    assert spent(None) > spent(kept) / 4


def test_the_cost_is_the_one_recommended_and_an_older_one_is_noticed() -> None:
    today = Passwords()
    kept = today.hash("correct horse")

    assert "$argon2id$v=19$m=65536,t=3,p=4$" in kept
    assert not today.outdated(kept)
    assert today.outdated(PASSWORDS.hash("correct horse"))
    assert today.verify(PASSWORDS.hash("correct horse"), "correct horse")
    assert PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).verify(kept, "correct horse")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        pytest.param("x" * 11, "12 to 128 characters", id="short"),
        pytest.param("x" * 129, "12 to 128 characters", id="long"),
        pytest.param("ﷺ" * 12, "12 to 128 characters", id="long when spelled out"),
        pytest.param("correct\thorse\n", "one line", id="what no keyboard types"),
        pytest.param("li-3@330302", "12 to 128 characters", id="the account"),
        pytest.param("LI-3li-3 li-3", "says who you are", id="the id again and again"),
        pytest.param("x" * 12, None, id="just long enough"),
        pytest.param("x" * 128, None, id="just short enough"),
        pytest.param("鹿城区派出所窗口一号桌子", None, id="twelve characters of any script"),
        pytest.param("my li-3 permit desk", None, id="the id among others"),
    ],
)
def test_which_are_taken(password: str, refusal: str | None) -> None:
    if refusal is None:
        check_new_password(password, LI)
        return
    with pytest.raises(PasswordError, match=refusal) as caught:
        check_new_password(password, LI)
    assert password not in str(caught.value)


def test_the_whole_account_name_is_not_taken() -> None:
    with pytest.raises(PasswordError, match="says who you are"):
        check_new_password("Wang-20@330302", AccountName("330302", "wang-20"))


def test_a_first_password_is_taken_and_never_the_same() -> None:
    made = {first_password() for _ in range(200)}

    assert len(made) == 200
    for password in made:
        check_new_password(password, LI)
        assert not set(password) & set("ilo01")
