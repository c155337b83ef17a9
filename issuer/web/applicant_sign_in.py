"""The start page, the identity check of applicants, and signing out."""

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.attempt_limit import AttemptLimit, place_of
from issuer.identity_check import IdentityCheck, IdentityPurpose, VerifiedIdentity
from issuer.web.applicant_session import Purpose, sign_in_applicant
from issuer.web.error_sentences import N_
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_language import local_path
from issuer.web.page_rendering import render
from issuer.web.page_sessions import end_session
from keys.clock import Clock
from schemas.civil_id import normalise
from schemas.errors import ServiceError

PURPOSES = {
    Purpose.APPLY: (
        N_("To apply"),
        N_(
            "Your name, sex, birth date, citizen number and household registration are taken "
            "from the register for your application, and used for nothing else."
        ),
    ),
    Purpose.PROGRESS: (
        N_("To see your applications and permits"),
        N_("Your citizen number is used to find what is yours, and for nothing else."),
    ),
    Purpose.COLLECT: (
        N_("To add your permit to a wallet"),
        N_("A new check is made each time a permit leaves for a wallet, so that only you get it."),
    ),
}
"""Why the check is made, and what happens with the data; said before it is."""
NEXT = {
    Purpose.APPLY: "/apply",
    Purpose.PROGRESS: "/progress",
    Purpose.COLLECT: "/progress",
}

_FOR_PROVIDER = {
    Purpose.APPLY: IdentityPurpose.APPLY,
    Purpose.PROGRESS: IdentityPurpose.PROGRESS,
    Purpose.COLLECT: IdentityPurpose.PROGRESS,
}


class IdentityGate(Struct, frozen=True):
    """The identity check with what keeps it from being tried without end."""

    check: IdentityCheck
    """The check itself; the counter uses it too, where an officer has seen the document and
    nobody is kept out by what others tried in the person's name."""
    counted: IdentityCheck
    """The same, locked for a while after too many that were not passed."""
    by_source: AttemptLimit
    by_person: AttemptLimit
    people: tuple[VerifiedIdentity, ...] = ()
    """Invented people to choose from; empty outside demonstrations."""

    async def verify(self, subject: str, purpose: Purpose, source: str) -> VerifiedIdentity:
        """The person, or the reason why not; every try counts, whatever its outcome.

        Raises:
            issuer.attempt_limit.TooManyAttemptsError: tried too often from there, or for them.
            issuer.errors.IdentityCheckError: not passed, or locked after too many that were not.
        """
        await self.by_source.spend(place_of(source))
        await self.by_person.spend(normalise(subject))
        return await asyncio.to_thread(self.counted.verify, subject, purpose=_FOR_PROVIDER[purpose])


def purpose_of(text: str) -> Purpose:
    """The purpose of this name; to apply, where it is none."""
    return Purpose(text) if text in set(Purpose) else Purpose.APPLY


class SignInController(Controller):
    """Pages for everybody."""

    path = "/"

    @get("/", sync_to_thread=False)
    def start(self, request: Request[Any, Any, Any]) -> Response[str]:
        """What the service is, who may get a permit, and three doors."""
        return render(request, "portal_start.html")

    @get("/sign-in", sync_to_thread=False)
    def ask(
        self,
        request: Request[Any, Any, Any],
        gate: NamedDependency[IdentityGate],
    ) -> Response[str]:
        """The identity check, with its purpose named."""
        asked = request.query_params
        return _page(request, gate, purpose_of(asked.get("purpose", "")), asked.get("next", ""))

    @post("/sign-in", status_code=HTTP_200_OK)
    async def check(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        gate: NamedDependency[IdentityGate],
        clock: NamedDependency[Clock],
    ) -> Response[Any]:
        """Passed: a new session. Not passed: the page again, saying so."""
        purpose, subject = purpose_of(form.text("purpose")), form.text("citizen_id_number")
        source = request.client.host if request.client else ""
        try:
            identity = await gate.verify(subject, purpose, source)
        except ServiceError as error:
            return _page(request, gate, purpose, form.text("next"), error=error)
        sign_in_applicant(request, identity, purpose, clock())
        where = local_path(form.text("next"), otherwise=NEXT[purpose])
        return Redirect(where, status_code=HTTP_303_SEE_OTHER)

    @post("/sign-out", status_code=HTTP_303_SEE_OTHER, sync_to_thread=False)
    def leave(self, request: Request[Any, Any, Any]) -> Redirect:
        """The session is over."""
        end_session(request)
        return Redirect("/", status_code=HTTP_303_SEE_OTHER)


def _page(
    request: Request[Any, Any, Any],
    gate: IdentityGate,
    purpose: Purpose,
    next_page: str,
    *,
    error: ServiceError | None = None,
) -> Response[str]:
    title, use = PURPOSES[purpose]
    return render(
        request,
        "portal_sign_in.html",
        status_code=error.http_status if error else HTTP_200_OK,
        purpose=purpose,
        purpose_title=title,
        purpose_use=use,
        next=local_path(next_page, otherwise=NEXT[purpose]),
        people=gate.people,
        problem=explain(request, error) if error else None,
    )
