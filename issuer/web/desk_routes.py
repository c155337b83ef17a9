"""The desk as a part of all pages: its routes, and the services behind them."""

from pathlib import Path
from typing import Any, Final

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from issuer.applicant_preview import ApplicantPreview
from issuer.application_desk import ApplicationDesk
from issuer.application_queue import ApplicationQueue
from issuer.application_record import ApplicationRecords
from issuer.counter_desk import CounterDesk
from issuer.desk import Desk
from issuer.mass_acts import MassActs
from issuer.offers import Offers
from issuer.permit_records import PermitRecords
from issuer.proposals import Proposals
from issuer.slip_pdf import SlipPress
from issuer.slips import Slips
from issuer.web.application_act_pages import ApplicationActController
from issuer.web.counter_desk_pages import CounterController
from issuer.web.counter_draft_pages import CounterDraftController, CounterService
from issuer.web.counter_receipt_pages import CounterReceiptController
from issuer.web.counter_session import person_at_counter
from issuer.web.desk_application_pages import DeskApplicationController
from issuer.web.desk_pages import DeskLookup, desk_start
from issuer.web.desk_permit_pages import DeskPermitController
from issuer.web.desk_proposal_pages import ProposalController
from issuer.web.desk_queue_pages import queue_page
from issuer.web.desk_sending import SentBeforeError, answer_sent_before, sent_once
from issuer.web.form_once import FormOnce
from issuer.web.page_core import PageCore
from issuer.web.permit_act_pages import PermitActController, PermitServices

DESK_ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    Router(
        "/desk",
        route_handlers=[
            desk_start,
            queue_page,
            DeskApplicationController,
            ApplicationActController,
            DeskPermitController,
            PermitActController,
            ProposalController,
            CounterController,
            CounterDraftController,
            CounterReceiptController,
        ],
        exception_handlers={SentBeforeError: answer_sent_before},
    ),
)
DESK_PARTS: Final = {"sent": Provide(sent_once), "at_counter": Provide(person_at_counter)}
"""What handlers ask for that is made anew for each request."""


def desk_services(core: PageCore, portal: dict[str, Any]) -> dict[str, Any]:
    """Services by the names under which the desk's handlers ask for them.

    Those of the ``portal`` that the counter shares are used as they are.
    """
    settings, storage, clock = core.settings, core.storage, core.clock
    demonstration = settings.allow_demo_ids
    queue = ApplicationQueue(storage, clock)
    counter_desk = CounterDesk(storage, portal["gate"].check, clock)
    permits, proposals = PermitRecords(storage, clock), Proposals(storage, clock)
    return {
        "application_queue": queue,
        "application_records": ApplicationRecords(storage, core.residences, core.documents, clock),
        "application_desk": ApplicationDesk(
            storage, core.residences, clock, allow_demo_ids=demonstration
        ),
        "permit_records": permits,
        "proposals": proposals,
        "permit_services": PermitServices(
            desk=Desk(storage, clock, allow_demo_ids=demonstration),
            proposals=proposals,
            offers=Offers(storage, clock, settings),
            slips=_slips(core),
        ),
        "desk_lookup": DeskLookup(queue, permits, proposals, MassActs(storage, clock), clock),
        "counter_desk": counter_desk,
        "counter": CounterService(
            portal["drafts"],
            portal["intake"],
            portal["supplements"],
            ApplicantPreview(storage, core.residences, clock),
            clock,
        ),
        "form_once": FormOnce(core.one_time),
    }


def _slips(core: PageCore) -> Slips:
    press = SlipPress(Path(core.settings.slip_font_dir))
    return Slips(
        core.storage,
        core.clock,
        core.counties,
        press,
        demo=core.settings.allow_demo_ids,
    )
