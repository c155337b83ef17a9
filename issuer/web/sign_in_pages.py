"""The door of the desk: password, passkey, change of password, and the way out.

Where one goes after a step is not decided here: every page of the desk sends whoever lacks
something to where it is to be had (``desk_session.signed_in_officer``).
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.demonstration_officers import OFFICERS, PASSWORD
from issuer.passkeys import Passkeys
from issuer.sign_in import LiveSession, Missing, SignIn
from issuer.web.desk_gate import DeskGate, device_cookie, mark_of
from issuer.web.desk_session import (
    OFFICER_ID,
    SECOND_FACTOR,
    SIGN_IN_PAGE,
    begin_desk_session,
    desk_path,
    next_page,
    passkey_answer,
    passkey_was_shown,
    past_the_passkey,
    source_of,
)
from issuer.web.error_sentences import N_
from issuer.web.officer_pages import ROLES
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import end_session, say
from issuer.web.page_setup import pages_of
from schemas.errors import ServiceError

PASSWORD_CHANGED = N_("Your password is changed. Sessions on other machines have ended.")
NOT_TWICE_THE_SAME = N_("The two new passwords differ. Type the same one twice.")


class DeskDoorController(Controller):
    """What an officer meets before the desk."""

    path = "/desk"

    @get("/sign-in", sync_to_thread=False)
    def ask(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Name and password."""
        return _sign_in_page(request, request.query_params.get("next", ""))

    @post("/sign-in", status_code=HTTP_200_OK)
    async def check(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        sign_in: NamedDependency[SignIn],
        desk_gate: NamedDependency[DeskGate],
    ) -> Response[Any]:
        """Right: a new session. Wrong: the page again, saying so."""
        name, source, wanted = form.text("officer_id"), source_of(request), form.text("next")
        try:
            known = await desk_gate.spend(
                source, name, mark_of(request, name), pages_of(request).clock()
            )
            signed_in = await desk_gate.turns.take(
                lambda: sign_in.password(
                    name, form.text("password"), source=source, known_device=known
                )
            )
        except ServiceError as error:
            return _sign_in_page(request, wanted, name=name, error=error)
        begin_desk_session(request, signed_in, passkey_shown=False, next_page=wanted)
        cookie = device_cookie(request, desk_gate.devices, signed_in.officer_id)
        return Redirect(desk_path(wanted), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])

    @get("/second-factor")
    async def ask_passkey(
        self,
        request: Request[Any, Any, Any],
        live: NamedDependency[LiveSession],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[Any]:
        """The browser is asked for a passkey."""
        if live.missing is not Missing.PASSKEY:
            return Redirect(next_page(request), status_code=HTTP_303_SEE_OTHER)
        return await _passkey_page(request, live, passkeys)

    @post("/second-factor", status_code=HTTP_200_OK)
    async def check_passkey(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        live: NamedDependency[LiveSession],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[Any]:
        """Right: the session is worth something. Wrong: another challenge."""
        try:
            await passkeys.verify(
                str(live.account.account_name),
                passkey_answer(form),
                source=source_of(request),
            )
        except ServiceError as error:
            return await _passkey_page(request, live, passkeys, error)
        passkey_was_shown(request)
        return Redirect(next_page(request), status_code=HTTP_303_SEE_OTHER)

    @get("/password", sync_to_thread=False)
    def ask_password(
        self, request: Request[Any, Any, Any], live: NamedDependency[LiveSession]
    ) -> Response[str]:
        """The officer's own account, and a new password for it."""
        return _password_page(request, live)

    @post("/password", status_code=HTTP_200_OK, sync_to_thread=True)
    def change_password(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        live: NamedDependency[LiveSession],
        sign_in: NamedDependency[SignIn],
    ) -> Response[Any]:
        """All sessions end but this one, which goes on under a new name."""
        past_the_passkey(request, live)
        if form.text("new") != form.text("again"):
            return _password_page(request, live, differs=True)
        try:
            changed = sign_in.change_password(
                request.session[OFFICER_ID],
                form.text("current"),
                form.text("new"),
                source=source_of(request),
            )
        except ServiceError as error:
            return _password_page(request, live, error=error)
        shown, wanted = request.session[SECOND_FACTOR], next_page(request)
        begin_desk_session(request, changed, passkey_shown=shown, next_page=wanted)
        say(request, PASSWORD_CHANGED)
        return Redirect(wanted, status_code=HTTP_303_SEE_OTHER)

    @post("/sign-out", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def leave(self, request: Request[Any, Any, Any], sign_in: NamedDependency[SignIn]) -> Redirect:
        """The session is over, whatever it lacked."""
        if OFFICER_ID in request.session:
            sign_in.sign_out(request.session[OFFICER_ID])
        end_session(request)
        return Redirect(SIGN_IN_PAGE, status_code=HTTP_303_SEE_OTHER)


def _sign_in_page(
    request: Request[Any, Any, Any],
    wanted: str,
    *,
    name: str = "",
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_sign_in.html",
        status_code=error.http_status if error else HTTP_200_OK,
        name=name,
        next=desk_path(wanted),
        demonstration_password=PASSWORD,
        demonstration_officers=[
            (officer_id, [ROLES[role][0] for role in sorted(roles)])
            for officer_id, (_, roles) in OFFICERS.items()
        ],
        problem=explain(request, error) if error else None,
    )


async def _passkey_page(
    request: Request[Any, Any, Any],
    live: LiveSession,
    passkeys: Passkeys,
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_second_factor.html",
        status_code=error.http_status if error else HTTP_200_OK,
        account=live.account,
        options=await passkeys.challenge(str(live.account.account_name)),
        origin=passkeys.origin,
        problem=explain(request, error) if error else None,
    )


def _password_page(
    request: Request[Any, Any, Any],
    live: LiveSession,
    *,
    differs: bool = False,
    error: ServiceError | None = None,
) -> Response[str]:
    past_the_passkey(request, live)
    return render(
        request,
        "desk_password.html",
        status_code=error.http_status if error else HTTP_200_OK,
        account=live.account,
        must_change=live.missing is Missing.NEW_PASSWORD,
        differs=NOT_TWICE_THE_SAME if differs else "",
        problem=explain(request, error) if error else None,
    )
