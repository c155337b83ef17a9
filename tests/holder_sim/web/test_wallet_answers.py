"""Errors on the wire: one shape, nothing of ours in a defect, nothing kept by caches."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.testing import AsyncTestClient

from holder_sim.errors import UnreachableError
from holder_sim.web.wallet_answers import wallet_defect, wallet_error, wallet_http_error
from schemas.errors import ServiceError


@get("/known", sync_to_thread=False)
def known() -> None:
    raise UnreachableError("no answer", remedy="Try later.")


@get("/defect", sync_to_thread=False)
def defect() -> None:
    raise ZeroDivisionError("secret in a trace")


@pytest.fixture
async def page() -> AsyncIterator[Any]:
    app = Litestar(
        [known, defect],
        exception_handlers={
            ServiceError: wallet_error,
            HTTPException: wallet_http_error,
            Exception: wallet_defect,
        },
        openapi_config=None,
    )
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/known", 502, "unreachable"),
        ("GET", "/defect", 500, "internal_error"),
        ("GET", "/elsewhere", 404, "invalid_request"),
        ("POST", "/known", 405, "invalid_request"),
    ],
)
async def test_every_error_has_one_shape(
    page: Any, method: str, path: str, status: int, error: str
) -> None:
    response = await page.request(method, path)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.json().keys() == {"error", "error_description", "remedy"}
    assert response.headers["cache-control"] == "no-store"


async def test_a_defect_is_logged_and_told_to_nobody(
    page: Any, caplog: pytest.LogCaptureFixture
) -> None:
    response = await page.get("/defect")

    assert "secret" not in response.text
    assert "secret in a trace" in caplog.text


async def test_somebody_who_opened_a_page_gets_a_page(wallet_page: Any) -> None:
    opened = await wallet_page.get(
        "/cards", headers={"accept": "text/html", "accept-language": "en"}
    )
    fetched = await wallet_page.get("/cards", headers={"accept": "*/*"})

    assert opened.status_code == fetched.status_code == 403
    assert "The wallet is locked." in opened.text
    assert fetched.json()["error"] == "locked"
    assert opened.headers["content-security-policy"] == fetched.headers["content-security-policy"]
