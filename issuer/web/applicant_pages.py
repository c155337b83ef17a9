"""Where an application begins: what fits the person, what is open, and the receipt at the end."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.applicant_progress import Progress
from issuer.application import Channel, Kind
from issuer.application_drafts import ApplicationDrafts
from issuer.identity_check import VerifiedIdentity
from issuer.own_permits import OwnPermits
from issuer.web.error_sentences import N_
from issuer.web.kind_choices import kind_choices
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from schemas.errors import ServiceError


class ApplyController(Controller):
    """The door to applying."""

    path = "/apply"

    @get("/", sync_to_thread=True)
    def choose(
        self,
        request: Request[Any, Any, Any],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
        own_permits: NamedDependency[OwnPermits],
    ) -> Response[str]:
        """The kinds that fit this person, and the drafts to go on with."""
        return _choose(request, applicant, progress, own_permits)

    @post("/", status_code=HTTP_200_OK, sync_to_thread=True)
    def begin(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        applicant: NamedDependency[VerifiedIdentity],
        drafts: NamedDependency[ApplicationDrafts],
        progress: NamedDependency[Progress],
        own_permits: NamedDependency[OwnPermits],
    ) -> Response[Any]:
        """A draft of the chosen kind: the one that is there, or a new one."""
        chosen = [kind for kind in Kind if kind == form.text("kind")]
        try:
            opened = [drafts.open(applicant, kind, Channel.WEB) for kind in chosen]
        except ServiceError as error:
            return _choose(request, applicant, progress, own_permits, error=error)
        where = f"/apply/{opened[0].number}" if opened else "/apply"
        return Redirect(where, status_code=HTTP_303_SEE_OTHER)

    @get("/{number:str}/receipt", sync_to_thread=True)
    def receipt(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
    ) -> Response[str]:
        """The receipt's number, the deadline, and what happens next."""
        line = progress.application(number, applicant)
        return render(request, "portal_receipt.html", line=line, held=line.application)

    @get("/{number:str}/abandon", sync_to_thread=True)
    def ask_abandon(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        drafts: NamedDependency[ApplicationDrafts],
    ) -> Response[str]:
        """Whether the draft is really to be given up."""
        return render(request, "portal_abandon.html", draft=drafts.held(number, applicant))

    @post("/{number:str}/abandon", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def abandon(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        drafts: NamedDependency[ApplicationDrafts],
    ) -> Redirect:
        """The draft and its documents are gone."""
        drafts.abandon(number, applicant)
        say(request, N_("The draft was given up, and its documents were removed."))
        return Redirect("/apply", status_code=HTTP_303_SEE_OTHER)


def _choose(
    request: Request[Any, Any, Any],
    applicant: VerifiedIdentity,
    progress: Progress,
    own_permits: OwnPermits,
    *,
    error: ServiceError | None = None,
) -> Response[str]:
    lines = [line for line in progress.applications(applicant) if line.application.open]
    return render(
        request,
        "portal_apply.html",
        status_code=error.http_status if error else HTTP_200_OK,
        applicant=applicant,
        drafts=[line.application for line in lines if line.application.stage == "draft"],
        waiting=[line for line in lines if line.application.stage != "draft"],
        choices=kind_choices(own_permits.permits(applicant), [line.application for line in lines]),
        wanted=request.query_params.get("kind", ""),
        problem=explain(request, error) if error else None,
    )
