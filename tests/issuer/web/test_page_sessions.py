"""Sessions: begun by signing in, under a name nobody planted, and over when they should be."""

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from litestar import Litestar, Request, Router, get, post
from litestar.datastructures import State
from litestar.stores.base import StorageObject
from litestar.stores.memory import MemoryStore
from litestar.testing import AsyncTestClient

from issuer.web.page_errors import PAGE_HANDLERS
from issuer.web.page_rendering import render
from issuer.web.page_sessions import (
    SESSION_STORE,
    begin_session,
    cookie_name,
    end_session,
    say,
    session_middleware,
)
from issuer.web.page_setup import Pages
from issuer.web.page_tokens import csrf_middleware, refuse_odd_requests
from keys.clock import system_clock
from tests.issuer.web.portal_visitor import LIN, portal

Browser = AsyncTestClient[Litestar]


@get("/look", sync_to_thread=False)
def look(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return {"who": request.session.get("who"), "seen": request.session.get("seen")}


@get("/flash", sync_to_thread=False)
def flash(request: Request[Any, Any, Any]) -> Any:
    return render(request, "error.html", status=200, explanation=_Nothing())


class _Nothing:
    sentence = remedy = detail = code = "x"


@post("/in", sync_to_thread=False)
def sign_in(request: Request[Any, Any, Any]) -> None:
    begin_session(request, {"who": "li-3"}, system_clock())
    say(request, "Granted")


@post("/touch", sync_to_thread=False)
def touch(request: Request[Any, Any, Any]) -> None:
    request.session["seen"] = "yes"


@post("/out", sync_to_thread=False)
def sign_out(request: Request[Any, Any, Any]) -> None:
    end_session(request)


class Clock:
    """The machine's time, moved at will."""

    ahead = timedelta()

    def __call__(self) -> Any:
        return system_clock() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def application(store: MemoryStore, clock: Callable[[], Any], *, secure: bool) -> Litestar:
    router = Router(
        "/",
        route_handlers=[look, flash, sign_in, touch, sign_out],
        middleware=[
            session_middleware(secure=secure, idle_s=60),
            csrf_middleware(secure=secure, secret="s" * 32),
        ],
        before_request=refuse_odd_requests,
        exception_handlers=PAGE_HANDLERS,
    )
    pages = Pages(clock=clock, secure=secure, demonstration=False, session_absolute_s=600)
    return Litestar(
        [router],
        stores={SESSION_STORE: store},
        state=State({"pages": pages}),
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
async def browser(store: MemoryStore, clock: Clock) -> AsyncIterator[Browser]:
    async with AsyncTestClient(application(store, clock, secure=False)) as client:
        await client.get("/look")
        client.headers["x-csrftoken"] = client.cookies["form"]
        yield client


def carry(browser: Browser, name: str) -> None:
    """Have the browser bring the session of this name, and no other."""
    if "session" in browser.cookies:
        browser.cookies.delete("session")
    browser.cookies.set("session", name, domain="testserver.local")


async def test_who_only_looks_leaves_nothing(browser: Browser, store: MemoryStore) -> None:
    await browser.get("/look")

    assert "session" not in browser.cookies
    assert store._store == {}


async def test_signing_in_takes_a_name_that_nobody_planted(
    browser: Browser, store: MemoryStore
) -> None:
    carry(browser, "planted")
    await browser.post("/in")

    assert browser.cookies["session"] != "planted"
    assert await store.get("planted") is None
    carry(browser, "planted")
    assert (await browser.get("/look")).json()["who"] is None


async def test_signing_in_again_takes_another_name_and_ends_the_first(browser: Browser) -> None:
    await browser.post("/in")
    first = browser.cookies["session"]
    await browser.post("/in")
    second = browser.cookies["session"]
    carry(browser, first)

    assert first != second
    assert (await browser.get("/look")).json()["who"] is None


async def test_what_somebody_puts_into_a_session_that_never_began_is_not_kept(
    browser: Browser, store: MemoryStore
) -> None:
    await browser.post("/touch")

    assert store._store == {}


async def test_a_session_that_was_signed_out_is_not_brought_back(
    browser: Browser, store: MemoryStore
) -> None:
    await browser.post("/in")
    name = browser.cookies["session"]
    await browser.post("/out")
    carry(browser, name)
    await browser.post("/touch")

    assert store._store == {}


async def test_a_session_ends_a_working_day_after_it_began(browser: Browser, clock: Clock) -> None:
    await browser.post("/in")
    clock.ahead = timedelta(seconds=599)
    assert (await browser.get("/look")).json()["who"] == "li-3"
    clock.ahead = timedelta(seconds=601)
    assert (await browser.get("/look")).json()["who"] is None


async def test_a_session_lives_as_long_as_it_is_used(browser: Browser, store: MemoryStore) -> None:
    await browser.post("/in")
    store._store["other"] = StorageObject(expires_at=system_clock(), data=b"{}")
    before = await store.expires_in(browser.cookies["session"])
    held = store._store[browser.cookies["session"]]
    await browser.get("/look")
    renewed = store._store[browser.cookies["session"]]
    await browser.post("/in")

    assert before is not None
    assert renewed.expires_at is not None
    assert held.expires_at is not None
    assert renewed.expires_at > held.expires_at
    assert "other" not in store._store  # what had run out went with the next sign-in


async def test_what_is_said_is_said_once(browser: Browser) -> None:
    await browser.post("/in")
    first, second = (await browser.get("/flash")).text, (await browser.get("/flash")).text

    assert "alert--good" in first
    assert "alert--good" not in second


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"x-csrftoken": ""}, 403, id="no token"),
        pytest.param({"x-csrftoken": "f" * 128}, 403, id="a token nobody signed"),
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, 403, id="another host of the site"),
        pytest.param({"sec-fetch-site": "same-origin"}, 201, id="a page of ours"),
    ],
)
async def test_forms_come_from_pages_of_ours(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    assert (await browser.post("/in", headers=headers)).status_code == status


async def test_with_https_cookies_are_bound_to_this_host(store: MemoryStore, clock: Clock) -> None:
    app = application(store, clock, secure=True)
    async with AsyncTestClient(app, base_url="https://permits.example") as client:
        token = (await client.get("/look")).cookies["__Host-form"]
        answer = await client.post("/in", headers={"x-csrftoken": token})

    (cookie,) = (line for line in answer.headers.get_list("set-cookie") if "session" in line)
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Domain" not in cookie
    # A time would count from the sign-in, however busy the session is; the store knows it.
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower()


def test_without_https_the_prefix_would_be_refused_by_browsers() -> None:
    assert cookie_name("session", secure=False) == "session"


async def test_with_a_shared_redis_pages_do_the_same(
    tmp_path: Path, keys_dir: Path, redis_url: str
) -> None:
    async with portal(tmp_path, keys_dir, redis_url=redis_url) as visitor:
        await visitor.sign_in(LIN)
        assert visitor.address == "/apply"
        name = visitor.http.cookies["session"]
        await visitor.post("/sign-out")
        answer = await visitor.http.get("/apply", headers={"cookie": f"session={name}"})

    assert answer.url.path == "/sign-in"


async def test_while_the_redis_is_away_a_page_says_so(tmp_path: Path, keys_dir: Path) -> None:
    with closing(socket()) as nobody:  # bound and not listening: every connection is refused
        nobody.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{nobody.getsockname()[1]}"
        async with portal(tmp_path, keys_dir, redis_url=address) as visitor:
            visitor.http.cookies.set("session", "x" * 64)
            answer = await visitor.get("/apply")

    assert answer.status_code == 503
    assert "store_unavailable" in answer.text
