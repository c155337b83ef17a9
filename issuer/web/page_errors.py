"""Errors as pages: a sentence, what to do, the code, and a way back.

For people only. The OpenID endpoints keep their JSON (``problem_answers``); an address that
belongs to nobody is answered in HTML where a browser asks for it.
"""

import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_500_INTERNAL_SERVER_ERROR
from msgspec import Struct

from issuer.web.error_sentences import GENERAL, SENTENCES, STATUS_SENTENCES
from issuer.web.page_forms import AnswerMissingError
from issuer.web.page_language import ENGLISH, language_of, translations
from issuer.web.page_rendering import render
from issuer.web.problem_answers import PROBLEM_HANDLERS, answer_http_error
from schemas.errors import ServiceError

_log = logging.getLogger("issuer")

PageAnswer = Response[Any]


class SignInNeededError(ServiceError):
    """The page is for people who have said who they are; ``where`` lets them do it."""

    code = "sign_in_needed"
    http_status = 401

    def __init__(self, detail: str, *, where: str) -> None:
        super().__init__(detail)
        self.where = where


class Explanation(Struct, frozen=True):
    """An error in words for a page, in one language."""

    sentence: str
    remedy: str
    detail: str
    """What exactly was found, in English; empty where the sentence says it."""
    code: str


def explain(request: Request[Any, Any, Any], error: ServiceError) -> Explanation:
    """What ``error`` means, for the person in front of the page."""
    known = SENTENCES.get(error.code)
    text = translations(language_of(request)).gettext
    if isinstance(error, AnswerMissingError):
        return Explanation(text(error.sentence), "", "", error.code)
    if language_of(request) == ENGLISH:
        return Explanation(_sentence(error.detail), error.remedy, "", error.code)
    if known is None:
        return Explanation(text(GENERAL), "", str(error), error.code)
    sentence, remedy = known
    remedy_text = text(remedy) if remedy else ""
    return Explanation(text(sentence), remedy_text, error.detail, error.code)


def translated(request: Request[Any, Any, Any], msgid: str) -> str:
    """A msgid in the language of this person's pages."""
    return translations(language_of(request)).gettext(msgid)


def error_page(
    request: Request[Any, Any, Any], status: int, explanation: Explanation
) -> PageAnswer:
    """The page about one error."""
    return render(request, "error.html", status_code=status, status=status, explanation=explanation)


def _allowed(error: HTTPException) -> dict[str, str]:
    """What the address takes instead, which an answer of 405 must name."""
    return {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}


def answer_service_error(request: Request[Any, Any, Any], error: ServiceError) -> PageAnswer:
    """What a service refused."""
    if error.http_status >= HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s: %s", error.code, error)
    return error_page(request, error.http_status, explain(request, error))


def answer_sign_in_needed(_: Request[Any, Any, Any], error: SignInNeededError) -> PageAnswer:
    """Off to where one says who one is; nothing was lost."""
    return Redirect(error.where, status_code=HTTP_303_SEE_OTHER)


def answer_http_page_error(request: Request[Any, Any, Any], error: HTTPException) -> PageAnswer:
    """What the framework refused: wrong method, a stale token, a form or file over its cap."""
    status = HTTPStatus(error.status_code)
    text = translations(language_of(request)).gettext
    sentence, remedy = STATUS_SENTENCES.get(error.status_code, (GENERAL, ""))
    explained = Explanation(text(sentence), text(remedy) if remedy else "", "", status.name.lower())
    answer = error_page(request, error.status_code, explained)
    answer.headers.update(_allowed(error))
    return answer


def answer_unexpected_page(request: Request[Any, Any, Any], error: Exception) -> PageAnswer:
    """A fault of ours. The log gets its place, not its text, which may quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, frames)
    return answer_http_page_error(request, HTTPException(status_code=500))


def answer_outside(request: Request[Any, Any, Any], error: HTTPException) -> PageAnswer:
    """An address that no handler has: HTML for browsers, JSON for everything else."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return (answer_http_page_error if wants_page else answer_http_error)(request, error)


PAGE_HANDLERS: Final[dict[int | type[Exception], Callable[..., PageAnswer]]] = {
    SignInNeededError: answer_sign_in_needed,
    ServiceError: answer_service_error,
    HTTPException: answer_http_page_error,
    HTTP_500_INTERNAL_SERVER_ERROR: answer_unexpected_page,
}
"""For the router of the pages."""
OUTSIDE_HANDLERS: Final[dict[int | type[Exception], Callable[..., PageAnswer]]] = {
    **PROBLEM_HANDLERS,
    HTTPException: answer_outside,
}
"""For the application as a whole: the OpenID endpoints, and what belongs to nobody."""


def _sentence(detail: str) -> str:
    """``detail`` as a sentence of its own: details begin small where they follow a code."""
    text = detail[:1].upper() + detail[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
