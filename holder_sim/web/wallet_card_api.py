"""What the pages ask about the permit itself: the gate, the card, its upkeep, its history."""

import binascii
import re
from base64 import b64decode
from datetime import datetime
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from holder_sim.face_check import FaceCheck, Purpose
from holder_sim.permit_upkeep import Tended, Upkeep
from holder_sim.permit_view import permit_view, portrait_of
from holder_sim.settings import Settings
from holder_sim.vault import Vault
from holder_sim.wallet import Wallet
from holder_sim.web.wallet_api import Unlocks
from holder_sim.web.wallet_card_face import CardFace, ShownRow, card_face, shown_row
from holder_sim.web.wallet_language import language_of
from holder_sim.web.wallet_wording import portal_beside
from keys.clock import Clock

_PORTRAIT: Final = re.compile(r"data:(image/(?:png|jpeg|webp));base64,([A-Za-z0-9+/=]+)")


class GateState(Struct, frozen=True):
    """What stands between this page and the permit."""

    now: datetime
    """The wallet's clock, for a page that shows a running one."""
    simulated: bool
    """The face check looks at no face, and the page has to say so."""
    locked_for_s: int
    """Seconds until a check can be tried again; 0: now."""
    open: dict[Purpose, int]
    """Seconds left of checks passed before."""
    holds: bool
    """Something is kept on this device; what it is only a check opens."""


class CardAnswer(Struct, frozen=True):
    """The card, or none."""

    card: CardFace | None


class Shown(Struct, frozen=True):
    """The history, newest first."""

    showings: tuple[ShownRow, ...]


class Removal(Struct, frozen=True):
    """What somebody confirmed."""

    confirmed: bool


class WalletCardController(Controller):
    """Paths of the card."""

    path = "/api"
    cache_control = CacheControlHeader(no_store=True)

    @get("/gate")
    async def gate(
        self,
        face: NamedDependency[FaceCheck],
        unlocks: NamedDependency[Unlocks],
        vault: NamedDependency[Vault],
        clock: NamedDependency[Clock],
    ) -> GateState:
        """Whether a check has to be passed before anything is seen."""
        return GateState(
            clock(), face.simulated, face.locked_for_s, unlocks.left_s(), vault.holds_something
        )

    @get("/permit")
    async def permit(
        self,
        request: Request[Any, Any, Any],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
        clock: NamedDependency[Clock],
        settings: NamedDependency[Settings],
    ) -> CardAnswer:
        """The display view."""
        held = wallet.held(unlocks.for_purpose(Purpose.VIEW))
        view = permit_view(held, clock())
        if view is None:
            return CardAnswer(None)
        issuer = held.refresh.credential_issuer if held.refresh else ""
        portal = settings.portal or (portal_beside(issuer) if issuer else "")
        return CardAnswer(card_face(view, language_of(request), portal=portal))

    @get("/portrait", sync_to_thread=False)
    def portrait(
        self, wallet: NamedDependency[Wallet], unlocks: NamedDependency[Unlocks]
    ) -> Response[bytes]:
        """The portrait as a picture of its own, for pages load none from their text."""
        text = portrait_of(wallet.held(unlocks.for_purpose(Purpose.VIEW)))
        found = _PORTRAIT.fullmatch(text or "")
        if found is None:
            raise NotFoundException("there is no portrait on this device")
        try:
            text = found.group(2).rstrip("=")
            content = b64decode(text + "=" * (-len(text) % 4), validate=True)
        except binascii.Error as error:
            raise NotFoundException("the portrait cannot be read") from error
        return Response(content, media_type=found.group(1))

    @post("/upkeep", status_code=HTTP_200_OK)
    async def tend(
        self, upkeep: NamedDependency[Upkeep], unlocks: NamedDependency[Unlocks]
    ) -> Tended:
        """Ask how the permit stands and renew copies, as is done whenever it is opened."""
        return await upkeep.tend(unlocks.for_purpose(Purpose.VIEW))

    @post("/renewals", status_code=HTTP_200_OK)
    async def renew(
        self, upkeep: NamedDependency[Upkeep], unlocks: NamedDependency[Unlocks]
    ) -> Tended:
        """The same with new copies in any case, because the holder asked for them."""
        return await upkeep.tend(unlocks.for_purpose(Purpose.VIEW), wanted=True)

    @get("/showings")
    async def showings(
        self,
        request: Request[Any, Any, Any],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> Shown:
        """What was shown to whom."""
        held = wallet.held(unlocks.for_purpose(Purpose.VIEW))
        language = language_of(request)
        return Shown(tuple(shown_row(entry, language) for entry in reversed(held.showings)))

    @post("/removals", status_code=HTTP_200_OK)
    async def remove(
        self,
        data: JSONBody[Removal],
        vault: NamedDependency[Vault],
        unlocks: NamedDependency[Unlocks],
    ) -> dict[str, bool]:
        """Remove permit, keys and history from this device; needs no check, nothing is seen."""
        if data.confirmed:
            vault.erase()
            unlocks.clear()
        return {"removed": data.confirmed}
