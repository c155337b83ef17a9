"""Each check that was concluded goes into the counter log here, and nowhere else.

A verdict stands whether or not it could be recorded: a person with a good permit is not
turned away because a disk is full. But nothing is lost in silence: the answer says that the
check is not in the log and what to do, so that the clerk can write it down by hand, and the
operator's log has an error without anything about the person.
"""

import asyncio
import logging

from msgspec.structs import replace

from verifier.counter_log import Check, entry_of, tally_of
from verifier.counter_log_key import LogError
from verifier.counter_log_store import CounterLog
from verifier.verdict import Verdict

_log = logging.getLogger(__name__)


class CheckRecorder:
    """Records checks in one log; without one it records nothing."""

    def __init__(self, log: CounterLog | None = None) -> None:
        self._counter_log = log

    async def record(self, check: Check) -> Verdict:
        """The verdict of ``check``, which is in the log now, or says that it is not."""
        if self._counter_log is None or _is_no_check(check.verdict):
            return check.verdict
        entry, tally = entry_of(check), tally_of(check)
        try:
            await asyncio.to_thread(self._counter_log.append, entry, tally)
        except LogError as error:
            _log.error("a check is not recorded: %s: %s", error.code, error)
            return replace(check.verdict, log_failed=error.code)
        return check.verdict


def _is_no_check(verdict: Verdict) -> bool:
    # No permit's code at all, or a misread one: a camera sends such pictures many times over.
    return [finding.check for finding in verdict.findings] == ["code"]
