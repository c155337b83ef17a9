"""The hourly purge: what an office may no longer keep is deleted without anybody asking."""

import asyncio
import logging

from keys.clock import Clock
from verifier.counter_log_key import LogError
from verifier.counter_log_store import CounterLog

EVERY_S = 3600

_log = logging.getLogger(__name__)


class HourlyPurge:
    """Deletes what has expired from one log, for as long as it runs."""

    def __init__(self, log: CounterLog, clock: Clock, *, every_s: float = EVERY_S) -> None:
        self._counter_log = log
        self._clock = clock
        self._every_s = every_s

    async def run(self) -> None:
        """Now, and then again and again until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> int:
        """Delete; how many entries. What cannot be deleted is logged, and tried again."""
        try:
            gone = await asyncio.to_thread(self._counter_log.purge, self._clock())
        except LogError as error:
            _log.error("the counter log was not purged: %s: %s", error.code, error)
            return 0
        if gone:
            _log.info("%d expired entries deleted from the counter log", gone)
        return gone
