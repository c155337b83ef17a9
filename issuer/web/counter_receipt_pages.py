"""After an application at the counter: its receipt, documents brought later, taking it back."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from issuer.application import Application, Whose
from issuer.eligibility_facts import EXEMPTIONS, Basis
from issuer.officer import Officer
from issuer.web import desk_words
from issuer.web.applicant_draft_pages import MAX_UPLOAD_BYTES
from issuer.web.counter_draft_pages import CounterService, go_to, told
from issuer.web.counter_session import AtCounter
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.given_documents import given_documents
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError


class CounterReceiptController(Controller):
    """What was handed in by the person at the counter."""

    path = "/counter"

    @get("/receipts/{number:str}", sync_to_thread=True)
    def receipt(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[str]:
        """The receipt, to be printed and taken home."""
        held = counter.drafts.held(number, at_counter.identity, officer=officer)
        return render(
            request,
            "desk_counter_receipt.html",
            application=held,
            deadline=held.deadline(day_of(counter.clock())),
            kinds=desk_words.KINDS,
        )

    @get("/supplements/{number:str}", sync_to_thread=True)
    def ask_supplement(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[str]:
        """What was asked for, and the fields for it."""
        held = counter.drafts.held(number, at_counter.identity, officer=officer)
        return _page(request, held)

    @post(
        "/supplements/{number:str}/add",
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        request_max_body_size=MAX_UPLOAD_BYTES,
    )
    def supplement(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[Any]:
        """All of it at once, because it is asked for once."""
        try:
            counter.supplements.hand_in(
                number, at_counter.identity, given_documents(sent), officer=officer
            )
        except ServiceError as error:
            held = counter.drafts.held(number, at_counter.identity, officer=officer)
            return _page(request, held, given=sent, error=error)
        say(request, N_("The documents were added; the clock runs again."))
        return go_to("person")

    @get("/withdrawals/{number:str}", sync_to_thread=True)
    def ask_withdrawal(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[str]:
        """Whether the person really takes the application back."""
        held = counter.drafts.held(number, at_counter.identity, officer=officer)
        return _withdrawal_page(request, held)

    @post("/withdrawals/{number:str}/confirm", status_code=HTTP_200_OK, sync_to_thread=True)
    def withdraw(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter: NamedDependency[CounterService],
    ) -> Response[Any]:
        """Taken back by the person in front, before it is decided."""
        try:
            counter.intake.withdraw(number, at_counter.identity, officer=officer)
        except ServiceError as error:
            held = counter.drafts.held(number, at_counter.identity, officer=officer)
            return _withdrawal_page(request, held, error=error)
        say(request, N_("The application was taken back."))
        return go_to("person")


def _withdrawal_page(
    request: Request[Any, Any, Any], held: Application, *, error: ServiceError | None = None
) -> Response[str]:
    return render(
        request,
        "desk_counter_withdraw.html",
        status_code=error.http_status if error else HTTP_200_OK,
        application=held,
        kinds=desk_words.KINDS,
        once=new_name(),
        **told(request, error),
    )


def _page(
    request: Request[Any, Any, Any],
    held: Application,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[str]:
    governments = {basis: given.text(f"government_{basis}") if given else "" for basis in Basis}
    return render(
        request,
        "desk_counter_supplement.html",
        status_code=error.http_status if error else HTTP_200_OK,
        application=held,
        bases=sorted(held.bases),
        governments=governments,
        exemptions=EXEMPTIONS,
        persons=tuple(Whose),
        kinds=desk_words.KINDS,
        once=new_name(),
        **told(request, error),
    )
