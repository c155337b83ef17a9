"""The stepped form of an application: one page a step, each saved before the next [ZJ].

A draft can be left at any step and gone on with later. What a step refuses is said on its page
beside what was typed, and a form made from an older draft changes nothing.
"""

from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.applicant_preview import ApplicantPreview
from issuer.application import Application, Draft
from issuer.application_drafts import ApplicationDrafts
from issuer.identity_check import VerifiedIdentity
from issuer.supplement_documents import cause_of, refused_file
from issuer.web.draft_acts import ACTS, FIELDS, SentForm
from issuer.web.draft_steps import Step, step_after, step_to_do, steps_of
from issuer.web.draft_views import DraftPage, context_of
from issuer.web.page_errors import explain, translated
from issuer.web.page_forms import AnswerMissingError, Form
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError

MAX_UPLOAD_BYTES: Final = 34 * 2**20
"""Of one form with documents, the form's own bytes included."""


class DraftService(Struct, frozen=True):
    """What the pages of a draft are made with."""

    drafts: ApplicationDrafts
    preview: ApplicantPreview
    open_counties: frozenset[str]
    """Those whose authority has keys here."""
    clock: Clock


class DraftController(Controller):
    """The steps of one draft."""

    path = "/apply/{number:str}"

    @get("/", sync_to_thread=True)
    def go_on(
        self,
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        draft_service: NamedDependency[DraftService],
    ) -> Redirect:
        """To the first step that is still to be done, or to what became of the draft."""
        held = draft_service.drafts.held(number, applicant)
        if not isinstance(held.state, Draft):
            return _to(f"/progress/{held.number}")
        return _to(f"/apply/{number}/{step_to_do(held, today=day_of(draft_service.clock()))}")

    @get("/{step:str}", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        step: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        draft_service: NamedDependency[DraftService],
    ) -> Response[Any]:
        """The page of one step."""
        held = draft_service.drafts.held(number, applicant)
        return _page(request, draft_service, held, _step(step))

    @post(
        "/{step:str}",
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        request_max_body_size=MAX_UPLOAD_BYTES,
    )
    def save(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        step: FromPath[str],
        form: NamedDependency[Form],
        applicant: NamedDependency[VerifiedIdentity],
        draft_service: NamedDependency[DraftService],
    ) -> Response[Any]:
        """What the step does with its form; then the next step, or this one with its errors."""
        drafts, here = draft_service.drafts, _step(step)
        try:
            saved = ACTS[here](SentForm(drafts, number, applicant, form))
        except ServiceError as error:
            held = drafts.held(number, applicant)
            return _page(request, draft_service, held, here, form=form, error=error)
        return _to(_next(saved, number, here, stay=form.ticked("stay") or form.ticked("remove")))


def _next(saved: Application, number: str, step: Step, *, stay: bool) -> str:
    if not isinstance(saved.state, Draft):
        return f"/apply/{saved.number}/receipt"
    return f"/apply/{number}/{step if stay else step_after(saved, step)}"


def _page(
    request: Request[Any, Any, Any],
    service: DraftService,
    held: Application,
    step: Step,
    *,
    form: Form | None = None,
    error: ServiceError | None = None,
) -> Response[Any]:
    if not isinstance(held.state, Draft):
        # Handed in meanwhile, perhaps by this very form sent twice.
        return _to(f"/progress/{held.number}")
    if step not in steps_of(held):
        raise NotFoundException("this kind of application has no such step")
    page = DraftPage(
        held, step, form, service.preview, service.open_counties, day_of(service.clock())
    )
    return render(
        request,
        f"portal_{step}.html",
        status_code=cause_of(error).http_status if error else HTTP_200_OK,
        **context_of(page),
        **_shown(request, step, error),
    )


def _shown(
    request: Request[Any, Any, Any], step: Step, error: ServiceError | None
) -> dict[str, Any]:
    """The error at its field where it has one, else above the form."""
    if error is None:
        return {"errors": {}, "problem": None, "failed_file": ""}
    if isinstance(error, AnswerMissingError):
        errors = {error.field: translated(request, error.sentence)}
        return {"errors": errors, "problem": None, "failed_file": ""}
    explained = explain(request, cause_of(error))
    field = FIELDS.get((step, explained.code))
    if field:
        sentence = f"{explained.sentence} {explained.remedy}".strip()
        return {"errors": {field: sentence}, "problem": None, "failed_file": ""}
    return {"errors": {}, "problem": explained, "failed_file": refused_file(error)}


def _step(name: str) -> Step:
    if name not in set(Step):
        raise NotFoundException("there is no such step")
    return Step(name)


def _to(where: str) -> Redirect:
    return Redirect(where, status_code=HTTP_303_SEE_OTHER)
