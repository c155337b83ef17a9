"""The officer of a session: who signed in, and whether they may act.

The session holds a name and whether a passkey was shown, nothing that could be out of date: for
every request the account is read anew, so whoever is disabled, or loses a role, loses it at
once. Signing in and showing a passkey each begin the session under a new name.
"""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request
from litestar.di import NamedDependency

from issuer.errors import NotSignedInError
from issuer.officer import Officer
from issuer.sign_in import LiveSession, Missing, SignedIn, SignIn
from issuer.web.page_errors import SignInNeededError
from issuer.web.page_forms import Form
from issuer.web.page_language import local_path
from issuer.web.page_sessions import STARTED_AT, begin_session

OFFICER_ID: Final = "officer_id"
SECOND_FACTOR: Final = "second_factor"
_NEXT: Final = "next"
HOME: Final = "/desk"
SIGN_IN_PAGE: Final = "/desk/sign-in"
STEP_PAGES: Final = {
    Missing.PASSKEY: "/desk/second-factor",
    Missing.NEW_PASSWORD: "/desk/password",
}
"""Where a session gets what it lacks."""


def source_of(request: Request[Any, Any, Any]) -> str:
    """Where on the network a request comes from, for the audit log."""
    return request.client.host if request.client else ""


def begin_desk_session(
    request: Request[Any, Any, Any], signed_in: SignedIn, *, passkey_shown: bool, next_page: str
) -> None:
    """A new session for the officer who has just given the password."""
    values = {
        OFFICER_ID: signed_in.officer_id,
        SECOND_FACTOR: passkey_shown,
        _NEXT: desk_path(next_page),
    }
    begin_session(request, values, signed_in.begun_at)


def passkey_was_shown(request: Request[Any, Any, Any]) -> None:
    """The same session under a new name, worth more than before."""
    held = dict(request.session)
    begun_at = datetime.fromisoformat(held.pop(STARTED_AT))
    begin_session(request, {**held, SECOND_FACTOR: True}, begun_at)


def next_page(request: Request[Any, Any, Any]) -> str:
    """Where the officer wanted to go before signing in."""
    return desk_path(str(request.session.get(_NEXT, "")))


def desk_path(text: str) -> str:
    """``text`` if it is a page of the desk, else the desk itself."""
    path = local_path(text, otherwise=HOME)
    return path if path == HOME or path.startswith(HOME + "/") else HOME


def passkey_answer(form: Form) -> bytes:
    """What the browser said about a passkey; in pieces, since a field of a form has a limit."""
    return "".join(form.several("answer")).encode()


def live_session(request: Request[Any, Any, Any], sign_in: NamedDependency[SignIn]) -> LiveSession:
    """The session as it stands now, complete or not; a dependency named ``live``. Blocks.

    Raises:
        SignInNeededError: nobody is signed in, or the session has ended.
    """
    held = request.session
    if OFFICER_ID not in held:
        raise SignInNeededError("no officer is signed in", where=_sign_in_address(request))
    try:
        return sign_in.session(
            held[OFFICER_ID],
            begun_at=datetime.fromisoformat(held[STARTED_AT]),
            passkey_shown=held[SECOND_FACTOR],
        )
    except NotSignedInError as error:
        where = _sign_in_address(request)
        raise SignInNeededError("the session has ended", where=where) from error


def signed_in_officer(
    request: Request[Any, Any, Any], live: NamedDependency[LiveSession]
) -> Officer:
    """Who acts, with the roles of this moment; a dependency named ``officer``.

    Raises:
        SignInNeededError: nobody is signed in, or the session lacks something.
    """
    if live.missing is not None:
        raise SignInNeededError("the sign-in is not complete", where=STEP_PAGES[live.missing])
    return _shown_on_the_page(request, live)


def past_the_passkey(request: Request[Any, Any, Any], live: LiveSession) -> None:
    """For the change of a password, which must not be had with the old one alone.

    Raises:
        SignInNeededError: a passkey is enrolled, and was not shown.
    """
    if live.missing is Missing.PASSKEY:
        raise SignInNeededError("a passkey is needed", where=STEP_PAGES[Missing.PASSKEY])
    if live.missing is None:
        _shown_on_the_page(request, live)


def _shown_on_the_page(request: Request[Any, Any, Any], live: LiveSession) -> Officer:
    officer = live.account.officer
    request.scope["state"]["officer"] = officer
    return officer


def _sign_in_address(request: Request[Any, Any, Any]) -> str:
    wanted = desk_path(request.url.path)
    # A form that was sent cannot be sent again by a link; its officer begins at the desk.
    if request.method != "GET" or wanted == HOME:
        return SIGN_IN_PAGE
    return f"{SIGN_IN_PAGE}?{urlencode({'next': wanted})}"
