"""How an error of the wallet looks on the wire: code, sentence, remedy."""

import logging
import traceback
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from schemas.errors import ServiceError

_log = logging.getLogger(__name__)
_NO_STORE = {"cache-control": "no-store"}


def wallet_error(_: Request[Any, Any, Any], error: ServiceError) -> Response[dict[str, str]]:
    """An error this project raised on purpose."""
    return _answer(error.http_status, error.code, error.detail, error.remedy)


def wallet_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    """An error of HTTP itself."""
    return _answer(error.status_code, "invalid_request", error.detail, "")


def wallet_defect(_: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    """A defect of ours. The log gets its place, not its text, which may quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, frames)
    return _answer(500, "internal_error", "This is our fault.", "Try again.")


def _answer(status: int, code: str, detail: str, remedy: str) -> Response[dict[str, str]]:
    body = {"error": code, "error_description": detail, "remedy": remedy}
    return Response(body, status_code=status, headers=_NO_STORE)
