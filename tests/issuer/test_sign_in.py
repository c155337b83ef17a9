"""The door: right, wrong, locked; and what a session is worth after things have changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY
from msgspec.structs import replace

from issuer.errors import NotSignedInError, PasswordError, SignInError
from issuer.officer import Role
from issuer.officer_account import Account, AccountName, Passkey
from issuer.officers import Officers
from issuer.passwords import Passwords
from issuer.sign_in import Missing, SignIn
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LI, NAME = "li-3@330302", AccountName("330302", "li-3")
RIGHT, WRONG, NEW = "correct horse battery", "wrong horse battery", "another horse battery"
DESK = "192.0.2.7"
PASSWORDS = Passwords(CHEAPEST)
ACCOUNT = Account(
    id="li-3",
    county="330302",
    name="李示范",
    roles=frozenset({Role.APPROVER}),
    password_hash=PASSWORDS.hash(RIGHT),
    password_set_at=NOW,
    sessions_from=NOW,
    must_change=False,
)
PASSKEY = Passkey(b"id", b"key", 0, "手机", NOW)


class Time:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def sign_in(storage: IssuerStorage, time: Time) -> SignIn:
    keep(storage, ACCOUNT, new=True)
    return SignIn(storage, time, PASSWORDS)


def keep(storage: IssuerStorage, account: Account, *, new: bool = False) -> None:
    with storage.transaction() as tx:
        (tx.add_account if new else tx.replace_account)(account)


def kept(storage: IssuerStorage) -> Account:
    with storage.reading() as register:
        return register.account(NAME)


def acts(storage: IssuerStorage) -> list[str]:
    with storage.reading() as register:
        return [f"{entry.act} {entry.actor}" for entry in register.audit()]


def refused(sign_in: SignIn, password: str = WRONG, officer_id: str = LI) -> SignInError:
    with pytest.raises(SignInError) as caught:
        sign_in.password(officer_id, password, source=DESK)
    return caught.value


def test_the_right_password_begins_a_session(sign_in: SignIn, storage: IssuerStorage) -> None:
    signed_in = sign_in.password(LI, RIGHT, source=DESK)
    live = sign_in.session(LI, begun_at=signed_in.begun_at, passkey_shown=False)

    assert (signed_in.officer_id, signed_in.second_factor) == (LI, False)
    assert (live.account, live.missing) == (ACCOUNT, None)
    with storage.reading() as register:
        (entry,) = register.audit()
    assert (entry.act, entry.actor, entry.permit_number) == ("sign_in", "li-3", "li-3")
    assert entry.details == {"source": DESK}


@pytest.mark.parametrize(
    ("changes", "password"),
    [
        pytest.param({}, WRONG, id="wrong"),
        pytest.param({}, "", id="empty"),
        pytest.param({}, "x" * 5000, id="endless"),
        pytest.param({"disabled": True}, RIGHT, id="disabled"),
        pytest.param({"demonstration": True}, RIGHT, id="for demonstrations"),
        pytest.param({"locked_until": NOW + timedelta(seconds=1)}, RIGHT, id="locked"),
        pytest.param(
            {"must_change": True, "password_set_at": NOW - timedelta(days=8)},
            RIGHT,
            id="a first password that ran out",
        ),
    ],
)
def test_every_refusal_says_the_same_as_for_nobody(
    sign_in: SignIn, storage: IssuerStorage, changes: dict[str, Any], password: str
) -> None:
    keep(storage, replace(ACCOUNT, **changes))

    nobody = refused(sign_in, officer_id="hu-1@330302")
    refusal = refused(sign_in, password)

    assert (str(refusal), refusal.code) == (str(nobody), nobody.code)
    assert "sign_in li-3" not in acts(storage)


@pytest.mark.parametrize("typed", ["hu-1@330302", "li-3", RIGHT, "", "li-3@330304"])
def test_names_that_nobody_has_are_not_in_the_log(
    sign_in: SignIn, storage: IssuerStorage, typed: str
) -> None:
    refused(sign_in, RIGHT, officer_id=typed)

    assert acts(storage) == []


def test_nobody_costs_a_comparison_too(storage: IssuerStorage, time: Time) -> None:
    asked: list[bool] = []

    class Counting(Passwords):
        def verify(self, kept: str | None, password: str) -> bool:
            asked.append(kept is None)
            return super().verify(kept, password)

    keep(storage, ACCOUNT, new=True)
    sign_in = SignIn(storage, time, Counting(CHEAPEST))
    refused(sign_in)
    refused(sign_in, officer_id="hu-1@330302")
    refused(sign_in, officer_id="no name at all")

    assert asked == [False, True, True]


def test_the_fifth_wrong_try_locks_the_account_for_the_right_password_too(
    sign_in: SignIn, storage: IssuerStorage, time: Time
) -> None:
    for _ in range(5):
        refused(sign_in)
    refused(sign_in, RIGHT)
    time.now += timedelta(minutes=15) - timedelta(microseconds=1)
    refused(sign_in, RIGHT)
    locked = acts(storage)
    time.now += timedelta(microseconds=1)
    sign_in.password(LI, RIGHT, source=DESK)

    assert locked == [*["sign_in_failed sign-in"] * 4, "lock_account sign-in"]
    assert kept(storage) == ACCOUNT


def test_each_wrong_try_after_a_lock_doubles_it(
    sign_in: SignIn, storage: IssuerStorage, time: Time
) -> None:
    for _ in range(5):
        refused(sign_in)
    time.now += timedelta(minutes=15)
    refused(sign_in)

    assert kept(storage).locked_until == time.now + timedelta(minutes=30)
    with storage.reading() as register:
        entry = register.audit()[-1]
    assert entry.details["locked_until"] == (time.now + timedelta(minutes=30)).isoformat()


def test_wrong_tries_while_it_is_locked_neither_count_nor_fill_the_log(
    sign_in: SignIn, storage: IssuerStorage
) -> None:
    for _ in range(20):
        refused(sign_in)

    assert kept(storage).wrong_tries == 5
    assert len(acts(storage)) == 5


def test_of_many_tries_at_once_no_more_get_through(register_url: str, time: Time) -> None:
    storage = SqlIssuerStorage(register_url)
    keep(storage, ACCOUNT, new=True)
    sign_in = SignIn(storage, time, PASSWORDS)

    with ThreadPoolExecutor(8) as guessers:
        list(guessers.map(lambda _: refused(sign_in), range(40)))

    refused(sign_in, RIGHT)
    assert len(acts(storage)) == 5
    storage.close()


def test_a_password_that_was_changed_meanwhile_is_wrong(storage: IssuerStorage, time: Time) -> None:
    class Slow(Passwords):
        def verify(self, kept: str | None, password: str) -> bool:
            found = super().verify(kept, password)
            keep(storage, replace(ACCOUNT, password_hash=PASSWORDS.hash(NEW)))
            return found

    keep(storage, ACCOUNT, new=True)
    refused(SignIn(storage, time, Slow(CHEAPEST)), RIGHT)

    assert acts(storage) == ["sign_in_failed sign-in"]


def test_a_hash_of_earlier_parameters_is_renewed(storage: IssuerStorage, time: Time) -> None:
    keep(storage, ACCOUNT, new=True)
    SignIn(storage, time, Passwords(RFC_9106_LOW_MEMORY)).password(LI, RIGHT, source=DESK)

    assert "m=65536" in kept(storage).password_hash
    SignIn(storage, time, PASSWORDS).password(LI, RIGHT, source=DESK)


def test_whoever_has_a_passkey_needs_it(sign_in: SignIn, storage: IssuerStorage) -> None:
    keep(storage, replace(ACCOUNT, passkeys=(PASSKEY,), must_change=True))
    signed_in = sign_in.password(LI, RIGHT, source=DESK)

    assert signed_in.second_factor
    for shown, missing in ((False, Missing.PASSKEY), (True, Missing.NEW_PASSWORD)):
        live = sign_in.session(LI, begun_at=signed_in.begun_at, passkey_shown=shown)
        assert live.missing is missing


def test_a_first_password_opens_nothing_but_the_change_of_it(
    sign_in: SignIn, storage: IssuerStorage, time: Time
) -> None:
    keep(storage, replace(ACCOUNT, must_change=True))
    begun_at = sign_in.password(LI, RIGHT, source=DESK).begun_at
    before = sign_in.session(LI, begun_at=begun_at, passkey_shown=False)
    time.now += timedelta(seconds=1)
    changed = sign_in.change_password(LI, RIGHT, NEW, source=DESK)

    assert before.missing is Missing.NEW_PASSWORD
    with pytest.raises(NotSignedInError, match="has ended"):
        sign_in.session(LI, begun_at=begun_at, passkey_shown=False)
    assert sign_in.session(LI, begun_at=changed.begun_at, passkey_shown=False).missing is None
    refused(sign_in, RIGHT)
    sign_in.password(LI, NEW, source=DESK)
    assert acts(storage)[:2] == ["sign_in li-3", "change_password li-3"]


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        pytest.param("short", "12 to 128", id="short"),
        pytest.param(RIGHT, "the old one", id="the same"),
    ],
)
def test_a_new_password_that_is_not_taken(
    sign_in: SignIn, storage: IssuerStorage, new: str, refusal: str
) -> None:
    with pytest.raises(PasswordError, match=refusal):
        sign_in.change_password(LI, RIGHT, new, source=DESK)

    assert kept(storage) == ACCOUNT


def test_wrong_tries_count_wherever_a_password_is_asked_for(
    sign_in: SignIn, storage: IssuerStorage
) -> None:
    for _ in range(2):
        with pytest.raises(SignInError):
            sign_in.change_password(LI, WRONG, NEW, source=DESK)
        with pytest.raises(SignInError):
            sign_in.confirm(LI, WRONG, source=DESK)
    sign_in.confirm(LI, RIGHT, source=DESK)
    for _ in range(5):
        refused(sign_in)
    with pytest.raises(SignInError):
        sign_in.confirm(LI, RIGHT, source=DESK)

    assert acts(storage)[4] == "confirm_password li-3"


@pytest.mark.parametrize("act", ["disable", "reset_password", "forget_passkeys"])
def test_a_session_ends_with_what_it_rested_on(
    sign_in: SignIn, storage: IssuerStorage, time: Time, act: str
) -> None:
    begun_at = sign_in.password(LI, RIGHT, source=DESK).begun_at
    time.now += timedelta(seconds=1)
    officers = Officers(storage, time, PASSWORDS)
    getattr(officers, act)(NAME, by=None)
    officers.enable(NAME, by=None)

    with pytest.raises(NotSignedInError, match="has ended"):
        sign_in.session(LI, begun_at=begun_at, passkey_shown=True)


@pytest.mark.parametrize("officer_id", ["hu-1@330302", "li-3", "", "li-3@330304"])
def test_nobody_s_session_is_none(sign_in: SignIn, officer_id: str) -> None:
    with pytest.raises(NotSignedInError):
        sign_in.session(officer_id, begun_at=NOW, passkey_shown=True)


def test_a_disabled_account_s_session_is_none(sign_in: SignIn, storage: IssuerStorage) -> None:
    keep(storage, replace(ACCOUNT, disabled=True))

    with pytest.raises(NotSignedInError):
        sign_in.session(LI, begun_at=NOW, passkey_shown=True)


def test_roles_that_were_taken_are_gone_from_the_session(
    sign_in: SignIn, storage: IssuerStorage
) -> None:
    keep(storage, replace(ACCOUNT, roles=frozenset({Role.REGISTRAR})))

    live = sign_in.session(LI, begun_at=NOW, passkey_shown=False)
    assert live.account.officer.roles == {Role.REGISTRAR}


def test_leaving_is_written_down(sign_in: SignIn, storage: IssuerStorage) -> None:
    sign_in.sign_out(LI)

    assert acts(storage) == ["sign_out li-3"]


def test_a_source_without_end_is_cut_and_no_password_is_in_the_log(
    sign_in: SignIn, storage: IssuerStorage
) -> None:
    with pytest.raises(SignInError):
        sign_in.password(LI, WRONG, source="x" * 10_000)

    with storage.reading() as register:
        (entry,) = register.audit()
    assert entry.details == {"source": "x" * 64}
    assert WRONG not in repr(entry)
