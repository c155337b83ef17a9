"""The loop that fetches ahead, so that a queue at the counter does not wait for the network."""

import asyncio
import logging

from keys.clock import Clock
from schemas.errors import ServiceError
from verifier.bundle_exchange import BundleExchange
from verifier.fetching import Fetcher
from verifier.status_aggregation import fetch_ahead
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache

_log = logging.getLogger(__name__)


class KeepFresh:
    """Renews trust list and status lists of one verifier."""

    def __init__(
        self,
        *,
        trust: TrustCache,
        statuses: StatusCache,
        fetcher: Fetcher,
        clock: Clock,
        every_s: int,
        bundles: BundleExchange | None = None,
    ) -> None:
        self._trust = trust
        self._statuses = statuses
        self._fetcher = fetcher
        self._clock = clock
        self._every_s = every_s
        self._bundles = bundles

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.once()

    async def once(self) -> None:
        """Fetch what is due; what cannot be fetched ages, and each verdict says so.

        A counter that is fed with bundles asks the issuers itself only when its source does
        not answer.
        """
        if self._bundles is not None and await self._bundles.come_in():
            return
        await self._ask_issuers()
        if self._bundles is not None:
            await self._bundles.go_out()

    async def _ask_issuers(self) -> None:
        try:
            await self._trust.refresh(self._clock())
        except ServiceError as error:
            _log.warning("trust list: %s: %s", error.code, error.detail)
        try:
            held = self._trust.current(self._clock())
        except ServiceError as error:
            # Nothing can be fetched under nobody's word; the health check is red meanwhile.
            _log.error("no trust list holds: %s", error.detail)
            return
        await fetch_ahead(held, self._statuses, self._fetcher, self._clock)
