"""Every refusal has one shape on the wire, whoever refused."""

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, get, post
from litestar.params import FromPath, RawBody
from litestar.testing import AsyncTestClient

from issuer.errors import StorageError
from issuer.issuance_errors import (
    CredentialDeniedError,
    InsufficientScopeError,
    InvalidGrantError,
    InvalidTokenError,
    MissingTokenError,
)
from issuer.web.problem_answers import PROBLEM_HANDLERS, description
from keys.errors import NonceError
from schemas.errors import ServiceError

RAISED: dict[str, Exception] = {
    "denied": CredentialDeniedError('the permit is "suspended".', remedy="Wait."),
    "grant": InvalidGrantError("unknown"),
    "nonce": NonceError("stale"),
    "missing": MissingTokenError("no token"),
    "token": InvalidTokenError('run "out"'),
    "scope": InsufficientScopeError("not for this"),
    "storage": StorageError("the disk is full"),
    "fault": KeyError("330302200001010007"),
}


@get("/raise/{name:str}")
async def raising(name: FromPath[str]) -> None:
    raise RAISED[name]


@post("/capped", request_max_body_size=10)
async def capped(body: RawBody) -> None:
    assert body


def application() -> Litestar:
    return Litestar(
        [raising, capped],
        exception_handlers=PROBLEM_HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


@pytest.mark.parametrize(
    ("name", "status", "code", "text"),
    [
        ("denied", 400, "credential_request_denied", "the permit is 'suspended'. Wait."),
        ("grant", 400, "invalid_grant", "unknown"),
        ("nonce", 400, "invalid_nonce", "stale"),
        ("missing", 401, "invalid_token", "no token"),
        ("token", 401, "invalid_token", "run 'out'"),
        ("scope", 403, "insufficient_scope", "not for this"),
        ("storage", 503, "storage_failed", "the disk is full"),
        ("fault", 500, "internal_error", "The service failed; the fault has been recorded."),
    ],
)
async def test_what_is_raised_and_what_is_answered(
    name: str, status: int, code: str, text: str
) -> None:
    async with AsyncTestClient(application(), raise_server_exceptions=False) as wallet:
        answer = await wallet.get(f"/raise/{name}")

    assert answer.status_code == status
    assert answer.json() == {"error": code, "error_description": text}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("name", "challenge"),
    [
        ("missing", "Bearer"),  # no token was sent, so the header names no error
        ("token", 'Bearer error="invalid_token", error_description="run \'out\'"'),
        ("scope", 'Bearer error="insufficient_scope", error_description="not for this"'),
    ],
)
async def test_a_refused_token_comes_back_with_a_challenge(name: str, challenge: str) -> None:
    async with AsyncTestClient(application()) as wallet:
        answer = await wallet.get(f"/raise/{name}")

    assert answer.headers["www-authenticate"] == challenge


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere", b"", 404, "not_found"),
        ("DELETE", "/capped", b"", 405, "method_not_allowed"),
        ("POST", "/capped", b"x" * 11, 413, "request_entity_too_large"),
    ],
)
async def test_what_the_framework_refuses_has_the_same_shape(
    method: str, path: str, body: bytes, status: int, code: str
) -> None:
    async with AsyncTestClient(application()) as wallet:
        answer = await wallet.request(method, path, content=body)

    assert answer.status_code == status
    assert answer.json()["error"] == code
    assert answer.json()["error_description"].endswith(".")


async def test_a_method_that_is_not_allowed_is_told_which_are() -> None:
    async with AsyncTestClient(application()) as wallet:
        answer = await wallet.delete("/capped")

    assert "POST" in answer.headers["allow"]


async def test_vci_47_the_log_of_a_fault_names_its_place_and_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        async with AsyncTestClient(application(), raise_server_exceptions=False) as wallet:
            await wallet.get("/raise/fault")

    assert "unexpected KeyError" in caplog.text
    assert "in raising" in caplog.text
    assert "330302200001010007" not in caplog.text


@given(st.text())
def test_a_description_holds_only_the_characters_allowed(text: str) -> None:
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", description(text))


def test_every_refusal_of_ours_is_a_service_error() -> None:
    assert all(isinstance(error, ServiceError) for key, error in RAISED.items() if key != "fault")
