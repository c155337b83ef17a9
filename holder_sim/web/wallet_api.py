"""The wallet's own interface: what its pages and the demonstration call.

An unlock lives in this process, one for each purpose, until it is no longer fresh.
"""

import secrets
from datetime import datetime

from litestar import Controller, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec import Struct

from holder_sim.errors import LockedError, NoSuchRequestError
from holder_sim.face_check import OTHER_WAY, FaceCheck, Purpose, Unlocked
from holder_sim.held_credential import Card
from holder_sim.presentation_client import Asked, ReadRequest, Sent
from holder_sim.wallet import ShownCode, Wallet


class FaceSample(Struct, frozen=True):
    """A simulated sample: ``match`` passes."""

    sample: str
    purpose: Purpose


class OfferToAccept(Struct, frozen=True):
    """An offer link and the code that came by another way."""

    uri: str
    tx_code: str | None = None


class ToShow(Struct, frozen=True):
    """Names of the claims a code is to disclose."""

    claims: tuple[str, ...]


class ToAnswer(Struct, frozen=True):
    """A counter's request, as its QR holds it, and what the holder agreed to."""

    url: str
    claims: tuple[str, ...] | None = None
    """Names agreed to; a request for others is declined. Left out: whatever is asked."""


class Cards(Struct, frozen=True):
    """What is held."""

    cards: tuple[Card, ...]


class Opened(Struct, frozen=True):
    """A passed face check."""

    unlocked_until: datetime
    left_s: int
    """The same in seconds from now, for a page whose clock is another."""


class Unlocks:
    """Passed face checks by purpose."""

    def __init__(self) -> None:
        self._by_purpose: dict[Purpose, Unlocked] = {}
        self._asked: tuple[str, ReadRequest] | None = None

    def add(self, unlocked: Unlocked) -> None:
        """Remember; an earlier one of that purpose is forgotten, with what was read under it."""
        self._forget(unlocked.purpose)
        self._by_purpose[unlocked.purpose] = unlocked

    def clear(self) -> None:
        """Forget all."""
        self._by_purpose.clear()
        self._asked = None

    def left_s(self) -> dict[Purpose, int]:
        """Seconds that are left of each check that still holds; others are forgotten."""
        for purpose, unlocked in tuple(self._by_purpose.items()):
            if not unlocked.fresh:
                self._forget(purpose)
        return {purpose: unlocked.left_s for purpose, unlocked in self._by_purpose.items()}

    def keep_asked(self, read: ReadRequest) -> str:
        """Remember a request while its holder thinks it over; gives its name.

        One at a time: it holds the keys of the copies that would answer it, so it goes when
        the check it was read under does.
        """
        name = secrets.token_urlsafe(12)
        self._asked = (name, read)
        return name

    def take_asked(self, name: str) -> ReadRequest:
        """The request of that name, once; raises ``NoSuchRequestError`` if there is none."""
        asked, self._asked = self._asked, None
        if asked is None or asked[0] != name:
            raise NoSuchRequestError("no such request is being thought over")
        return asked[1]

    def _forget(self, purpose: Purpose) -> None:
        self._by_purpose.pop(purpose, None)  # and with it the vault's key
        if purpose is Purpose.PRESENT:
            self._asked = None

    def for_purpose(self, purpose: Purpose) -> Unlocked:
        """The one made for ``purpose``; raises ``LockedError`` if there is none."""
        unlocked = self._by_purpose.get(purpose)
        if unlocked is None or not unlocked.fresh:
            self._forget(purpose)
            raise LockedError("the wallet is locked", remedy=f"Pass the face check. {OTHER_WAY}")
        return unlocked


class WalletController(Controller):
    """Paths of the wallet."""

    # Codes and cards are for the page that asked, and for nobody's cache.
    cache_control = CacheControlHeader(no_store=True)

    @post("/face-checks", status_code=HTTP_200_OK)
    async def check_face(
        self,
        data: JSONBody[FaceSample],
        face: NamedDependency[FaceCheck],
        unlocks: NamedDependency[Unlocks],
    ) -> Opened:
        """Pass a face check; one that fails also ends what was passed before it."""
        try:
            unlocked = face.unlock(data.sample.encode(), data.purpose)
        except LockedError:
            # The phone may be in other hands by now.
            unlocks.clear()
            raise
        unlocks.add(unlocked)
        return Opened(unlocked.until, unlocked.left_s)

    @post("/locks", status_code=HTTP_204_NO_CONTENT)
    async def lock(self, unlocks: NamedDependency[Unlocks]) -> None:
        """Forget every passed check, as when the phone is put away."""
        unlocks.clear()

    @post("/offers", status_code=HTTP_200_OK)
    async def accept(
        self,
        data: JSONBody[OfferToAccept],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> Cards:
        """Add the permit."""
        unlocked = unlocks.for_purpose(Purpose.COLLECT)
        return Cards(await wallet.accept(unlocked, data.uri, data.tx_code))

    @post("/refreshes", status_code=HTTP_200_OK)
    async def refresh(
        self, wallet: NamedDependency[Wallet], unlocks: NamedDependency[Unlocks]
    ) -> Cards:
        """Fetch new copies."""
        return Cards(await wallet.refresh(unlocks.for_purpose(Purpose.COLLECT)))

    @get("/cards")
    async def cards(
        self, wallet: NamedDependency[Wallet], unlocks: NamedDependency[Unlocks]
    ) -> Cards:
        """List what is held."""
        return Cards(wallet.cards(unlocks.for_purpose(Purpose.VIEW)))

    @post("/showings", status_code=HTTP_200_OK)
    async def show(
        self,
        data: JSONBody[ToShow],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> ShownCode:
        """A code for a counter."""
        return await wallet.show(unlocks.for_purpose(Purpose.PRESENT), data.claims)

    @post("/presentations", status_code=HTTP_200_OK)
    async def answer(
        self,
        data: JSONBody[ToAnswer],
        wallet: NamedDependency[Wallet],
        unlocks: NamedDependency[Unlocks],
    ) -> Sent:
        """Answer a counter's request; the call is the consent of the page that makes it."""

        def consent(asked: Asked) -> bool:
            return data.claims is None or set(asked.claims) <= set(data.claims)

        return await wallet.answer(unlocks.for_purpose(Purpose.PRESENT), data.url, consent)

    @get("/health")
    async def health(self) -> dict[str, str]:
        """The wallet answers."""
        return {"status": "ok"}
