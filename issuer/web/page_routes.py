"""All pages in one router: the portal's, the desk's, and what they share.

Pages have sessions, tokens in their forms and errors in HTML; the OpenID endpoints have none
of it, so pages stand in a router of their own. Each part brings its routes and its services.
"""

from pathlib import Path
from typing import Any, Final

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from issuer.settings import Settings
from issuer.web.applicant_routes import APPLICANT_ROUTES, applicant_services
from issuer.web.applicant_session import signed_in_applicant
from issuer.web.desk_routes import DESK_PARTS, DESK_ROUTES, desk_services
from issuer.web.officer_routes import OFFICER_PARTS, OFFICER_ROUTES, officer_services
from issuer.web.oversight_routes import OVERSIGHT_ROUTES, oversight_services
from issuer.web.page_core import PageCore
from issuer.web.page_errors import PAGE_HANDLERS
from issuer.web.page_forms import read_form
from issuer.web.page_language import choose_language
from issuer.web.page_secret import page_secret
from issuer.web.page_sessions import session_middleware
from issuer.web.page_setup import Pages
from issuer.web.page_tokens import csrf_middleware, refuse_odd_requests
from keys.clock import Clock

ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    choose_language,
    *APPLICANT_ROUTES,
    *OFFICER_ROUTES,
    *DESK_ROUTES,
    *OVERSIGHT_ROUTES,
)
"""Every page and every form."""
REQUEST_PARTS: Final = {
    "form": Provide(read_form),
    "applicant": Provide(signed_in_applicant),
    **OFFICER_PARTS,
    **DESK_PARTS,
}
"""What handlers ask for that is made anew for each request."""


def page_services(core: PageCore) -> dict[str, Any]:
    """Services by the names under which handlers ask for them."""
    portal = applicant_services(core)
    return {
        "settings": core.settings,
        "storage": core.storage,
        "clock": core.clock,
        **portal,
        **officer_services(core),
        **desk_services(core, portal),
        **oversight_services(core),
    }


def page_setup(settings: Settings, clock: Clock) -> Pages:
    """What every page knows of its service."""
    return Pages(
        clock=clock,
        secure=_secure(settings),
        demonstration=settings.allow_demo_ids,
        session_absolute_s=settings.session_absolute_s,
    )


def page_router(core: PageCore) -> Router:
    """The pages as one router of the application."""
    secure = _secure(core.settings)
    secret = page_secret(Path(core.settings.state_dir))
    services = {name: _provide(part) for name, part in page_services(core).items()}
    return Router(
        "/",
        route_handlers=ROUTES,
        dependencies={**services, **REQUEST_PARTS},
        middleware=[
            session_middleware(secure=secure, idle_s=core.settings.session_idle_s),
            csrf_middleware(secure=secure, secret=secret),
        ],
        before_request=refuse_odd_requests,
        exception_handlers=PAGE_HANDLERS,
    )


def _secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https:")


def _provide(part: object) -> Provide:
    return Provide(lambda: part, sync_to_thread=False)
