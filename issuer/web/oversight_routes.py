"""Campaigns, mass acts, audit and counts as a part of the desk: routes, and their services."""

from pathlib import Path
from typing import Any, Final

from litestar import Router
from litestar.types import ControllerRouterHandler

from issuer.application_queue import ApplicationQueue
from issuer.audit_reports import AuditReports
from issuer.audit_verification import AuditVerification
from issuer.campaign_left_out import CampaignLeftOut
from issuer.campaign_runner import CampaignRunner
from issuer.campaigns import Campaigns
from issuer.county_counts import CountyNumbers
from issuer.mass_acts import MassActs
from issuer.permit_records import PermitRecords
from issuer.second_officers import SecondOfficers
from issuer.web.audit_pages import AuditController, AuditServices
from issuer.web.campaign_pages import CampaignController, CampaignServices
from issuer.web.count_pages import CountController
from issuer.web.desk_sending import SentBeforeError, answer_sent_before
from issuer.web.mass_act_pages import MassActController
from issuer.web.mass_act_rendering import MassActServices
from issuer.web.page_core import PageCore

OVERSIGHT_ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    Router(
        "/desk",
        route_handlers=[
            CampaignController,
            MassActController,
            AuditController,
            CountController,
        ],
        exception_handlers={SentBeforeError: answer_sent_before},
    ),
)
ROOT_FILE: Final = "root.pem"
"""The provincial root's certificate among the keys."""


def oversight_services(core: PageCore) -> dict[str, Any]:
    """Services by the names under which these handlers ask for them."""
    settings, storage, clock = core.settings, core.storage, core.clock
    campaigns = Campaigns(storage, core.residences, clock)
    mass_acts = MassActs(storage, clock)
    runner = CampaignRunner(campaigns, mass_acts)
    seconds = SecondOfficers(storage, allow_demo_ids=settings.allow_demo_ids)
    root = Path(settings.keys_dir) / ROOT_FILE
    return {
        "campaign_services": CampaignServices(
            campaigns, CampaignLeftOut(storage, core.residences, clock), runner
        ),
        "mass_act_services": MassActServices(mass_acts, runner, seconds),
        "audit_services": AuditServices(
            AuditReports(storage, core.counties, clock),
            AuditVerification(storage, root, clock),
            seconds,
            clock,
        ),
        "county_numbers": CountyNumbers(
            storage, ApplicationQueue(storage, clock), PermitRecords(storage, clock), clock
        ),
    }
