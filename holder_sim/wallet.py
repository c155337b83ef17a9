"""One person's wallet: what the pages and the commands ask for.

Everything that shows or changes needs an ``Unlocked`` of the right purpose; the wallet itself
holds no key.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from holder_sim.copy_choice import copy_for_code, copy_shown_last, with_shown
from holder_sim.errors import (
    BadIssuerError,
    DeclinedError,
    LockedError,
    NothingToShowError,
    UnreachableError,
)
from holder_sim.face_check import OTHER_WAY, Purpose, Unlocked
from holder_sim.held_credential import Card, Holdings, Refresh, cards_of
from holder_sim.issuance_client import IssuanceClient, Session
from holder_sim.presentation_client import (
    Asked,
    PresentationClient,
    ReadRequest,
    Sent,
    counter_code,
)
from holder_sim.showing_history import Outcome, Showing, code_shown, with_showing
from holder_sim.wallet_trust import WalletTrust
from keys.clock import Clock

CODE_LIFE_S = 60
"""How long counters take a shown code, in seconds."""

Consent = Callable[[Asked], bool]
"""Asks the holder; true for yes."""


class ShownCode(msgspec.Struct, frozen=True):
    """A code to hold up at a counter."""

    code: str
    expires_at: datetime


class Wallet:
    """Collects, lists, shows, answers, renews."""

    def __init__(
        self,
        *,
        issuance: IssuanceClient,
        presentations: PresentationClient,
        trust: WalletTrust,
        clock: Clock,
    ) -> None:
        self._issuance = issuance
        self._presentations = presentations
        self._trust = trust
        self._clock = clock
        # A refresh token works once: two renewals at a time would lose one another's. This
        # lets those of one process wait for each other; ``Vault.collecting`` keeps out others.
        self._collecting = asyncio.Lock()

    async def accept(self, unlocked: Unlocked, uri: str, tx_code: str | None) -> tuple[Card, ...]:
        """Redeem an offer and keep what came, in place of what was held before.

        Raises:
            LockedError: no check made for collecting, or no longer fresh.
            BusyError: another process of this wallet is fetching copies.
            Others as ``IssuanceClient.redeemed`` and ``collect``; then no copy was changed.
        """
        _demand(unlocked, Purpose.COLLECT)
        async with self._alone(unlocked):
            session, refresh = await self._issuance.redeemed(uri, tx_code)
            return await self._collected(unlocked, session, refresh)

    async def refresh(self, unlocked: Unlocked) -> tuple[Card, ...]:
        """Fetch new copies; the old ones stay until the new are kept.

        Raises:
            LockedError: no check made for collecting, or no longer fresh.
            NothingToShowError: nothing to renew.
            BusyError: another process of this wallet is fetching copies.
            Others as ``IssuanceClient.refreshed`` and ``collect``; then the old copies are
            still there.
        """
        _demand(unlocked, Purpose.COLLECT)
        return await self._refreshed(unlocked)

    async def _refreshed(self, unlocked: Unlocked) -> tuple[Card, ...]:
        async with self._alone(unlocked):
            held = unlocked.holdings()
            if held.refresh is None:
                raise NothingToShowError("no permit is held that could be renewed")
            session, refresh = await self._issuance.refreshed(held.refresh)
            return await self._collected(unlocked, session, refresh)

    async def replenish(self, unlocked: Unlocked) -> tuple[Card, ...]:
        """As ``refresh``, by the wallet itself while the card is looked at.

        New copies of what is held anyway show nobody anything, so the check that was made to
        look at the permit does for them too.

        Raises:
            As ``refresh``; the check is one made for viewing.
        """
        _demand(unlocked, Purpose.VIEW)
        return await self._refreshed(unlocked)

    def cards(self, unlocked: Unlocked) -> tuple[Card, ...]:
        """What is held, without any hidden claim.

        Raises:
            LockedError: no check made for viewing, or no longer fresh.
        """
        return cards_of(self.held(unlocked), self._clock())

    def held(self, unlocked: Unlocked) -> Holdings:
        """All that is kept, for what shows it to its holder; raises as ``cards``."""
        _demand(unlocked, Purpose.VIEW)
        return unlocked.holdings()

    async def show(
        self, unlocked: Unlocked, names: Collection[str], *, renews: bool = False
    ) -> ShownCode:
        """A code with these claims; works without network while the trust list on disk holds.

        Args:
            unlocked: made for presenting.
            names: of the claims.
            renews: takes the place of the code shown last under this check, and is made of
                the same copy: only one of the two is ever read, so nothing is linked by it.

        Raises:
            LockedError: no check made for presenting, or no longer fresh.
            NothingToShowError: an unknown claim, or no copy that has them all.
        """
        _demand(unlocked, Purpose.PRESENT)
        trust_list, now, held = await self._trust.held(), self._clock(), unlocked.holdings()
        again = copy_shown_last(held, names, unlocked.last_shown) if renews else None
        copy = again or copy_for_code(held, names)
        code = counter_code(copy, names, trust_list=trust_list, now=now)
        entry = code_shown(tuple(names), now)
        # Counted before it is seen: after a crash no copy counts as fresh that is not.
        unlocked.change(lambda held: _recorded(with_shown(held, () if again else [copy]), entry))
        unlocked.last_shown = copy.credential
        return ShownCode(code, now + timedelta(seconds=CODE_LIFE_S))

    async def asked(self, unlocked: Unlocked, url: str) -> ReadRequest:
        """A counter's OpenID4VP request, believed, and what would answer it; nothing is sent.

        Raises:
            LockedError: no check made for presenting, or no longer fresh.
            Others as ``PresentationClient.read``.
        """
        _demand(unlocked, Purpose.PRESENT)
        trust_list = await self._trust.current()
        return await self._presentations.read(
            url, holdings=unlocked.holdings(), trust_list=trust_list, now=self._clock()
        )

    async def agree(self, unlocked: Unlocked, read: ReadRequest) -> Sent:
        """Send what was asked for; the holder was asked and said yes.

        Raises:
            LockedError: no check made for presenting, or no longer fresh: thinking it over
                took longer than a face check is good for.
            DeclinedError: nothing that was asked for is held; the counter was told no.
            Others as ``PresentationClient.send``.
        """
        _demand(unlocked, Purpose.PRESENT)
        if not read.choices:
            await self.refuse(unlocked, read)
            raise DeclinedError(
                "no usable permit with what was asked for is held; the counter was told no"
            )
        entry = _entry(read, Outcome.SENT, self._clock())
        copies = [choice.copy for choice in read.choices]
        unlocked.change(lambda held: _recorded(with_shown(held, copies), entry))
        return await self._presentations.send(read, now=self._clock())

    async def refuse(self, unlocked: Unlocked, read: ReadRequest) -> None:
        """Tell the counter no, in the words used for every reason.

        Raises:
            UnreachableError, BadRequestError: the counter did not take it.
        """
        await self._presentations.decline(read)
        if unlocked.fresh:
            entry = _entry(read, Outcome.DECLINED, self._clock())
            unlocked.change(lambda held: _recorded(held, entry))

    async def answer(self, unlocked: Unlocked, url: str, consent: Consent) -> Sent:
        """Answer a counter's OpenID4VP request, if ``consent`` agrees.

        The holder is asked even where nothing can be shown, so that the counter cannot
        tell from the time what is not held [OID4VP §15.4.1].

        Raises:
            LockedError: no check made for presenting, or no longer fresh.
            DeclinedError: no consent, or nothing that was asked for is held; the counter
                was told no, and cannot tell which of the two it was.
            Others as ``PresentationClient.read`` and ``send``.
        """
        read = await self.asked(unlocked, url)
        if not consent(read.asked) and read.choices:
            await self.refuse(unlocked, read)
            raise DeclinedError("you said no; the counter was told so")
        return await self.agree(unlocked, read)

    @asynccontextmanager
    async def _alone(self, unlocked: Unlocked) -> AsyncIterator[None]:
        async with self._collecting:
            with unlocked.collecting():
                yield

    async def _collected(
        self, unlocked: Unlocked, session: Session, refresh: Refresh | None
    ) -> tuple[Card, ...]:
        if refresh is not None:
            # The code or the old token is spent. Should the rest fail, the new one must not be
            # lost: with it the copies can still be fetched.
            unlocked.change(lambda held: msgspec.structs.replace(held, refresh=refresh))
        try:
            copies = await self._issuance.collect(session)
        except (UnreachableError, BadIssuerError) as error:
            remedy = "Nothing is lost: refresh in a while." if refresh else error.remedy
            raise type(error)(error.detail, remedy=remedy) from error
        now = self._clock()
        kept = unlocked.change(
            lambda held: msgspec.structs.replace(
                held, copies=copies, refresh=refresh, standing=None, renewed_at=now
            )
        )
        return cards_of(kept, now)


def _entry(read: ReadRequest, outcome: Outcome, now: datetime) -> Showing:
    asked = read.asked
    return Showing(
        began_at=now,
        ended_at=now,
        outcome=outcome,
        claims=asked.claims,
        verifier=asked.verifier,
        item=asked.purpose.service_item.zh,
        item_en=asked.purpose.service_item.en,
        case_number=asked.purpose.case_number,
    )


def _recorded(held: Holdings, showing: Showing) -> Holdings:
    return msgspec.structs.replace(held, showings=with_showing(held.showings, showing))


def _demand(unlocked: Unlocked, purpose: Purpose) -> None:
    if unlocked.purpose is not purpose:
        raise LockedError(
            f"the face check was made to {unlocked.purpose}, not to {purpose}",
            remedy=f"Pass it again. {OTHER_WAY}",
        )
    unlocked.check_fresh()
