"""Tries are counted by place and by name, and nobody keeps an officer from their own desk."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.attempt_limit import AttemptLimit, TooManyAttemptsError
from issuer.officer import Role
from issuer.sign_in import SignedIn
from issuer.storage import IssuerStorage
from issuer.web.desk_gate import (
    REMEMBERED_FOR,
    BusyError,
    DeskGate,
    KnownDevices,
    Turns,
    one_name,
)
from issuer.web.officer_routes import DEVICE_TRIES
from keys.one_time import MemoryOneTimeStore
from tests.issuer.web.desk_visitor import (
    PASSWORD,
    DeskVisitor,
    add_account,
    use_cheap_passwords,
    where,
)

LI, WRONG = "li-3@330302", "wrong horse battery"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DEVICES = KnownDevices("s" * 64)


@pytest.fixture
def gate() -> DeskGate:
    store = MemoryOneTimeStore()
    return DeskGate(
        AttemptLimit(store, "source", tries=3, window_s=60),
        AttemptLimit(store, "account", tries=2, window_s=60),
        AttemptLimit(store, "device", tries=1, window_s=60),
        DEVICES,
        Turns(),
    )


async def test_tries_are_counted_by_place_and_by_name(gate: DeskGate) -> None:
    assert not await gate.spend("192.0.2.1", LI, "", NOW)
    assert not await gate.spend("192.0.2.2", f" {LI} ", "", NOW)

    with pytest.raises(TooManyAttemptsError):
        await gate.spend("192.0.2.3", LI, "", NOW)
    await gate.spend("192.0.2.1", "chen-5@330302", "", NOW)
    await gate.spend("192.0.2.1", "hu-1@330302", "", NOW)
    with pytest.raises(TooManyAttemptsError):
        await gate.spend("192.0.2.1", "sun-9@330302", "", NOW)


async def test_an_ipv6_network_is_one_place(gate: DeskGate) -> None:
    for host in range(3):
        await gate.spend(f"2001:db8::{host}", f"x-{host}@330302", "", NOW)

    with pytest.raises(TooManyAttemptsError):
        await gate.spend("2001:db8::ffff", "x-9@330302", "", NOW)


async def test_a_known_browser_has_tries_of_its_own_and_then_waits_like_others(
    gate: DeskGate,
) -> None:
    mark = DEVICES.mark(LI, NOW)
    for source in ("192.0.2.1", "192.0.2.2"):
        await gate.spend(source, LI, "", NOW)

    assert await gate.spend("192.0.2.3", LI, mark, NOW)
    with pytest.raises(TooManyAttemptsError):
        await gate.spend("192.0.2.3", LI, mark, NOW)


@pytest.mark.parametrize(
    ("mark", "officer_id", "later", "known"),
    [
        pytest.param(DEVICES.mark(LI, NOW), LI, timedelta(days=179), True, id="the same officer"),
        pytest.param(DEVICES.mark(LI, NOW), "chen-5@330302", timedelta(), False, id="another"),
        pytest.param(DEVICES.mark(LI, NOW), LI, REMEMBERED_FOR, False, id="too old"),
        pytest.param(KnownDevices("t" * 64).mark(LI, NOW), LI, timedelta(), False, id="foreign"),
        pytest.param("", LI, timedelta(), False, id="none"),
        pytest.param("x.y.z", LI, timedelta(), False, id="made up"),
        pytest.param("中." * 4_000, LI, timedelta(), False, id="long"),
    ],
)
def test_a_mark_is_for_one_officer_and_a_time(
    mark: str, officer_id: str, later: timedelta, known: bool
) -> None:
    assert DEVICES.knows(mark, officer_id, NOW + later) is known


def test_a_name_has_one_spelling_and_what_is_none_stays() -> None:
    assert (one_name(f" {LI} "), one_name("a password")) == (LI, "a password")


async def test_a_crowd_at_the_door_stops_nothing_else_and_has_an_end() -> None:
    turns, opened = Turns(at_once=1, in_line=40), threading.Event()
    done = SignedIn(LI, NOW, second_factor=False)

    def wait() -> SignedIn:
        assert opened.wait(10)
        return done

    crowd = [asyncio.create_task(turns.take(wait)) for _ in range(40)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await turns.take(lambda: done)
    # The threads of all other pages are free, however many wait here.
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "served"), 5) == "served"
    opened.set()

    assert await asyncio.gather(*crowd) == [done] * 40
    assert await turns.take(lambda: done) == done


@pytest.fixture
def visitor(
    http: AsyncTestClient[Litestar], storage: IssuerStorage, monkeypatch: pytest.MonkeyPatch
) -> DeskVisitor:
    """A browser in front of the desk of an approver."""
    use_cheap_passwords(monkeypatch)
    add_account(storage, "li-3", Role.APPROVER)
    return DeskVisitor(http)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    use_cheap_passwords(monkeypatch)


async def test_nobody_locks_an_officer_out_of_the_browser_that_they_use(
    visitor: DeskVisitor, http: AsyncTestClient[Litestar]
) -> None:
    await visitor.sign_in(LI, PASSWORD)
    await visitor.get("/desk/password")
    await visitor.post("/desk/sign-out")
    (name,) = (cookie for cookie in http.cookies if cookie.startswith("device-"))
    mark = http.cookies[name]
    http.cookies.clear()
    elsewhere = [await visitor.sign_in(LI, WRONG) for _ in range(6)]
    locked = await visitor.sign_in(LI, PASSWORD)
    http.cookies.set(name, mark, domain="127.0.0.1")

    assert {answer.status_code for answer in (*elsewhere, locked)} == {403}
    assert where(await visitor.sign_in(LI, PASSWORD)) == "/desk"


async def test_in_a_known_browser_passwords_are_not_guessed_without_end(
    visitor: DeskVisitor, storage: IssuerStorage
) -> None:
    await visitor.sign_in(LI, PASSWORD)
    for _ in range(DEVICE_TRIES):
        await visitor.sign_in(LI, WRONG)
    answer = await visitor.sign_in(LI, PASSWORD)

    with storage.reading() as register:
        assert "lock_account" in {entry.act for entry in register.audit("330302")}
    assert answer.status_code == 403
