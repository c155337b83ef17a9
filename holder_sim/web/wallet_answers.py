"""How an error of the wallet looks: JSON to its scripts, a page to whoever opened one."""

import logging
import traceback
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from holder_sim.web.wallet_headers import HEADERS
from holder_sim.web.wallet_rendering import page
from schemas.errors import ServiceError

_log = logging.getLogger(__name__)
_HEADERS = {"cache-control": "no-store", **HEADERS}
AnyRequest = Request[Any, Any, Any]


def wallet_error(request: AnyRequest, error: ServiceError) -> Response[Any]:
    """An error this project raised on purpose."""
    return _answer(request, error.http_status, error.code, error.detail, error.remedy)


def wallet_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """An error of HTTP itself."""
    return _answer(request, error.status_code, "invalid_request", error.detail, "")


def wallet_defect(request: AnyRequest, error: Exception) -> Response[Any]:
    """A defect of ours. The log gets its place, not its text, which may quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, frames)
    return _answer(request, 500, "internal_error", "This is our fault.", "Try again.")


def _answer(request: AnyRequest, status: int, code: str, detail: str, remedy: str) -> Response[Any]:
    if _opens_a_page(request):
        shown = page(request, "wallet_error.html", status_code=status, status=status, code=code)
        shown.headers.update(HEADERS)
        return shown
    body = {"error": code, "error_description": detail, "remedy": remedy}
    return Response(body, status_code=status, headers=_HEADERS)


def _opens_a_page(request: AnyRequest) -> bool:
    """A person typed or followed an address; scripts and commands ask for no HTML."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")
