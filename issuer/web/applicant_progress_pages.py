"""What became of a person's applications: look up, add documents when asked, take back [ZJ]."""

from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.applicant_progress import Progress
from issuer.application_intake import ApplicationIntake
from issuer.eligibility import EXEMPTIONS
from issuer.identity_check import VerifiedIdentity
from issuer.own_permits import OwnPermits
from issuer.supplement_documents import SupplementDocuments, cause_of, refused_file
from issuer.web.applicant_draft_pages import MAX_UPLOAD_BYTES
from issuer.web.draft_views import MAX_FILE_BYTES
from issuer.web.error_sentences import N_
from issuer.web.given_documents import given_documents
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from issuer.web.progress_views import events, refusal_grounds, supplement_purposes, wanted_documents
from schemas.errors import ServiceError

_SUPPLIED: Final = N_("Your documents were handed in. The time for the decision runs again.")
_WITHDRAWN: Final = N_("The application was withdrawn.")


class ProgressController(Controller):
    """Only what belongs to the person of this session."""

    path = "/progress"

    @get("/", sync_to_thread=True)
    def overview(
        self,
        request: Request[Any, Any, Any],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
        own_permits: NamedDependency[OwnPermits],
    ) -> Response[str]:
        """All applications and permits of the person."""
        return render(
            request,
            "portal_progress.html",
            applicant=applicant,
            lines=progress.applications(applicant),
            permits=own_permits.permits(applicant),
        )

    @get("/{number:str}", sync_to_thread=True)
    def application(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
    ) -> Response[str]:
        """One application with its deadline and everything that happened."""
        return _page(request, progress, number, applicant)

    @post(
        "/{number:str}",
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        request_max_body_size=MAX_UPLOAD_BYTES,
    )
    def supplement(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        form: NamedDependency[Form],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
        supplements: NamedDependency[SupplementDocuments],
    ) -> Response[Any]:
        """Documents that the county asked for, handed in together."""
        try:
            supplements.hand_in(number, applicant, given_documents(form))
        except ServiceError as error:
            return _page(request, progress, number, applicant, error=error)
        say(request, _SUPPLIED)
        return _to(f"/progress/{number}")

    @get("/{number:str}/withdraw", sync_to_thread=True)
    def ask_withdraw(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        progress: NamedDependency[Progress],
    ) -> Response[str]:
        """Whether the application is really to be taken back."""
        line = progress.application(number, applicant)
        return render(request, "portal_withdraw.html", line=line, held=line.application)

    @post("/{number:str}/withdraw", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def withdraw(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        intake: NamedDependency[ApplicationIntake],
    ) -> Redirect:
        """Taken back, unless it has been decided meanwhile."""
        intake.withdraw(number, applicant)
        say(request, _WITHDRAWN)
        return _to(f"/progress/{number}")


def _page(
    request: Request[Any, Any, Any],
    progress: Progress,
    number: str,
    applicant: VerifiedIdentity,
    *,
    error: ServiceError | None = None,
) -> Response[str]:
    line = progress.application(number, applicant)
    held = line.application
    return render(
        request,
        "portal_application.html",
        status_code=cause_of(error).http_status if error else HTTP_200_OK,
        line=line,
        held=held,
        events=events(line.notices, line.permit_notices),
        grounds=refusal_grounds(held),
        wanted=wanted_documents(held),
        purposes=supplement_purposes(held),
        exemptions=EXEMPTIONS,
        max_file_bytes=MAX_FILE_BYTES,
        problem=explain(request, cause_of(error)) if error else None,
        failed_file=refused_file(error),
    )


def _to(where: str) -> Redirect:
    return Redirect(where, status_code=HTTP_303_SEE_OTHER)
