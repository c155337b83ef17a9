"""Builds the verifier service: the one place that knows adapters, settings and the clock."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException

from keys.one_time import FileOneTimeStore, OneTimeStore, RedisOneTimeStore, connect_redis
from keys.signing_key import FileSigningKey
from schemas.errors import ServiceError
from verifier.check_recording import CheckRecorder
from verifier.counter_checks import CounterChecks
from verifier.counter_desks import CounterDesks
from verifier.counter_log_purge import HourlyPurge
from verifier.counter_pin import CounterPin
from verifier.frame_reading import FrameReader
from verifier.keep_fresh import KeepFresh
from verifier.knowledge import Knowledge, items_file
from verifier.presentation_requests import PresentationRequests
from verifier.service_items import load_items
from verifier.session_store import MemorySessionStore, RedisSessionStore, SessionStore
from verifier.settings import Settings
from verifier.verify import Verifier
from verifier.web.bundle_api import BundleController
from verifier.web.checks_api import ChecksController
from verifier.web.counter_routes import counter_router
from verifier.web.error_answers import answer_defect, answer_http_error, answer_service_error
from verifier.web.openid4vp_api import OpenId4VpController

MAX_BODY_BYTES = 8 * 1024 * 1024
"""A phone's photograph of a screen is the largest thing a counter sends."""

_log = logging.getLogger(__name__)


class Stores:
    """The two stores, shared through Redis where one is set, else this process's own."""

    def __init__(self, settings: Settings) -> None:
        self.one_time: OneTimeStore
        self.sessions: SessionStore
        self.redis = connect_redis(settings.redis_url) if settings.redis_url else None
        if self.redis is not None:
            self.one_time = RedisOneTimeStore(self.redis, prefix="verifier:once:")
            self.sessions = RedisSessionStore(self.redis, prefix="verifier:session:")
        else:
            # On disk: a restart must not let a screenshot of a used code through.
            self.one_time = FileOneTimeStore(Path(settings.state_dir) / "used-codes.db")
            self.sessions = MemorySessionStore(settings.maximum_pending)

    async def close(self) -> None:
        """Let go of connections."""
        if self.redis is not None:
            await self.redis.aclose()


class Parts:
    """A verifier put together from its settings."""

    def __init__(self, settings: Settings) -> None:
        self.stores = Stores(settings)
        self.frames = FrameReader()
        known = Knowledge(settings)
        clock, items = known.clock, load_items(items_file(settings))
        verifier = Verifier(
            trust=known.trust,
            statuses=known.statuses,
            used_codes=self.stores.one_time,
            group=settings.group,
            recorder=CheckRecorder(known.counter_log),
        )
        self.counter_log = known.counter_log
        self.purge = HourlyPurge(known.counter_log, clock)
        requests = PresentationRequests(
            verifier=verifier,
            items=items,
            sessions=self.stores.sessions,
            one_time=self.stores.one_time,
            key=FileSigningKey.load(Path(settings.request_key)),
            base_url=settings.base_url,
            ttl_s=settings.request_ttl_s,
            clock=clock,
        )
        self.fresh = KeepFresh(
            trust=known.trust,
            statuses=known.statuses,
            fetcher=known.fetcher,
            clock=clock,
            every_s=settings.status_refresh_s,
            bundles=known.exchange,
        )
        self.for_handlers: dict[str, object] = {
            "verifier": verifier,
            "requests": requests,
            "items": items,
            "trust": known.trust,
            "statuses": known.statuses,
            "bundles": known.bundles,
            "clock": clock,
            "settings": settings,
            "desks": CounterDesks(Path(settings.state_dir), items),
            "pin": CounterPin(Path(settings.state_dir)),
            "checks": CounterChecks(verifier=verifier, items=items, clock=clock),
            "frames": self.frames,
        }


def create_app(settings: Settings) -> Litestar:
    """The service, ready to serve.

    Raises:
        ServiceError: a key, certificate or file that a setting names cannot be used.
    """
    parts = Parts(settings)
    return Litestar(
        route_handlers=[
            counter_router(settings),
            ChecksController,
            OpenId4VpController,
            BundleController,
        ],
        dependencies={name: _provide(value) for name, value in parts.for_handlers.items()},
        exception_handlers={
            ServiceError: answer_service_error,
            HTTPException: answer_http_error,
            Exception: answer_defect,
        },
        lifespan=[partial(_lifespan, parts)],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
    )


def _provide(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


@contextlib.asynccontextmanager
async def _lifespan(parts: Parts, _: Litestar) -> AsyncIterator[None]:
    await parts.fresh.once()
    loops = [asyncio.create_task(job.run()) for job in (parts.fresh, parts.purge)]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        parts.counter_log.close()
        await parts.frames.close()
        await parts.stores.close()


def serve(settings: Settings) -> None:
    """Run until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address
    if settings.clock_file:
        _log.warning("this service runs on a clock that can be moved: %s", settings.clock_file)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths hold session identifiers
        log_level="warning",
    )
