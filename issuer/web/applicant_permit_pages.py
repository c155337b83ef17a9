"""A person's permit: how it stands, and taking it into a wallet after a fresh identity check.

The offer is shown once and kept nowhere: whoever loads the page again makes a new one, after
another check [ZJ].
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from issuer.identity_check import VerifiedIdentity
from issuer.own_permits import OwnPermits
from issuer.settings import Settings
from issuer.web.applicant_session import Purpose, require_fresh_check, spend_check
from issuer.web.error_sentences import N_
from issuer.web.offer_picture import offer_picture
from issuer.web.page_errors import translated
from issuer.web.page_rendering import render
from issuer.web.progress_views import events
from keys.clock import Clock

_PICTURE = N_("QR code of the offer, for the camera of your wallet")


class PermitController(Controller):
    """Only permits of the person of this session."""

    path = "/progress/permits/{number:str}"

    @get("/", sync_to_thread=True)
    def permit(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        own_permits: NamedDependency[OwnPermits],
    ) -> Response[str]:
        """The permit with its state, its endorsement window and what happened to it."""
        own = own_permits.permit(number, applicant)
        return render(
            request, "portal_permit.html", own=own, permit=own.permit, events=events(own.notices)
        )

    @get("/wallet", sync_to_thread=True)
    def before_offer(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        own_permits: NamedDependency[OwnPermits],
        settings: NamedDependency[Settings],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """What adding it to a wallet means; only after a check made for this."""
        require_fresh_check(request, Purpose.COLLECT, clock(), fresh_s=settings.identity_fresh_s)
        own = own_permits.permit(number, applicant)
        return render(request, "portal_wallet.html", own=own, permit=own.permit)

    @post("/wallet", status_code=HTTP_200_OK, sync_to_thread=True)
    def offer(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        applicant: NamedDependency[VerifiedIdentity],
        own_permits: NamedDependency[OwnPermits],
        settings: NamedDependency[Settings],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """An offer as picture, link and digits; the check is used up by it."""
        require_fresh_check(request, Purpose.COLLECT, clock(), fresh_s=settings.identity_fresh_s)
        offer = own_permits.offer(number, applicant)
        spend_check(request)
        return render(
            request,
            "portal_offer.html",
            offer=offer,
            number=number,
            picture=offer_picture(offer.uri, translated(request, _PICTURE)),
        )
