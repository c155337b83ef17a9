"""Headers: strict for everything, with just enough leave for pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from issuer.web.page_setup import Pages
from issuer.web.security_headers import (
    PAGE_HEADERS,
    SECURITY_HEADERS,
    add_security_headers,
)
from keys.clock import system_clock
from tests.issuer.web.portal_visitor import Portal, portal


@get("/own")
async def own() -> Response[str]:
    policy = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response("", media_type="text/html", headers=policy)


@pytest.fixture
async def visitor(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as opened:
        yield opened


async def test_pages_and_the_rest_have_each_their_headers(visitor: Portal) -> None:
    pages = [await visitor.get("/"), await visitor.get("/nothing"), await visitor.get("/sign-in")]
    rest = [
        await visitor.http.get("/health"),
        await visitor.http.post("/330302/nonce", headers={"accept": "*/*"}),
        await visitor.http.get("/nothing", headers={"accept": "application/json"}),
    ]

    for answer in pages:
        assert {name: answer.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
    for answer in rest:
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "set-cookie" not in answer.headers


async def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    app = Litestar([own], before_send=[add_security_headers], openapi_config=None)
    async with AsyncTestClient(app) as client:
        answer = await client.get("/own")

    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("secure", [True, False])
async def test_a_service_reached_by_https_is_reached_by_nothing_else(secure: bool) -> None:
    pages = Pages(clock=system_clock, secure=secure, demonstration=False, session_absolute_s=600)
    app = Litestar(
        [own],
        before_send=[add_security_headers],
        state=State({"pages": pages}),
        openapi_config=None,
    )
    async with AsyncTestClient(app) as client:
        answers = [await client.get("/own"), await client.get("/nothing")]

    assert all(("strict-transport-security" in answer.headers) is secure for answer in answers)


def test_pages_run_nothing_that_stands_inside_them() -> None:
    policy = PAGE_HEADERS["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
