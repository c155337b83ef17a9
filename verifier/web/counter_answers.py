"""How an error of the counter looks: JSON to its scripts, a page to whoever opened one."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from schemas.errors import ServiceError
from verifier.web.counter_headers import COUNTER_HEADERS
from verifier.web.counter_language import language_of
from verifier.web.counter_rendering import counter_page
from verifier.web.counter_words import error_words
from verifier.web.error_answers import answer_defect, answer_http_error, answer_service_error

AnyRequest = Request[Any, Any, Any]


def counter_error(request: AnyRequest, error: ServiceError) -> Response[Any]:
    """An error this project raised on purpose."""
    if _opens_a_page(request):
        return _page(request, error.http_status, error.code)
    return _with_headers(answer_service_error(request, error))


def counter_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """An error of HTTP itself."""
    if _opens_a_page(request):
        return _page(request, error.status_code, "invalid_request")
    return _with_headers(answer_http_error(request, error))


def counter_defect(request: AnyRequest, error: Exception) -> Response[Any]:
    """A defect of ours; the log gets its place."""
    answer = answer_defect(request, error)
    return (
        _page(request, 500, "internal_error") if _opens_a_page(request) else _with_headers(answer)
    )


def _page(request: AnyRequest, status: int, code: str) -> Response[Any]:
    what, remedy = error_words(code, language_of(request))
    return _with_headers(
        counter_page(
            request,
            "counter_error.html",
            status_code=status,
            status=status,
            what=what,
            remedy=remedy,
        )
    )


def _with_headers(answer: Response[Any]) -> Response[Any]:
    answer.headers.update(COUNTER_HEADERS)
    return answer


def _opens_a_page(request: AnyRequest) -> bool:
    """A person typed or followed an address; scripts ask for no HTML."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")
