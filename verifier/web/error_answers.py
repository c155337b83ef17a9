"""How an error looks on the wire: one JSON shape, whatever went wrong.

``{"error": code, "error_description": sentence, "remedy": sentence}``: the first two
names are OAuth's [RFC6749 §5.2], so a wallet understands them too.
"""

import logging
import traceback
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from schemas.errors import ServiceError

_log = logging.getLogger(__name__)

NO_STORE = {"cache-control": "no-store"}
_HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "wrong_content_type",
}


def answer_service_error(
    _: Request[Any, Any, Any], error: ServiceError
) -> Response[dict[str, str]]:
    """An error this project raised on purpose."""
    body = {"error": error.code, "error_description": error.detail, "remedy": error.remedy}
    return Response(body, status_code=error.http_status, headers=NO_STORE)


def answer_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    """An error of HTTP itself: no such path, wrong method, body too large."""
    code = _HTTP_CODES.get(error.status_code, "invalid_request")
    body = {"error": code, "error_description": error.detail, "remedy": ""}
    return Response(body, status_code=error.status_code, headers=NO_STORE)


def answer_defect(_: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    """A defect of ours. The log gets its place, not its text, which may quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, frames)
    body = {
        "error": "internal_error",
        "error_description": "This is our fault.",
        "remedy": "Try again.",
    }
    return Response(body, status_code=HTTP_500_INTERNAL_SERVER_ERROR, headers=NO_STORE)
