"""What the service does by itself while it runs: each job on its own, again and again.

Nothing's correctness rests on them: a permit lapses by its date and a notice is in the outbox
with its act. They are what nobody should have to think of: text messages are sent, endorsements
that are due are told of, applications that nobody supplemented end, audit logs are signed, files
that nothing names any more are let go. Every job may run in several processes at once, and be
killed at any moment.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from issuer.audit_heads import AuditHeads
from issuer.automatic_endorsement import endorse_automatically
from issuer.document_pruning import prune_documents
from issuer.document_store import FileDocumentStore
from issuer.due_notices import queue_due_notices
from issuer.outbox import Outbox, Sent
from issuer.settings import Settings
from issuer.sms import SmsSender
from issuer.sms_http import build_sender
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_lapse import lapse_unanswered
from keys.clock import Clock
from keys.county_keys import CountyKeys
from schemas.endorsement_window import SHANGHAI
from schemas.errors import ServiceError

Job = Callable[[], bool]
"""One turn of a job; blocks. Whether there is more to be done at once."""

AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
DAYTIME: Final = range(8, 21)
"""Hours, Asia/Shanghai, in which nobody is woken by a reminder."""

_log = logging.getLogger("issuer")


class BackgroundJobs:
    """Runs jobs beside the service.

    Args:
        jobs: by name.
        every_s: how long each rests between two turns, in seconds.
        close: called when the last turn is over.
    """

    def __init__(
        self, jobs: Mapping[str, Job], *, every_s: float, close: Callable[[], None]
    ) -> None:
        self._jobs = dict(jobs)
        self._every_s = every_s
        self._close = close

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Jobs run inside the block; turns that have begun come to their end before it is left."""
        stop = asyncio.Event()
        # Threads of their own: a slow gateway must not leave requests without one.
        threads = ThreadPoolExecutor(max(1, len(self._jobs)), thread_name_prefix="job")
        loops = [
            asyncio.create_task(self._repeat(name, job, threads, stop))
            for name, job in self._jobs.items()
        ]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*loops)
            threads.shutdown()
            self._close()

    async def _repeat(
        self, name: str, job: Job, threads: ThreadPoolExecutor, stop: asyncio.Event
    ) -> None:
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            turn = loop.run_in_executor(threads, job)
            (outcome,) = await asyncio.gather(turn, return_exceptions=True)
            if isinstance(outcome, BaseException):
                _say(name, outcome)
            if outcome is not True:
                await _rest(stop, self._every_s)


def build_jobs(
    storage: IssuerStorage, counties: Mapping[str, CountyKeys], clock: Clock, settings: Settings
) -> BackgroundJobs:
    """The jobs of a service that speaks for ``counties``.

    Raises:
        NotReadyError, schemas.endpoint_url.UrlError: the SMS gateway is not set up right.
    """
    if not (settings.sms_url or settings.sms_file or settings.allow_demo_ids):
        _log.warning("no SMS gateway is set: text messages are shown here and reach nobody")
    sender: SmsSender = build_sender(settings)
    outbox = Outbox(storage, sender, clock, english=settings.sms_english)
    heads = AuditHeads(storage, counties, clock)
    documents = FileDocumentStore(settings.documents_path)
    jobs: dict[str, Job] = {
        # One message a turn: a service that is told to end need not wait for many.
        "send_messages": lambda: outbox.send_due(limit=1) != Sent(),
        "queue_due_notices": _Seldom(
            lambda: queue_due_notices(storage, clock()), clock, every=AN_HOUR, by_day=True
        ),
        "lapse_unanswered": _Seldom(
            lambda: lapse_unanswered(storage, clock), clock, every=AN_HOUR, by_day=True
        ),
        "sign_audit_heads": lambda: _done(heads.sign_due()),
        "prune_documents": _Seldom(
            lambda: prune_documents(storage, documents, clock), clock, every=A_DAY
        ),
    }
    if settings.auto_endorse:
        residences = StoredResidences(storage)
        jobs["endorse_automatically"] = lambda: _done(
            endorse_automatically(storage, residences, clock)
        )
    return BackgroundJobs(jobs, every_s=settings.jobs_every_s, close=sender.close)


class _Seldom:
    """A job that goes through much: once at the start, and then once in ``every``.

    ``by_day``: not at night, because people are told of what it does; it is made up for in the
    morning.
    """

    def __init__(
        self, job: Callable[[], object], clock: Clock, *, every: timedelta, by_day: bool = False
    ) -> None:
        self._job = job
        self._clock = clock
        self._every = every
        self._by_day = by_day
        self._done_at: datetime | None = None

    def __call__(self) -> bool:
        now = self._clock()
        if self._by_day and now.astimezone(SHANGHAI).hour not in DAYTIME:
            return False
        # Not within the time after it; a clock that was set back says nothing about that.
        if self._done_at is None or not timedelta(0) <= now - self._done_at < self._every:
            self._job()
            self._done_at = now
        return False


def _done(_: object) -> bool:
    return False


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return  # the rest is over, and nobody said to stop


def _say(name: str, error: BaseException) -> None:
    if isinstance(error, ServiceError):
        _log.warning("job %s: %s: %s", name, error.code, error.detail)
    else:
        _log.error("job %s failed, and will be tried again", name, exc_info=error)
