"""Proposals to revoke: those that wait, and one with the form that decides it.

Whoever proposed sees that another officer is needed, and can take it back.
"""

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.officer import DECIDERS, Officer
from issuer.permit_brief import brief_of
from issuer.permit_records import PermitRecords
from issuer.proposal import Proposal
from issuer.proposals import Proposals
from issuer.web.desk_permit_pages import WORDS
from issuer.web.desk_words import PROPOSAL_STAGES
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from issuer.web.typed_grounds import typed_reason
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError

STAGE_TONES: Final = {"open": "warn", "confirmed": "bad"}
_DECIDED_SHOWN: Final = 50
"""Decided proposals on the page, the latest; the audit log has all."""


class ProposalChoices(Struct, frozen=True):
    """What the page of a proposal offers to an officer."""

    confirm: bool
    reject: bool
    take_back: bool
    """In place of both, for whoever proposed."""


def choices(proposal: Proposal, officer: Officer) -> ProposalChoices:
    """What this officer may decide about it; the services ask again."""
    may = proposal.open and bool(officer.roles & DECIDERS)
    own = proposal.proposed_by == officer.id
    return ProposalChoices(confirm=may and not own, reject=may and not own, take_back=may and own)


class ProposalController(Controller):
    """The second of four eyes."""

    path = "/proposals"

    @get("/", sync_to_thread=True)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        proposals: NamedDependency[Proposals],
    ) -> Response[str]:
        """What waits for a second officer, and what was decided lately."""
        found = proposals.proposals(officer, open_only=False)
        return render(
            request,
            "desk_proposals.html",
            waiting=[proposal for proposal in found if proposal.open],
            decided=[proposal for proposal in found[::-1] if not proposal.open][:_DECIDED_SHOWN],
            stages=PROPOSAL_STAGES,
            stage_tones=STAGE_TONES,
        )

    @get("/{proposal_id:str}", sync_to_thread=True)
    def proposal(
        self,
        request: Request[Any, Any, Any],
        proposal_id: FromPath[str],
        officer: NamedDependency[Officer],
        proposals: NamedDependency[Proposals],
        permit_records: NamedDependency[PermitRecords],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """One proposal, with the permit it is about."""
        return _page(request, proposal_id, officer, proposals, permit_records, clock)

    @post("/{proposal_id:str}/{decision:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def decide(
        self,
        request: Request[Any, Any, Any],
        proposal_id: FromPath[str],
        decision: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        proposals: NamedDependency[Proposals],
        permit_records: NamedDependency[PermitRecords],
        clock: NamedDependency[Clock],
    ) -> Response[Any]:
        """Confirmed or rejected, or the page again with the reason why not."""
        decide, sentence = _DECISIONS.get(decision, _DECISIONS["reject"])
        try:
            decide(proposals, proposal_id, officer, sent)
        except ServiceError as error:
            typed = sent.text("reason")
            return _page(
                request,
                proposal_id,
                officer,
                proposals,
                permit_records,
                clock,
                reason=typed,
                error=error,
            )
        say(request, sentence)
        return Redirect(f"/desk/proposals/{proposal_id}", status_code=HTTP_303_SEE_OTHER)


def _page(
    request: Request[Any, Any, Any],
    proposal_id: str,
    officer: Officer,
    proposals: Proposals,
    permit_records: PermitRecords,
    clock: Clock,
    *,
    reason: str = "",
    error: ServiceError | None = None,
) -> Response[str]:
    held = proposals.proposal(proposal_id, officer)
    permit = permit_records.state(held.permit_number, officer).permit
    return render(
        request,
        "desk_proposal.html",
        status_code=error.http_status if error else HTTP_200_OK,
        proposal=held,
        choices=choices(held, officer),
        line=brief_of(permit, day_of(clock())),
        reason=reason,
        stages=PROPOSAL_STAGES,
        stage_tones=STAGE_TONES,
        problem=explain(request, error) if error else None,
        once=new_name(),
        **WORDS,
    )


_DECISIONS: Final[dict[str, tuple[Callable[[Proposals, str, Officer, Form], Proposal], str]]] = {
    "confirm": (
        lambda proposals, number, officer, _: proposals.confirm(number, officer),
        N_("The permit was revoked."),
    ),
    "reject": (
        lambda proposals, number, officer, form: proposals.reject(
            number, officer, typed_reason(form)
        ),
        N_("The proposal was rejected; the permit stays as it is."),
    ),
}
"""Last part of the address to what it does and what is said afterwards."""
