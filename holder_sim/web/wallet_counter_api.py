"""What the pages ask when a permit is shown: codes that renew themselves, and requests.

A request is read first and answered later, in two calls: between them its holder sees who
asks, for what, and what exactly would be sent.
"""

from typing import Any

from litestar import Controller, Request, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from holder_sim.copy_choice import Choice
from holder_sim.face_check import Purpose
from holder_sim.link_picture import MAX_BYTES, read_link
from holder_sim.presentation_client import ReadRequest, names_in
from holder_sim.qr_picture import rows_of
from holder_sim.wallet import CODE_LIFE_S, Wallet
from holder_sim.web.wallet_api import Unlocks
from holder_sim.web.wallet_card_face import Row
from holder_sim.web.wallet_language import WalletLanguage, language_of
from holder_sim.web.wallet_wording import asker, claim_label, claim_text, said
from schemas.permit_credential import CLAIM_PATHS, claim_at

RENEW_AFTER_S = 30
"""After so many seconds a page shows a new code; the old one is read for as long again."""


class CodeWanted(Struct, frozen=True):
    """Names of the claims a code is to disclose."""

    claims: tuple[str, ...]
    renews: bool = False
    """It takes the place of the code shown before."""


class CodeToDraw(Struct, frozen=True):
    """A code as its page draws it."""

    rows: tuple[str, ...]
    """Modules, ``1`` dark and ``0`` light, without the quiet zone."""
    text: str
    renew_after_s: int
    gone_after_s: int
    """No counter takes it after so many seconds."""
    left_s: int
    """Of the face check, in seconds: then nothing may be on the screen."""


class LinkText(Struct, frozen=True):
    """A link out of a picture."""

    link: str


class RequestLink(Struct, frozen=True):
    """A counter's request, as its QR holds it."""

    url: str


class RequestView(Struct, frozen=True, kw_only=True):
    """What the holder decides on."""

    id: str
    """Opens the decision, once."""
    who: str
    certificate: str
    """Subject of the certificate that signed the request, as it stands there."""
    item: str
    case_number: str
    rows: tuple[Row, ...]
    """What would be sent; where nothing can be, what was asked for, without values."""
    held: bool
    left_s: int


class Decision(Struct, frozen=True):
    """What the holder decided."""

    agreed: bool


class Decided(Struct, frozen=True):
    """What came of it."""

    sent: bool
    redirect_uri: str = ""


class WalletCounterController(Controller):
    """Paths of showing."""

    path = "/api"
    cache_control = CacheControlHeader(no_store=True)

    @post("/codes", status_code=HTTP_200_OK)
    async def code(
        self,
        data: JSONBody[CodeWanted],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> CodeToDraw:
        """A code for any counter; needs no network."""
        unlocked = unlocks.for_purpose(Purpose.PRESENT)
        shown = await wallet.show(unlocked, data.claims, renews=data.renews)
        return CodeToDraw(
            rows_of(shown.code), shown.code, RENEW_AFTER_S, CODE_LIFE_S, unlocked.left_s
        )

    @post("/links", status_code=HTTP_200_OK, request_max_body_size=MAX_BYTES)
    async def link(self, request: Request[Any, Any, Any]) -> LinkText:
        """The link in a picture, whose bytes are the body."""
        return LinkText(await read_link(await request.body()))

    @post("/requests", status_code=HTTP_200_OK)
    async def ask(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[RequestLink],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> RequestView:
        """Who asks, for what, and what would be sent; nothing is sent yet."""
        unlocked = unlocks.for_purpose(Purpose.PRESENT)
        read = await wallet.asked(unlocked, data.url.strip())
        return _view(read, unlocks.keep_asked(read), unlocked.left_s, language_of(request))

    @post("/requests/{name:str}", status_code=HTTP_200_OK)
    async def decide(
        self,
        name: FromPath[str],
        data: JSONBody[Decision],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> Decided:
        """Send what was asked for, or tell the counter no."""
        unlocked = unlocks.for_purpose(Purpose.PRESENT)
        read = unlocks.take_asked(name)
        if data.agreed:
            return Decided(True, (await wallet.agree(unlocked, read)).redirect_uri)
        await wallet.refuse(unlocked, read)
        return Decided(False)


def _view(read: ReadRequest, name: str, left_s: int, language: WalletLanguage) -> RequestView:
    asked = read.asked
    item = asked.purpose.service_item
    values = [row for choice in read.choices for row in _values(choice, language)]
    names = [Row(claim, claim_label(claim, language), "") for claim in asked.claims]
    return RequestView(
        id=name,
        who=asker(asked.verifier),
        certificate=asked.verifier,
        item=said((item.zh, item.en), language),
        case_number=asked.purpose.case_number,
        rows=tuple(values if asked.held else names),
        held=asked.held,
        left_s=left_s,
    )


def _values(choice: Choice, language: WalletLanguage) -> list[Row]:
    claims = choice.copy.claims()
    return [
        Row(name, claim_label(name, language), claim_text(name, _value(claims, name), language))
        for name in names_in([choice])
    ]


def _value(claims: dict[str, Any], name: str) -> Any:
    # What is not among our claims is not shown as if it were: its name alone is.
    return claim_at(claims, CLAIM_PATHS[name]) if name in CLAIM_PATHS else None
