"""Errors as pages: a sentence, a remedy, a code and a way back; JSON for whoever is no browser."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from issuer.errors import StorageError
from issuer.web.error_sentences import N_
from issuer.web.page_errors import SignInNeededError, answer_unexpected_page, explain
from issuer.web.page_forms import AnswerMissingError
from schemas.errors import ServiceError
from tests.issuer.web.portal_visitor import LIN, Portal, portal


class _NewError(ServiceError):
    code = "nobody_knows_this"


def request(language: str) -> Request[Any, Any, Any]:
    return RequestFactory().get("/", headers={"accept-language": language})


@pytest.fixture
async def visitor(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as opened:
        yield opened


@pytest.mark.parametrize(
    ("error", "language", "sentence", "remedy", "detail"),
    [
        pytest.param(
            StorageError("the disk is full", remedy="Wait."),
            "en",
            "The disk is full.",
            "Wait.",
            "",
            id="english says what was found",
        ),
        pytest.param(
            StorageError("the disk is full"),
            "zh",
            "服务暂时无法办理此事。",
            "信息没有丢失，请稍后再试。",
            "the disk is full",
            id="chinese says it by the code",
        ),
        pytest.param(
            _NewError("this and that", remedy="Do so."),
            "zh",
            "服务暂时无法办理此事。",
            "",
            "this and that Do so.",
            id="a code without a sentence",
        ),
        pytest.param(
            AnswerMissingError("bases", N_("Choose at least one ground.")),
            "zh",
            "请至少选择一项申请依据。",
            "",
            "",
            id="a field",
        ),
    ],
)
def test_an_error_is_explained_in_the_language_of_the_page(
    error: ServiceError, language: str, sentence: str, remedy: str, detail: str
) -> None:
    found = explain(request(language), error)

    assert (found.sentence, found.remedy, found.detail) == (sentence, remedy, detail)
    assert found.code == error.code


async def test_browsers_get_a_page_and_everybody_else_json(visitor: Portal) -> None:
    page = await visitor.get("/nothing-here")
    plain = await visitor.http.get("/nothing-here", headers={"accept": "*/*"})

    assert page.status_code == plain.status_code == 404
    assert "There is no page at this address." in page.text
    assert 'href="/"' in page.text
    assert plain.json()["error"] == "not_found"


async def test_wrong_methods_and_large_forms_are_said_in_words(visitor: Portal) -> None:
    method = await visitor.http.get("/sign-out", headers={"accept": "text/html"})
    await visitor.get("/sign-in")
    large = await visitor.post("/sign-in", citizen_id_number="x" * 70_000)

    assert (method.status_code, large.status_code) == (405, 413)
    assert "POST" in method.headers["allow"]
    assert "This address does not take what was sent" in method.text
    assert "What was sent is too large" in large.text


async def test_a_form_without_its_token_says_how_to_go_on(visitor: Portal) -> None:
    answer = await visitor.http.post("/sign-in", data={"citizen_id_number": LIN})

    assert answer.status_code == 403
    assert "load the page again" in answer.text


def test_whoever_is_not_signed_in_is_led_to_the_door() -> None:
    error = SignInNeededError("nobody is signed in", where="/sign-in?purpose=apply")

    assert error.where == "/sign-in?purpose=apply"


async def test_a_fault_of_ours_is_recorded_without_what_it_quotes(
    visitor: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    await visitor.get("/")
    asked: Request[Any, Any, Any] = RequestFactory(app=visitor.http.app).get(
        "/desk", headers={"accept-language": "en"}
    )
    with caplog.at_level(logging.ERROR, "issuer"):
        answer = answer_unexpected_page(asked, KeyError(LIN))

    assert answer.status_code == 500
    assert "the fault has been recorded" in str(answer.content)
    assert "unexpected KeyError" in caplog.text
    assert LIN not in caplog.text
