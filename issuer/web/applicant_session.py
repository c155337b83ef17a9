"""The applicant of a session: who passed the identity check, when, and what for.

What the register said of the person is kept with the session, so that nobody's face is checked
again for every page; it goes when the session does. Taking a permit into a wallet needs a check
of its own that is still fresh, whatever else the session is for [ZJ].
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request

from issuer.identity_check import VerifiedIdentity
from issuer.web.page_errors import SignInNeededError
from issuer.web.page_sessions import begin_session

APPLICANT: Final = "applicant"
_IDENTITY: Final = "identity"
_PURPOSE: Final = "purpose"
_CHECKED_AT: Final = "checked_at"


class Purpose(StrEnum):
    """What an identity check is made for; the page names it before the check."""

    APPLY = "apply"
    PROGRESS = "progress"
    COLLECT = "collect"


def sign_in_applicant(
    request: Request[Any, Any, Any], identity: VerifiedIdentity, purpose: Purpose, now: datetime
) -> None:
    """A new session for the person who has just passed the check."""
    values = {
        APPLICANT: identity.citizen_id_number,
        _IDENTITY: msgspec.to_builtins(identity),
        _PURPOSE: purpose.value,
        _CHECKED_AT: now.isoformat(),
    }
    begin_session(request, values, now)


async def signed_in_applicant(request: Request[Any, Any, Any]) -> VerifiedIdentity:
    """The person of this session; a dependency named ``applicant``.

    Raises:
        SignInNeededError: nobody has passed the check, or the session is over.
    """
    session = request.session
    if APPLICANT not in session:
        progress = request.url.path.startswith("/progress")
        purpose = Purpose.PROGRESS if progress else Purpose.APPLY
        raise SignInNeededError("nobody is signed in", where=sign_in_address(request, purpose))
    return msgspec.convert(session[_IDENTITY], VerifiedIdentity)


def require_fresh_check(
    request: Request[Any, Any, Any], purpose: Purpose, now: datetime, *, fresh_s: int
) -> None:
    """Let the act go on if the check was made for ``purpose`` less than ``fresh_s`` s ago.

    Raises:
        SignInNeededError: it was made for something else, or too long ago.
    """
    session = request.session
    age = now - datetime.fromisoformat(session[_CHECKED_AT])
    fresh = timedelta(0) <= age < timedelta(seconds=fresh_s)
    if session[_PURPOSE] != purpose or not fresh:
        raise SignInNeededError(
            "a fresh identity check is needed", where=sign_in_address(request, purpose)
        )


def spend_check(request: Request[Any, Any, Any]) -> None:
    """The check has served its purpose; the session goes on for looking at one's own things."""
    request.session[_PURPOSE] = Purpose.PROGRESS.value


def sign_in_address(request: Request[Any, Any, Any], purpose: Purpose) -> str:
    """The identity check, which leads back here; a form that was sent leads to its page."""
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    asked = {"purpose": purpose.value, "next": f"{request.url.path}{query}"}
    return f"/sign-in?{urlencode(asked)}"
