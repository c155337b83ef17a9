"""Passkeys with accounts behind them: challenges that count once, counters kept, all logged."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from issuer.errors import DeskError, PasskeyError, UnknownOfficerError
from issuer.officer import Role
from issuer.officer_account import Account, AccountName, Passkey
from issuer.passkey_ceremony import CounterError
from issuer.passkeys import CHALLENGE_TTL_S, Passkeys
from issuer.storage import IssuerStorage
from keys.one_time import MemoryOneTimeStore
from schemas.errors import InputError
from tests.issuer.soft_authenticator import SoftAuthenticator, challenge_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ORIGIN = "https://desk.example"
LI, CHEN, DESK = "li-3@330302", "chen-5@330302", "192.0.2.7"
ACCOUNT = Account(
    id="li-3",
    county="330302",
    name="李示范",
    roles=frozenset({Role.APPROVER}),
    password_hash="$argon2id$",
    password_set_at=NOW,
    sessions_from=NOW,
    must_change=False,
)


class Time:
    """A clock and a monotonic one, which a test sets together."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def passkeys(storage: IssuerStorage, time: Time) -> Passkeys:
    with storage.transaction() as tx:
        tx.add_account(ACCOUNT)
        tx.add_account(replace(ACCOUNT, id="chen-5"))
    return Passkeys(storage, time, MemoryOneTimeStore(time.seconds), base_url=ORIGIN)


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator(ORIGIN)


def kept(storage: IssuerStorage, officer: str = "li-3") -> Account:
    with storage.reading() as register:
        return register.account(AccountName("330302", officer))


def acts(storage: IssuerStorage) -> list[str]:
    with storage.reading() as register:
        return [f"{entry.act} {entry.actor}" for entry in register.audit()]


async def enrol(passkeys: Passkeys, device: SoftAuthenticator, officer_id: str = LI) -> Passkey:
    return await passkeys.enrol(
        officer_id, "手机", device.make(await passkeys.enrolment(officer_id))
    )


async def verify(passkeys: Passkeys, answer: bytes, officer_id: str = LI) -> None:
    await passkeys.verify(officer_id, answer, source=DESK)


async def refused(act: Awaitable[object], match: str | None = None) -> None:
    with pytest.raises(PasskeyError, match=match):
        await act


async def test_enrolled_shown_and_taken_off(
    passkeys: Passkeys, device: SoftAuthenticator, storage: IssuerStorage, time: Time
) -> None:
    made = await enrol(passkeys, device)
    time.now += timedelta(days=1)
    await verify(passkeys, device.show(await passkeys.challenge(LI)))
    (used,) = passkeys.passkeys(LI)
    passkeys.remove(LI, made.credential_id)

    assert made == Passkey(b"device-1", made.public_key, 0, "手机", NOW)
    assert used == replace(made, sign_count=1, used_at=time.now)
    assert passkeys.passkeys(LI) == ()
    assert acts(storage) == ["enrol_passkey li-3", "show_passkey li-3", "remove_passkey li-3"]


async def test_an_answer_counts_once(
    passkeys: Passkeys, device: SoftAuthenticator, storage: IssuerStorage
) -> None:
    await enrol(passkeys, device)
    answer = device.show(await passkeys.challenge(LI))
    await verify(passkeys, answer)

    await refused(verify(passkeys, answer), "answered before")
    await passkeys.challenge(LI)
    await refused(verify(passkeys, answer), "not accepted")


async def test_whatever_comes_back_takes_the_challenge(
    passkeys: Passkeys, device: SoftAuthenticator
) -> None:
    await enrol(passkeys, device)
    asked = await passkeys.challenge(LI)
    with pytest.raises(InputError):
        await verify(passkeys, b"nothing of the sort")

    await refused(verify(passkeys, device.show(asked)), "answered before")


async def test_a_challenge_runs_out(
    passkeys: Passkeys, device: SoftAuthenticator, time: Time
) -> None:
    await enrol(passkeys, device)
    asked, making = await passkeys.challenge(LI), await passkeys.enrolment(LI)
    time.now += timedelta(seconds=CHALLENGE_TTL_S)

    await refused(verify(passkeys, device.show(asked)), "ran out")
    await refused(passkeys.enrol(LI, "手机", device.make(making)), "ran out")


async def test_a_newer_challenge_takes_the_place_of_the_older(
    passkeys: Passkeys, device: SoftAuthenticator
) -> None:
    await enrol(passkeys, device)
    older, newer = await passkeys.challenge(LI), await passkeys.challenge(LI)

    assert challenge_of(older) != challenge_of(newer)
    await refused(verify(passkeys, device.show(older)), "not accepted")


async def test_a_challenge_is_for_one_officer_and_one_purpose(
    passkeys: Passkeys, device: SoftAuthenticator
) -> None:
    await enrol(passkeys, device)
    asked = await passkeys.challenge(LI)

    await refused(verify(passkeys, device.show(asked), CHEN), "ran out")
    await refused(passkeys.enrol(LI, "手机", device.show(asked)), "ran out")
    await verify(passkeys, device.show(asked))


async def test_another_officer_s_device_does_not_help(
    passkeys: Passkeys, device: SoftAuthenticator
) -> None:
    other = SoftAuthenticator(ORIGIN, credential_id=b"device-2")
    await enrol(passkeys, device)
    await enrol(passkeys, other, CHEN)

    await refused(verify(passkeys, other.show(await passkeys.challenge(LI))), "not enrolled for")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"origin": "https://evil.example"}, "passkey_refused", id="wrong origin"),
        pytest.param({"challenge": "AAAA"}, "passkey_refused", id="wrong challenge"),
        pytest.param({"signature": b"x"}, "passkey_refused", id="wrong signature"),
        pytest.param({"counter": 6}, "passkey_copied", id="counter went back"),
    ],
)
async def test_a_refusal_is_written_down_and_changes_nothing(
    passkeys: Passkeys, storage: IssuerStorage, wrong: dict[str, Any], code: str
) -> None:
    device = SoftAuthenticator(ORIGIN, counter=7)
    await enrol(passkeys, device)
    before = kept(storage)

    await refused(verify(passkeys, device.show(await passkeys.challenge(LI), **wrong)))

    assert kept(storage) == before
    with storage.reading() as register:
        entry = register.audit()[-1]
    assert (entry.act, entry.actor) == ("passkey_refused", "sign-in")
    assert entry.details == {"source": DESK, "reason": code}


async def test_a_copied_device_is_told_apart(passkeys: Passkeys) -> None:
    device = SoftAuthenticator(ORIGIN, counter=7)
    await enrol(passkeys, device)
    await verify(passkeys, device.show(await passkeys.challenge(LI)))

    with pytest.raises(CounterError, match="there may be a copy"):
        await verify(passkeys, device.show(await passkeys.challenge(LI), counter=8))


async def test_one_device_is_one_officer_s(passkeys: Passkeys, device: SoftAuthenticator) -> None:
    await enrol(passkeys, device)

    await refused(enrol(passkeys, device, CHEN), "enrolled already")
    await refused(enrol(passkeys, device), "enrolled already")


async def test_an_officer_has_ten_at_most(
    passkeys: Passkeys, device: SoftAuthenticator, storage: IssuerStorage
) -> None:
    asked = await passkeys.enrolment(LI)
    ten = tuple(Passkey(bytes([n]), b"key", 0, "手机", NOW) for n in range(10))
    with storage.transaction() as tx:
        tx.replace_account(replace(ACCOUNT, passkeys=ten))

    await refused(passkeys.enrolment(LI), "10 passkeys at most")
    await refused(passkeys.enrol(LI, "手机", device.make(asked)), "10 passkeys at most")


async def test_a_passkey_has_a_name(passkeys: Passkeys, device: SoftAuthenticator) -> None:
    asked = await passkeys.enrolment(LI)

    with pytest.raises(DeskError, match="a name is needed"):
        await passkeys.enrol(LI, "", device.make(asked))
    await passkeys.enrol(LI, "手机", device.make(asked))


async def test_only_what_is_enrolled_is_taken_off(
    passkeys: Passkeys, device: SoftAuthenticator
) -> None:
    await enrol(passkeys, device)
    with pytest.raises(PasskeyError, match="is not enrolled"):
        passkeys.remove(CHEN, b"device-1")

    assert len(passkeys.passkeys(LI)) == 1


async def test_nobody_has_none(passkeys: Passkeys) -> None:
    for act in (passkeys.enrolment("hu-1@330302"), passkeys.challenge("hu-1@330302")):
        with pytest.raises(UnknownOfficerError):
            await act


async def test_a_service_without_a_name_says_so(
    storage: IssuerStorage, passkeys: Passkeys, time: Time
) -> None:
    nameless = Passkeys(storage, time, MemoryOneTimeStore(), base_url="https://192.0.2.7")

    assert nameless.origin == ""
    await refused(nameless.enrolment(LI), "reached by an address")
    await refused(nameless.challenge(LI), "reached by an address")
