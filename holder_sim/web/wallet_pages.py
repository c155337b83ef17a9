"""The wallet's pages. They hold no claim: what is personal their scripts ask for, unlocked.

So each page can be kept by the service worker, and be there when nothing else is.
"""

from collections.abc import Iterable
from typing import Any, Final

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from holder_sim.settings import Settings
from holder_sim.wallet_trust import WalletTrust
from holder_sim.web.wallet_rendering import page
from holder_sim.web.wallet_wording import portal_beside
from keys.errors import TrustError
from keys.trust_list import TrustedIssuer
from schemas.divisions import County, county
from schemas.permit_credential import CLAIM_LABELS

FIRST_CLAIMS: Final = ("name", "citizen_id_tail")
"""What a code shows unless its holder chooses otherwise."""
NOT_IN_CODES: Final = frozenset({"portrait"})
"""Claims no code has room for."""
AnyRequest = Request[Any, Any, Any]


class Authority(Struct, frozen=True):
    """Who may issue permits, and where they are reached."""

    name_zh: str
    name_en: str
    places: tuple[County, ...]
    portal: str


class WalletPagesController(Controller):
    """Paths of the pages."""

    @get("/")
    async def start(self, request: AnyRequest) -> Response[str]:
        """The card pack."""
        return page(request, "wallet_start.html")

    @get("/add")
    async def add(self, request: AnyRequest) -> Response[str]:
        """Card pack, add licence, search [ZJ]."""
        return page(request, "wallet_add.html")

    @get("/add/residence-permit")
    async def add_permit(self, request: AnyRequest) -> Response[str]:
        """The identity check, then the offer."""
        return page(request, "wallet_add_permit.html")

    @get("/mine")
    async def mine(self, request: AnyRequest) -> Response[str]:
        """What is mine."""
        return page(request, "wallet_mine.html")

    @get("/mine/licences")
    async def licences(self, request: AnyRequest) -> Response[str]:
        """My licences."""
        return page(request, "wallet_licences.html")

    @get("/mine/licences/more")
    async def more(self, request: AnyRequest) -> Response[str]:
        """My licences, more: the other way to add a permit [ZJ]."""
        return page(request, "wallet_more.html")

    @get("/permit")
    async def permit(self, request: AnyRequest) -> Response[str]:
        """The card in its display view."""
        return page(request, "wallet_permit.html")

    @get("/permit/code")
    async def code(self, request: AnyRequest) -> Response[str]:
        """The code for a counter."""
        claims = [name for name in CLAIM_LABELS if name not in NOT_IN_CODES]
        return page(request, "wallet_code.html", claims=claims, first=FIRST_CLAIMS)

    @get("/request")
    async def consent(self, request: AnyRequest) -> Response[str]:
        """A counter's request, and the decision on it."""
        return page(request, "wallet_request.html")

    @get("/shown")
    async def shown(self, request: AnyRequest) -> Response[str]:
        """What was shown to whom."""
        return page(request, "wallet_shown.html")

    @get("/lost")
    async def lost(
        self,
        request: AnyRequest,
        trust: NamedDependency[WalletTrust],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """What to do when the phone is gone, or is to be given away."""
        known = authorities(trust, settings)
        return page(request, "wallet_lost.html", authorities=known)


def authorities(trust: WalletTrust, settings: Settings) -> tuple[Authority, ...]:
    """Who issues permits, from the trust list on this device; none where there is no list."""
    try:
        kept = trust.on_disk()
    except TrustError:
        return ()
    return _authorities(kept.issuers if kept else (), settings.portal)


def _authorities(issuers: Iterable[TrustedIssuer], portal: str) -> tuple[Authority, ...]:
    return tuple(
        Authority(
            issuer.name_zh,
            issuer.name_en,
            tuple(county(code) for code in issuer.counties),
            portal or portal_beside(issuer.issuer),
        )
        for issuer in issuers
    )
