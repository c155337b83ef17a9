"""Endorsement campaigns: what one would come to, its start, and how far it has come.

A campaign runs beside the service; its page shows the register's own numbers, so it is right
whoever runs it. All permits are those of the officer's county.
"""

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.batch import OUTCOME_SENTENCES
from issuer.campaign import Due
from issuer.campaign_left_out import CampaignLeftOut
from issuer.campaign_runner import CampaignRunner
from issuer.campaigns import Campaigns
from issuer.errors import BatchStateError
from issuer.officer import DECIDERS, Officer
from issuer.web.batch_view import (
    ITEMS_SHOWN,
    STAGE_TONES,
    STAGES,
    BatchProgress,
    act_named,
    item_page,
    known_outcome,
    left_lines,
    progress_of,
)
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.page_errors import explain
from issuer.web.page_forms import Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from schemas.errors import ServiceError

DUE_CHOICES: Final = {
    Due.IN_WINDOW: (
        N_("Window open"),
        N_("Endorsed in time: years of residence go on."),
    ),
    Due.LAPSED: (
        N_("Endorsement missed"),
        N_("Endorsed late: use is restored, and years of residence count anew."),
    ),
    Due.BOTH: (N_("Both"), N_("Each as it is: in time or late.")),
}
"""Which permits a campaign may be for: name and what follows, as msgids."""
CAMPAIGNS_SHOWN: Final = 50
LEFT_OUT_SHOWN: Final = 200
"""Permits on the list of those that would be left out."""
STARTED: Final = N_("The campaign has started.")


class CampaignServices(Struct, frozen=True):
    """Whose acts these pages are a face of."""

    campaigns: Campaigns
    left_out: CampaignLeftOut
    runner: CampaignRunner

    def progress(self, campaign_id: str, officer: Officer) -> BatchProgress:
        """How far it has come. Raises as ``Campaigns.campaign``."""
        # Asked first: a run that ends in between leaves a finished campaign, not a halted one.
        runs = self.runner.runs(campaign_id)
        held = self.campaigns.campaign(campaign_id, officer)
        counts = self.campaigns.counts(campaign_id, officer)
        return progress_of(held.stage, counts, runs=runs)


class CampaignController(Controller):
    """For approvers of the county; its auditors see them."""

    path = "/campaigns"

    @get("/", sync_to_thread=True)
    def listed(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[str]:
        """The campaigns of the county, and the way to another one."""
        found = campaign_services.campaigns.campaigns(officer)[:CAMPAIGNS_SHOWN]
        return render(
            request,
            "desk_campaigns.html",
            campaigns=[
                (campaign, campaign_services.progress(campaign.id, officer)) for campaign in found
            ],
            may_start=bool(officer.roles & DECIDERS),
            due_choices=DUE_CHOICES,
            stages=STAGES,
            stage_tones=STAGE_TONES,
        )

    @get("/preview", sync_to_thread=True)
    def preview(
        self,
        request: Request[Any, Any, Any],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[str]:
        """What a campaign would come to today, and who would be left out."""
        return _preview(request, officer, campaign_services, request.query_params.get("due", ""))

    @post("/start", status_code=HTTP_200_OK, sync_to_thread=True)
    def start(
        self,
        request: Request[Any, Any, Any],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[Any]:
        """Put down and begun, or the preview again with the reason why not."""
        due = sent.text("due")
        try:
            started = campaign_services.campaigns.start(officer, _asked_for(due))
            campaign_services.runner.begin_campaign(started.id, officer)
        except ServiceError as error:
            return _preview(request, officer, campaign_services, due, error)
        say(request, STARTED)
        return Redirect(f"/desk/campaigns/{started.id}", status_code=HTTP_303_SEE_OTHER)

    @get("/{campaign_id:str}", sync_to_thread=True)
    def campaign(
        self,
        request: Request[Any, Any, Any],
        campaign_id: FromPath[str],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[str]:
        """One campaign with its permits."""
        return _page(request, campaign_id, officer, campaign_services)

    @get("/{campaign_id:str}/progress", sync_to_thread=True)
    def progress(
        self,
        campaign_id: FromPath[str],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[dict[str, object]]:
        """Its numbers, for the page's script."""
        found = campaign_services.progress(campaign_id, officer)
        return Response(found.plain, headers={"Cache-Control": "no-store"})

    @post("/{campaign_id:str}/{act:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def act(
        self,
        request: Request[Any, Any, Any],
        campaign_id: FromPath[str],
        act: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        campaign_services: NamedDependency[CampaignServices],
    ) -> Response[Any]:
        """Gone on with, or stopped; or the page again with the reason why not."""
        try:
            do, sentence = act_named(_ACTS, act)
            do(campaign_services, campaign_id, officer)
        except ServiceError as error:
            return _page(request, campaign_id, officer, campaign_services, error)
        say(request, sentence)
        return Redirect(f"/desk/campaigns/{campaign_id}", status_code=HTTP_303_SEE_OTHER)


def _preview(
    request: Request[Any, Any, Any],
    officer: Officer,
    services: CampaignServices,
    due: str,
    error: ServiceError | None = None,
) -> Response[str]:
    chosen = _due(due)
    found = services.campaigns.preview(officer, chosen)
    return render(
        request,
        "desk_campaign_preview.html",
        status_code=error.http_status if error else HTTP_200_OK,
        due=chosen,
        due_choices=DUE_CHOICES,
        preview=found,
        left=left_lines(found.left_out),
        left_out=services.left_out.listed(officer, chosen, limit=LEFT_OUT_SHOWN),
        sentences=OUTCOME_SENTENCES,
        problem=explain(request, error) if error else None,
        once=new_name(),
    )


def _page(
    request: Request[Any, Any, Any],
    campaign_id: str,
    officer: Officer,
    services: CampaignServices,
    error: ServiceError | None = None,
) -> Response[str]:
    progress = services.progress(campaign_id, officer)
    campaigns = services.campaigns
    outcome = known_outcome(request.query_params.get("outcome", ""))
    after = request.query_params.get("after", "")
    items = campaigns.items(
        campaign_id, officer, after=after, limit=ITEMS_SHOWN + 1, outcome=outcome
    )
    trouble = error or services.runner.trouble(campaign_id)
    return render(
        request,
        "desk_campaign.html",
        status_code=error.http_status if error else HTTP_200_OK,
        campaign=campaigns.campaign(campaign_id, officer),
        progress=progress,
        left=left_lines(campaigns.counts(campaign_id, officer).left_out),
        items=item_page(items, outcome=outcome, after=after),
        may_act=bool(officer.roles & DECIDERS),
        due_choices=DUE_CHOICES,
        stages=STAGES,
        stage_tones=STAGE_TONES,
        problem=explain(request, trouble) if trouble else None,
        once=new_name(),
    )


def _due(text: str) -> Due:
    """What an address or form asks for; those in their window for anything else."""
    return Due(text) if text in set(Due) else Due.IN_WINDOW


def _asked_for(text: str) -> Due:
    if text not in set(Due):
        raise BatchStateError("it is not said which permits the campaign is for")
    return Due(text)


_Do = Callable[[CampaignServices, str, Officer], object]
_ACTS: Final[dict[str, tuple[_Do, str]]] = {
    "run": (
        lambda services, number, officer: services.runner.begin_campaign(number, officer),
        N_("The campaign goes on."),
    ),
    "stop": (
        lambda services, number, officer: services.campaigns.stop(number, officer),
        N_("The campaign was stopped. What was endorsed stays endorsed."),
    ),
}
"""Last part of the address to what it does and what is said afterwards."""
