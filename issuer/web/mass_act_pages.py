"""Mass acts: choose a cohort, look at it, propose; another officer confirms; run; undo.

Who has confirmed sees it run at once; whoever comes to a run that was interrupted has it go on.
All permits are those of the officer's county.
"""

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from issuer.batch import Stage
from issuer.officer import DECIDERS, Officer
from issuer.web.batch_view import STAGE_TONES, STAGES, act_named
from issuer.web.error_sentences import N_
from issuer.web.mass_act_rendering import MassActServices, act_page, cohort_page
from issuer.web.mass_act_view import FIELDS, cohort_lines, criteria_of, typed
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from issuer.web.typed_grounds import typed_grounds, typed_reason
from schemas.errors import ServiceError

ACTS_SHOWN: Final = 50
_HERE: Final = "/desk/mass-acts"


class MassActController(Controller):
    """For approvers of the county; its auditors see them."""

    path = "/mass-acts"

    @get("/", sync_to_thread=True)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[str]:
        """What waits for a second officer, and what was done."""
        found = mass_act_services.mass_acts.mass_acts(officer)
        lines = [
            (act, cohort_lines(act.criteria), mass_act_services.progress(act.id, officer))
            for act in found[:ACTS_SHOWN]
        ]
        return render(
            request,
            "desk_mass_acts.html",
            waiting=[line for line in lines if line[0].stage is Stage.PROPOSED],
            others=[line for line in lines if line[0].stage is not Stage.PROPOSED],
            may_propose=bool(officer.roles & DECIDERS),
            stages=STAGES,
            stage_tones=STAGE_TONES,
        )

    @get("/new", sync_to_thread=True)
    def choose(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[str]:
        """The form that chooses a cohort, and what it would come to once one is chosen."""
        given = typed(dict(request.query_params))
        if not request.query_params:
            return cohort_page(request, officer, mass_act_services, given)
        try:
            preview = mass_act_services.mass_acts.preview(criteria_of(given), officer)
        except ServiceError as error:
            return cohort_page(request, officer, mass_act_services, given, error=error)
        return cohort_page(request, officer, mass_act_services, given, preview=preview)

    @post("/propose", status_code=HTTP_200_OK, sync_to_thread=True)
    def propose(
        self,
        request: Request[Any, Any, Any],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[Any]:
        """Put down for another officer, or the form again with the reason why not."""
        given = typed({name: sent.text(name) for name in FIELDS})
        try:
            criteria = criteria_of(given)
            preview = mass_act_services.mass_acts.preview(criteria, officer)
        except ServiceError as error:
            return cohort_page(request, officer, mass_act_services, given, error=error)
        try:
            proposed = mass_act_services.mass_acts.propose(criteria, typed_grounds(sent), officer)
        except ServiceError as error:
            return cohort_page(
                request,
                officer,
                mass_act_services,
                given,
                preview=preview,
                words=_words(sent),
                error=error,
            )
        say(request, N_("Proposed. Another officer decides about it."))
        return Redirect(f"{_HERE}/{proposed.id}", status_code=HTTP_303_SEE_OTHER)

    @get("/{act_id:str}", sync_to_thread=True)
    def mass_act(
        self,
        request: Request[Any, Any, Any],
        act_id: FromPath[str],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[str]:
        """One mass act with its permits."""
        return act_page(request, act_id, officer, mass_act_services)

    @get("/{act_id:str}/progress", sync_to_thread=True)
    def progress(
        self,
        act_id: FromPath[str],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[dict[str, object]]:
        """Its numbers, for the page's script."""
        found = mass_act_services.progress(act_id, officer)
        return Response(found.plain, headers={"Cache-Control": "no-store"})

    @post("/{act_id:str}/{act:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def act(
        self,
        request: Request[Any, Any, Any],
        act_id: FromPath[str],
        act: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        mass_act_services: NamedDependency[MassActServices],
    ) -> Response[Any]:
        """Done, or the page again with the reason why not."""
        try:
            do, sentence = act_named(_ACTS, act)
            shown = do(mass_act_services, act_id, officer, sent)
        except ServiceError as error:
            return act_page(
                request, act_id, officer, mass_act_services, words=_words(sent), error=error
            )
        say(request, sentence)
        return Redirect(f"{_HERE}/{shown}", status_code=HTTP_303_SEE_OTHER)


def _words(form: Form) -> dict[str, str]:
    """Reason and legal basis as they were typed, to be shown again."""
    return {name: form.text(name) for name in ("reason", "legal_basis")}


def _confirm(services: MassActServices, act_id: str, officer: Officer, _: Form) -> str:
    services.mass_acts.confirm(act_id, officer)
    services.runner.begin_mass_act(act_id, officer)
    return act_id


def _go_on(services: MassActServices, act_id: str, officer: Officer, _: Form) -> str:
    services.runner.begin_mass_act(act_id, officer)
    return act_id


def _reject(services: MassActServices, act_id: str, officer: Officer, form: Form) -> str:
    services.mass_acts.reject(act_id, officer, typed_reason(form))
    return act_id


def _undo(services: MassActServices, act_id: str, officer: Officer, form: Form) -> str:
    return services.mass_acts.undo_propose(act_id, typed_grounds(form), officer).id


_Do = Callable[[MassActServices, str, Officer, Form], str]
_ACTS: Final[dict[str, tuple[_Do, str]]] = {
    "confirm": (_confirm, N_("Confirmed. It is being carried out.")),
    "run": (_go_on, N_("It goes on.")),
    "reject": (_reject, N_("The proposal was rejected; the permits stay as they are.")),
    "undo": (_undo, N_("The undo is proposed. Another officer decides about it.")),
}
"""Last part of the address to what it does, which gives the act to show, and what is said."""
