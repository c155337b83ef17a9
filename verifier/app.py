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

from keys.certificates import certificate_from_pem
from keys.clock import clock_from
from keys.errors import TrustListError
from keys.one_time import FileOneTimeStore, OneTimeStore, RedisOneTimeStore, connect_redis
from keys.signing_key import FileSigningKey
from schemas.errors import ServiceError
from verifier.fetching import Fetcher
from verifier.keep_fresh import KeepFresh
from verifier.presentation_requests import PresentationRequests
from verifier.service_items import load_items
from verifier.session_store import MemorySessionStore, RedisSessionStore, SessionStore
from verifier.settings import Settings
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache
from verifier.verify import Verifier
from verifier.web.checks_api import ChecksController
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
        clock, trust, items = clock_from(settings.clock_path), trust_cache(settings), load_items()
        statuses = StatusCache(directory=Path(settings.state_dir) / "status-lists")
        verifier = Verifier(
            trust=trust,
            statuses=statuses,
            used_codes=self.stores.one_time,
            group=settings.group,
        )
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
            trust=trust,
            statuses=statuses,
            fetcher=Fetcher(),
            clock=clock,
            every_s=settings.status_refresh_s,
        )
        self.for_handlers: dict[str, object] = {
            "verifier": verifier,
            "requests": requests,
            "items": items,
            "trust": trust,
            "statuses": statuses,
            "clock": clock,
        }


def create_app(settings: Settings) -> Litestar:
    """The service, ready to serve.

    Raises:
        ServiceError: a key, certificate or file that a setting names cannot be used.
    """
    parts = Parts(settings)
    return Litestar(
        route_handlers=[ChecksController, OpenId4VpController],
        dependencies={name: _provide(value) for name, value in parts.for_handlers.items()},
        exception_handlers={
            ServiceError: answer_service_error,
            HTTPException: answer_http_error,
            Exception: answer_defect,
        },
        lifespan=[partial(_lifespan, parts.fresh, parts.stores)],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
    )


def trust_cache(settings: Settings) -> TrustCache:
    """The trust list as these settings name it; used by the command line as well.

    Raises:
        keys.errors.TrustListError: there is no root certificate to believe it by.
    """
    try:
        root = certificate_from_pem(Path(settings.root_certificate).read_bytes())
    except (OSError, ValueError) as error:
        raise TrustListError(
            f"VERIFIER_ROOT_CERTIFICATE={settings.root_certificate} is no certificate that can"
            " be read.",
            remedy="Keys are made with: python -m keys init",
        ) from error
    return TrustCache(settings.trust_list, root=root, directory=Path(settings.state_dir))


def _provide(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


@contextlib.asynccontextmanager
async def _lifespan(fresh: KeepFresh, stores: Stores, _: Litestar) -> AsyncIterator[None]:
    await fresh.once()
    loop = asyncio.create_task(fresh.run())
    try:
        yield
    finally:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        await stores.close()


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
