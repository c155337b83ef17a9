"""One person's wallet: what the pages and the commands ask for.

Everything needs an ``Unlocked`` of the right purpose; the wallet itself holds no key.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from holder_sim.copy_choice import copy_for_code, with_shown
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
from holder_sim.presentation_client import Asked, PresentationClient, Sent, counter_code
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
        async with self._alone(unlocked):
            held = unlocked.holdings()
            if held.refresh is None:
                raise NothingToShowError("no permit is held that could be renewed")
            session, refresh = await self._issuance.refreshed(held.refresh)
            return await self._collected(unlocked, session, refresh)

    def cards(self, unlocked: Unlocked) -> tuple[Card, ...]:
        """What is held, without any hidden claim.

        Raises:
            LockedError: no check made for viewing, or no longer fresh.
        """
        _demand(unlocked, Purpose.VIEW)
        return cards_of(unlocked.holdings(), self._clock())

    async def show(self, unlocked: Unlocked, names: Collection[str]) -> ShownCode:
        """A code with these claims; works without network while the trust list on disk holds.

        Raises:
            LockedError: no check made for presenting, or no longer fresh.
            NothingToShowError: an unknown claim, or no copy that has them all.
        """
        _demand(unlocked, Purpose.PRESENT)
        trust_list, now = await self._trust.held(), self._clock()
        copy = copy_for_code(unlocked.holdings(), names)
        code = counter_code(copy, names, trust_list=trust_list, now=now)
        # Counted before it is seen: after a crash no copy counts as fresh that is not.
        unlocked.change(lambda held: with_shown(held, [copy]))
        return ShownCode(code, now + timedelta(seconds=CODE_LIFE_S))

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
        _demand(unlocked, Purpose.PRESENT)
        trust_list = await self._trust.current()
        read = await self._presentations.read(
            url, holdings=unlocked.holdings(), trust_list=trust_list, now=self._clock()
        )
        agreed = consent(read.asked)
        if not (agreed and read.choices):
            await self._presentations.decline(read)
            raise DeclinedError(
                "you said no; the counter was told so"
                if read.choices
                else "no usable permit with what was asked for is held; the counter was told no"
            )
        # Refused where thinking it over took longer than a face check is good for.
        unlocked.change(lambda held: with_shown(held, [choice.copy for choice in read.choices]))
        return await self._presentations.send(read, now=self._clock())

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
        return cards_of(unlocked.change(lambda _: Holdings(copies, refresh)), self._clock())


def _demand(unlocked: Unlocked, purpose: Purpose) -> None:
    if unlocked.purpose is not purpose:
        raise LockedError(
            f"the face check was made to {unlocked.purpose}, not to {purpose}",
            remedy=f"Pass it again. {OTHER_WAY}",
        )
    unlocked.check_fresh()
