"""An application entered at the counter, on one page.

Whoever sends the page with a mistake keeps what was right, and what was typed stands there again.
"""

from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.applicant_preview import ApplicantPreview
from issuer.application import Application, Draft
from issuer.application_drafts import ApplicationDrafts
from issuer.application_intake import ApplicationIntake
from issuer.officer import Officer
from issuer.supplement_documents import FileRefusedError, SupplementDocuments
from issuer.web.applicant_draft_pages import MAX_UPLOAD_BYTES
from issuer.web.counter_draft_view import draft_context
from issuer.web.counter_filling import Filling, fill
from issuer.web.counter_session import COUNTER_PAGE, AtCounter
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError


class CounterService(Struct, frozen=True):
    """What the pages of the counter are made with."""

    drafts: ApplicationDrafts
    intake: ApplicationIntake
    supplements: SupplementDocuments
    preview: ApplicantPreview
    clock: Clock


class CounterDraftController(Controller):
    """One draft of the person at the counter."""

    path = "/counter/drafts/{number:str}"

    @get("/", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[Any]:
        """The long page, as far as it has been filled in."""
        held = counter.drafts.held(number, at_counter.identity, officer=officer)
        return _page(request, held, counter)

    @get("/abandon", sync_to_thread=True)
    def ask_abandon(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[str]:
        """Whether the draft is really to be given up."""
        held = counter.drafts.held(number, at_counter.identity, officer=officer)
        return render(request, "desk_counter_abandon.html", draft=held, once=new_name())

    @post("/abandon", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def abandon(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Redirect:
        """The draft and its documents are gone."""
        counter.drafts.abandon(number, at_counter.identity, officer=officer)
        say(request, N_("The draft was given up, and its documents were removed."))
        return go_to("person")

    @post(
        "/{act:str}",
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        request_max_body_size=MAX_UPLOAD_BYTES,
    )
    def save(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        act: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[Any]:
        """Kept; with ``submit`` also handed in."""
        filling = Filling(counter.drafts, number, at_counter.identity, officer, sent)
        try:
            return _ACTS.get(act, _save)(request, filling)
        except ServiceError as error:
            held = counter.drafts.held(number, at_counter.identity, officer=officer)
            return _page(request, held, counter, given=sent, error=error)


def told(request: Request[Any, Any, Any], error: ServiceError | None) -> dict[str, Any]:
    """For a template: the error in words, and which file it is about."""
    if error is None:
        return {"problem": None, "failed_file": ""}
    if isinstance(error, FileRefusedError):
        return {"problem": explain(request, error.cause), "failed_file": error.filename}
    return {"problem": explain(request, error), "failed_file": ""}


def go_to(where: str) -> Redirect:
    """Another page of the counter."""
    return Redirect(f"{COUNTER_PAGE}/{where}", status_code=HTTP_303_SEE_OTHER)


def _page(
    request: Request[Any, Any, Any],
    held: Application,
    counter: CounterService,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[Any]:
    if not isinstance(held.state, Draft):
        # Handed in meanwhile, perhaps by this very form sent twice.
        return go_to(f"receipts/{held.number}")
    return render(
        request,
        "desk_counter_draft.html",
        status_code=error.http_status if error else HTTP_200_OK,
        findings=counter.preview.findings(held),
        once=new_name(),
        **draft_context(held, given, day_of(counter.clock())),
        **told(request, error),
    )


def _save(request: Request[Any, Any, Any], filling: Filling) -> Redirect:
    fill(filling)
    say(request, N_("Saved."))
    return go_to(f"drafts/{filling.number}")


def _submit(_: Request[Any, Any, Any], filling: Filling) -> Redirect:
    fill(filling)
    handed_in = filling.drafts.submit(filling.number, filling.identity, officer=filling.officer)
    return go_to(f"receipts/{handed_in.number}")


_ACTS: Final = {"save": _save, "submit": _submit}
