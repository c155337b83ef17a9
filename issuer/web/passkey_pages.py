"""An officer's own passkeys: enrolled and taken off, each after the password once more."""

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.officer import Officer
from issuer.officer_account import MAX_NAME, check_own_name
from issuer.passkeys import Passkeys
from issuer.sign_in import LiveSession, SignIn
from issuer.web.desk_session import OFFICER_ID, passkey_answer, passkey_was_shown, source_of
from issuer.web.error_sentences import N_
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import ServiceError

ENROLLED = N_("The passkey is enrolled. From now on you sign in with it and your password.")
REMOVED = N_("The passkey is taken off.")
HERE = "/desk/passkeys"


class OwnPasskeyController(Controller):
    """Of whoever is signed in, and of nobody else."""

    path = HERE

    @get("/", sync_to_thread=False)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        live: NamedDependency[LiveSession],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[str]:
        """What is enrolled, and a form for another one."""
        return _page(request, live, passkeys)

    @post("/", status_code=HTTP_200_OK)
    async def begin(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        live: NamedDependency[LiveSession],
        sign_in: NamedDependency[SignIn],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[str]:
        """Password right: the browser is asked to make one."""
        name = form.text("name")
        try:
            check_own_name(name)
            await asyncio.to_thread(_confirm, request, sign_in, form)
            options = await passkeys.enrolment(request.session[OFFICER_ID])
        except ServiceError as error:
            return _page(request, live, passkeys, name=name, error=error)
        return _page(request, live, passkeys, name=name, options=options)

    @post("/new", status_code=HTTP_200_OK)
    async def finish(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        live: NamedDependency[LiveSession],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[Any]:
        """Keep what the browser made; it was just shown, so the session counts as before."""
        try:
            await passkeys.enrol(
                request.session[OFFICER_ID], form.text("name"), passkey_answer(form)
            )
        except ServiceError as error:
            return _page(request, live, passkeys, name=form.text("name"), error=error)
        passkey_was_shown(request)
        return _done(request, ENROLLED)

    @post("/remove", status_code=HTTP_200_OK, sync_to_thread=True)
    def remove(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        live: NamedDependency[LiveSession],
        sign_in: NamedDependency[SignIn],
        passkeys: NamedDependency[Passkeys],
    ) -> Response[Any]:
        """Take one off."""
        try:
            _confirm(request, sign_in, form)
            passkeys.remove(request.session[OFFICER_ID], b64url_decode(form.text("passkey")))
        except ServiceError as error:
            return _page(request, live, passkeys, error=error)
        return _done(request, REMOVED)


def _confirm(request: Request[Any, Any, Any], sign_in: SignIn, form: Form) -> None:
    sign_in.confirm(request.session[OFFICER_ID], form.text("password"), source=source_of(request))


def _done(request: Request[Any, Any, Any], sentence: str) -> Redirect:
    say(request, sentence)
    return Redirect(HERE, status_code=HTTP_303_SEE_OTHER)


def _page(
    request: Request[Any, Any, Any],
    live: LiveSession,
    passkeys: Passkeys,
    *,
    name: str = "",
    options: str = "",
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_passkeys.html",
        status_code=error.http_status if error else HTTP_200_OK,
        passkeys=[(key, b64url_encode(key.credential_id)) for key in live.account.passkeys],
        name=name,
        max_name=MAX_NAME,
        options=options,
        origin=passkeys.origin,
        problem=explain(request, error) if error else None,
    )
