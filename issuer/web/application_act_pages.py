"""Deciding about an application: each act has a page beside findings and documents.

A refusal by the service is shown on the same page with what was typed. Whoever comes second to
a decision sees who decided and when, and loses nothing of what was written meanwhile.
"""

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.application_desk import ApplicationDesk
from issuer.application_record import ApplicationRecord, ApplicationRecords
from issuer.desk import Grounds
from issuer.errors import ApplicationStateError
from issuer.officer import Officer
from issuer.web.application_act_view import (
    WORDS,
    ApplicationAct,
    OfferedStep,
    legal_basis_of,
)
from issuer.web.desk_application_pages import context_of
from issuer.web.desk_application_view import ApplicationPage, unproven_bases
from issuer.web.desk_words import LEGAL_BASES
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.one_line import one_line
from issuer.web.page_errors import explain, translated
from issuer.web.page_filters import said
from issuer.web.page_forms import Form
from issuer.web.page_language import language_of
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from issuer.web.typed_grounds import typed_grounds
from schemas.errors import ServiceError

_PROOF: Final = N_("Proof: %(basis)s")


class Deciding(Struct, frozen=True):
    """One act, asked for by a form."""

    desk: ApplicationDesk
    number: str
    officer: Officer
    form: Form

    @property
    def grounds(self) -> Grounds:
        """Reason and legal basis. Raises ``AnswerMissingError``."""
        return typed_grounds(self.form)

    @property
    def wanted(self) -> list[str]:
        """What is lacking, a line each."""
        lines = map(one_line, self.form.text("wanted").splitlines())
        return [line for line in lines if line]


class ApplicationActController(Controller):
    """Pages and forms of the acts."""

    path = "/applications/{number:str}"

    @get("/{act:str}", sync_to_thread=True)
    def ask(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        act: FromPath[str],
        officer: NamedDependency[Officer],
        application_records: NamedDependency[ApplicationRecords],
    ) -> Response[str]:
        """What follows from the act, and the form that does it."""
        asked = _named(act)
        return _page(request, asked, application_records.record(number, officer), officer)

    @post("/{act:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def act(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        act: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        application_desk: NamedDependency[ApplicationDesk],
        application_records: NamedDependency[ApplicationRecords],
    ) -> Response[Any]:
        """Done, or the page again with the reason why not."""
        asked = _named(act)
        decide, sentence = _DO[asked]
        try:
            decide(Deciding(application_desk, number, officer, sent))
        except ServiceError as error:
            record = application_records.record(number, officer)
            return _page(request, asked, record, officer, given=sent, error=error)
        say(request, sentence)
        return Redirect(f"/desk/applications/{number}", status_code=HTTP_303_SEE_OTHER)


def _page(
    request: Request[Any, Any, Any],
    act: ApplicationAct,
    record: ApplicationRecord,
    officer: Officer,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[str]:
    context = context_of(record, officer)
    view: ApplicationPage = context["view"]
    return render(
        request,
        "desk_application_act.html",
        status_code=error.http_status if error else HTTP_200_OK,
        act=act,
        words=WORDS[act],
        offered=_offered(view.acts, act),
        given=_typed(request, view, given),
        bases=LEGAL_BASES,
        problem=explain(request, error) if error else None,
        once=new_name(),
        **context,
    )


def _named(act: str) -> ApplicationAct:
    try:
        return ApplicationAct(act)
    except ValueError as error:
        raise ApplicationStateError(
            "there is no such act on an application", remedy="Go back to the application."
        ) from error


def _offered(offered: tuple[OfferedStep, ...], act: ApplicationAct) -> OfferedStep | None:
    """The act as it is offered now; None where it is not, or not any more."""
    return next((choice for choice in offered if choice.act is act), None)


def _typed(
    request: Request[Any, Any, Any], view: ApplicationPage, given: Form | None
) -> dict[str, Any]:
    """What was typed; before that, what the findings suggest."""
    if given is not None:
        names = ("reason", "legal_basis", "wanted")
        typed: dict[str, Any] = {name: given.text(name) for name in names}
        return typed | {"materials_false": given.ticked("materials_false")}
    language = language_of(request)
    proof = translated(request, _PROOF)
    lacking = [
        proof % {"basis": translated(request, name)} for name in unproven_bases(view.application)
    ]
    return {
        "reason": " ".join(said((found.zh, found.en), language) for found in view.failed),
        "legal_basis": legal_basis_of(view.failed),
        "wanted": "\n".join(lacking),
        "materials_false": False,
    }


_DO: Final[dict[ApplicationAct, tuple[Callable[[Deciding], object], str]]] = {
    ApplicationAct.GRANT: (
        lambda d: d.desk.grant(d.number, d.officer),
        N_("The application was granted."),
    ),
    ApplicationAct.SECOND_OPINION: (
        lambda d: d.desk.second_opinion(d.number, d.officer),
        N_("Proposed. Another approver confirms it or sends it back."),
    ),
    ApplicationAct.CONFIRM: (
        lambda d: d.desk.confirm(d.number, d.officer),
        N_("The application was granted."),
    ),
    ApplicationAct.DISAGREE: (
        lambda d: d.desk.disagree(d.number, d.officer, d.grounds),
        N_("Sent back: the application is looked at anew."),
    ),
    ApplicationAct.REFUSE: (
        lambda d: d.desk.refuse(
            d.number, d.officer, d.grounds, materials_false=d.form.ticked("materials_false")
        ),
        N_("The application was refused."),
    ),
    ApplicationAct.SUPPLEMENT: (
        lambda d: d.desk.request_supplement(d.number, d.officer, d.wanted),
        N_("The applicant was asked for it; the clock stands still."),
    ),
}
"""Act to what does it and what is said afterwards."""
