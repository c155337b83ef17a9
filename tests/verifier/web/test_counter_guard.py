"""Requests of other sites' pages are refused; links and bookmarks are followed."""

from typing import Any

import pytest
from litestar import Request

from verifier.web.counter_guard import ForeignCounterPageError, OwnCounterPages

OWN = "http://127.0.0.1:8102"
CHECK = ("POST", "/counter/api/checks")


@pytest.mark.parametrize(
    ("method", "path", "headers", "refused"),
    [
        (*CHECK, {}, False),
        (*CHECK, {"origin": "https://evil.example"}, True),
        (*CHECK, {"origin": "null"}, True),
        (*CHECK, {"origin": ""}, True),
        (*CHECK, {"origin": "http://127.0.0.1:9999"}, True),
        (*CHECK, {"sec-fetch-site": "same-origin"}, False),
        (*CHECK, {"sec-fetch-site": "cross-site"}, True),
        (*CHECK, {"sec-fetch-site": "same-site"}, True),
        (*CHECK, {"host": "evil.example", "origin": "http://evil.example"}, True),
        (*CHECK, {"host": "localhost:8102", "origin": "http://localhost:8102"}, False),
        ("POST", "/counter/setup", {"origin": "https://evil.example"}, True),
        ("POST", "/counter/language", {"origin": "https://evil.example"}, True),
        ("GET", "/counter", {"sec-fetch-site": "none"}, False),
        ("GET", "/counter", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, True),
        (
            "GET",
            "/counter",
            {
                "sec-fetch-site": "cross-site",
                "sec-fetch-mode": "navigate",
                "sec-fetch-dest": "document",
            },
            False,
        ),
        (
            "GET",
            "/counter",
            {
                "sec-fetch-site": "cross-site",
                "sec-fetch-mode": "navigate",
                "sec-fetch-dest": "iframe",
            },
            True,
        ),
    ],
)
async def test_who_may_ask(method: str, path: str, headers: dict[str, str], refused: bool) -> None:
    sent = {"host": "127.0.0.1:8102", "origin": OWN} | headers
    assert await is_refused(method, path, sent) is refused


async def test_without_an_origin_nothing_is_changed() -> None:
    assert await is_refused(*CHECK, {"host": "127.0.0.1:8102"})
    assert not await is_refused("GET", "/counter", {"host": "127.0.0.1:8102"})


@pytest.mark.parametrize("origin", ["https://v.example", "http://v.example"])
async def test_behind_a_proxy_that_ends_tls_both_schemes_are_ours(origin: str) -> None:
    guard = OwnCounterPages("https://v.example", "0.0.0.0")  # noqa: S104 - nothing is bound
    sent = {"host": "v.example", "origin": origin}
    await guard(request_of(*CHECK, sent))


async def is_refused(method: str, path: str, headers: dict[str, str]) -> bool:
    try:
        await OwnCounterPages(OWN, "127.0.0.1")(request_of(method, path, headers))
    except ForeignCounterPageError:
        return True
    return False


def request_of(method: str, path: str, headers: dict[str, str]) -> Any:
    scope: Any = {
        "type": "http",
        "scheme": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "server": ("127.0.0.1", 8102),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    return Request(scope)


async def test_the_guard_stands_before_pages_and_interface_and_not_before_wallets(
    desk_http: Any,
) -> None:
    foreign = {"origin": "https://evil.example"}
    for path in ("/counter/api/checks", "/counter/setup", "/counter/language"):
        answer = await desk_http.post(path, json={}, headers=foreign)
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_page")
    asked = {"county": "330302", "item": "identity_look"}
    answer = await desk_http.post("/requests", json=asked, headers=foreign | {"host": "x.y"})
    assert answer.status_code == 201
