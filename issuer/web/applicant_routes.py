"""The applicant's portal as a part of all pages: its routes, and the services behind them."""

from typing import Any, Final

from litestar.types import ControllerRouterHandler

from issuer.applicant_preview import ApplicantPreview
from issuer.applicant_progress import Progress
from issuer.application_drafts import ApplicationDrafts
from issuer.application_intake import ApplicationIntake
from issuer.attempt_limit import AttemptLimit
from issuer.demonstration_identities import demonstration_identities
from issuer.identity_attempts import IdentityAttempts
from issuer.identity_check import SimulatedIdentityCheck
from issuer.offers import Offers
from issuer.own_permits import OwnPermits
from issuer.supplement_documents import SupplementDocuments
from issuer.web.applicant_draft_pages import DraftController, DraftService
from issuer.web.applicant_pages import ApplyController
from issuer.web.applicant_permit_pages import PermitController
from issuer.web.applicant_progress_pages import ProgressController
from issuer.web.applicant_sign_in import IdentityGate, SignInController
from issuer.web.page_core import PageCore
from schemas.endorsement_window import day_of

APPLICANT_ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    SignInController,
    ApplyController,
    DraftController,
    ProgressController,
    PermitController,
)
SOURCE_FACTOR: Final = 10
"""How many more tries one address has than one person: a family or an office shares it."""


def applicant_services(core: PageCore) -> dict[str, Any]:
    """Services by the names under which the portal's handlers ask for them."""
    demonstration = core.settings.allow_demo_ids
    intake = ApplicationIntake(core.storage, core.clock, allow_demo_ids=demonstration)
    drafts = ApplicationDrafts(
        core.storage, core.documents, core.clock, allow_demo_ids=demonstration
    )
    return {
        "gate": _identity_gate(core),
        "drafts": drafts,
        "draft_service": DraftService(
            drafts,
            ApplicantPreview(core.storage, core.residences, core.clock),
            frozenset(core.counties),
            core.clock,
        ),
        "intake": intake,
        "supplements": SupplementDocuments(intake, core.documents),
        "progress": Progress(core.storage, core.clock),
        "own_permits": OwnPermits(
            core.storage, Offers(core.storage, core.clock, core.settings), core.clock
        ),
    }


def _identity_gate(core: PageCore) -> IdentityGate:
    # Without a provider behind the port nobody passes; the counter is open to everybody.
    people = {}
    if core.settings.allow_demo_ids:
        people = demonstration_identities(today=day_of(core.clock()))
    check = SimulatedIdentityCheck(people)
    tries, window_s = core.settings.identity_tries, core.settings.identity_window_s
    return IdentityGate(
        check=check,
        counted=IdentityAttempts(check, core.storage, core.clock),
        by_source=AttemptLimit(
            core.one_time, "identity-source", tries=SOURCE_FACTOR * tries, window_s=window_s
        ),
        by_person=AttemptLimit(core.one_time, "identity", tries=tries, window_s=window_s),
        people=tuple(people.values()),
    )
