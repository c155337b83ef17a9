"""Every refusal on the wire: one JSON shape, ``error`` and ``error_description``.

It is the shape of OAuth and of the credential endpoint [RFC6749 §5.2, OID4VCI §8.3.1.2],
used for all other refusals too, so that a wallet has one thing to read. Services raise;
only this file turns what they raise into status, header and body.
"""

import logging
import re
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from issuer.issuance_errors import BearerError
from schemas.errors import ServiceError

_log = logging.getLogger("issuer")

# Printable ASCII without the quotation mark and the backslash [RFC6749 §5.2].
_FOREIGN: Final = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
_STAND_IN: Final = {'"': "'", "\\": "/"}

Problem = Response[dict[str, str]]


def description(text: str) -> str:
    """``text`` in the characters an ``error_description`` may have."""
    return _FOREIGN.sub(lambda found: _STAND_IN.get(found.group(), "?"), text)


def problem(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> Problem:
    """One refusal. It is about this request only, so nobody may keep it."""
    return Response(
        {"error": code, "error_description": description(text)},
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def answer_service_error(_: Request[Any, Any, Any], error: ServiceError) -> Problem:
    """What a service raised, in its own words."""
    if error.http_status >= HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s: %s", error.code, error)
    return problem(error.http_status, error.code, str(error))


def answer_bearer_error(_: Request[Any, Any, Any], error: BearerError) -> Problem:
    """The same, with the challenge that tells a wallet which token is wanted."""
    challenge = "Bearer"
    if error.challenge_code:
        text = description(str(error))
        challenge = f'Bearer error="{error.challenge_code}", error_description="{text}"'
    headers = {"WWW-Authenticate": challenge}
    return problem(error.http_status, error.code, str(error), headers)


def answer_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Problem:
    """What the framework refused: no such address, wrong method, body over its cap."""
    status = HTTPStatus(error.status_code)
    allow = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
    text = f"{status.phrase}: {status.description or 'the request cannot be served'}."
    return problem(status, status.name.lower(), text, allow)


def answer_unexpected(_: Request[Any, Any, Any], error: Exception) -> Problem:
    """A fault of ours. The log gets its place, not its text, which may quote a person."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, frames)
    return problem(500, "internal_error", "The service failed; the fault has been recorded.")


PROBLEM_HANDLERS: Final[dict[int | type[Exception], Callable[..., Problem]]] = {
    BearerError: answer_bearer_error,
    ServiceError: answer_service_error,
    HTTPException: answer_http_error,
    HTTP_500_INTERNAL_SERVER_ERROR: answer_unexpected,
}
"""For ``Litestar(exception_handlers=...)``."""
