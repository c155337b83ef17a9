"""Errors on the wire: one shape, no traces, no echo."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

Http = AsyncTestClient[Litestar]


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/items", 405, "method_not_allowed"),
        ("POST", "/requests", 400, "invalid_request"),
    ],
)
async def test_http_errors_have_the_same_shape(
    http: Http, method: str, path: str, status: int, error: str
) -> None:
    answer = await http.request(method, path)

    assert answer.status_code == status
    assert set(answer.json()) == {"error", "error_description", "remedy"}
    assert answer.json()["error"] == error
    assert answer.headers["cache-control"] == "no-store"
