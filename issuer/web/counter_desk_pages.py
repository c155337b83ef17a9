"""The counter: the person in front, what they came for, and one long page to apply for them.

For people without a smartphone, and for those whom somebody else brings; the conditions and the
queue are those of everybody [ZJ]. Nothing of a person is in an address.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.application import Channel, IdentityDocument, Kind, Whose
from issuer.application_drafts import ApplicationDrafts
from issuer.counter_desk import CounterDesk
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.own_permits import OwnPermits
from issuer.permit_brief import brief_of
from issuer.web import desk_words
from issuer.web.applicant_sign_in import IdentityGate
from issuer.web.counter_session import (
    COUNTER_PAGE,
    AtCounter,
    part_from_person,
    serve_person,
)
from issuer.web.desk_permit_pages import WORDS
from issuer.web.form_once import new_name
from issuer.web.kind_choices import kind_choices
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError


class CounterController(Controller):
    """Who is served, and what for."""

    path = "/counter"

    @get("/", sync_to_thread=False)
    def ask(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        gate: NamedDependency[IdentityGate],
    ) -> Response[str]:
        """The document that is shown, and its number; or a slip for who has a permit."""
        require(officer, AT_THE_COUNTER)
        return _start(request, gate)

    @post("/identify", status_code=HTTP_200_OK, sync_to_thread=True)
    def identify(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        gate: NamedDependency[IdentityGate],
        counter_desk: NamedDependency[CounterDesk],
    ) -> Response[Any]:
        """Whose document it is; every asking is written down."""
        require(officer, AT_THE_COUNTER)
        chosen = form.text("document")
        document = IdentityDocument(chosen if chosen in set(IdentityDocument) else "id_card")
        try:
            identity = counter_desk.identify(form.text("citizen_id_number"), document, officer)
        except ServiceError as error:
            return _start(request, gate, given=form, error=error)
        serve_person(request, AtCounter(identity, document))
        return _to(f"{COUNTER_PAGE}/person")

    @get("/person", sync_to_thread=True)
    def person(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        counter_desk: NamedDependency[CounterDesk],
        own_permits: NamedDependency[OwnPermits],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """What they have here, and what they can apply for."""
        return _person(request, officer, at_counter, counter_desk, own_permits, clock)

    @post("/begin", status_code=HTTP_200_OK, sync_to_thread=True)
    def begin(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        officer: NamedDependency[Officer],
        at_counter: NamedDependency[AtCounter],
        drafts: NamedDependency[ApplicationDrafts],
        counter_desk: NamedDependency[CounterDesk],
        own_permits: NamedDependency[OwnPermits],
        clock: NamedDependency[Clock],
    ) -> Response[Any]:
        """A draft of the chosen kind: the one begun anywhere before, or a new one."""
        chosen = form.text("kind")
        kind = Kind(chosen) if chosen in set(Kind) else Kind.FIRST_PERMIT
        who = at_counter.identity
        try:
            draft = drafts.open(who, kind, Channel.COUNTER, officer=officer)
            drafts.saw(draft.number, who, Whose.APPLICANT, at_counter.document, officer=officer)
        except ServiceError as error:
            return _person(
                request, officer, at_counter, counter_desk, own_permits, clock, error=error
            )
        return _to(f"{COUNTER_PAGE}/drafts/{draft.number}")

    @post("/done", status_code=HTTP_303_SEE_OTHER, sync_to_thread=False)
    def done(self, request: Request[Any, Any, Any], officer: NamedDependency[Officer]) -> Redirect:
        """The person has left; the next one begins with their document."""
        require(officer, AT_THE_COUNTER)
        part_from_person(request)
        return _to(COUNTER_PAGE)


def _start(
    request: Request[Any, Any, Any],
    gate: IdentityGate,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[str]:
    return render(
        request,
        "desk_counter.html",
        status_code=error.http_status if error else HTTP_200_OK,
        given={
            name: given.text(name) if given else "" for name in ("citizen_id_number", "document")
        },
        documents=[(one, desk_words.IDENTITY_DOCUMENTS[one]) for one in IdentityDocument],
        people=gate.people,
        problem=explain(request, error) if error else None,
    )


def _person(
    request: Request[Any, Any, Any],
    officer: Officer,
    at_counter: AtCounter,
    counter_desk: CounterDesk,
    own_permits: OwnPermits,
    clock: Clock,
    *,
    error: ServiceError | None = None,
) -> Response[str]:
    who, today = at_counter.identity, day_of(clock())
    held = counter_desk.person(who, officer)
    return render(
        request,
        "desk_counter_person.html",
        status_code=error.http_status if error else HTTP_200_OK,
        person=who,
        document=desk_words.IDENTITY_DOCUMENTS[at_counter.document],
        drafts=held.drafts,
        waiting=held.waiting,
        lines=[brief_of(permit, today) for permit in held.permits],
        choices=kind_choices(own_permits.permits(who)),
        kinds=desk_words.KINDS,
        stages=desk_words.STAGES,
        stage_tones=desk_words.STAGE_TONES,
        sexes=desk_words.SEXES,
        once=new_name(),
        problem=explain(request, error) if error else None,
        **WORDS,
    )


def _to(where: str) -> Redirect:
    return Redirect(where, status_code=HTTP_303_SEE_OTHER)
