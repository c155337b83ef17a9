"""Puts the issuer together: settings in, a running service out. Owns the clock."""

import logging
from pathlib import Path
from typing import Any, Final

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct
from redis.asyncio import Redis

from issuer.background_jobs import BackgroundJobs, build_jobs
from issuer.issuance import Issuance
from issuer.issuance_errors import NotReadyError
from issuer.issuer_metadata import IssuerMetadata, issuer_identifier
from issuer.page_session_store import session_store
from issuer.public_documents import PublicDocuments
from issuer.service_health import ServiceHealth
from issuer.settings import Settings
from issuer.status_publication import StatusPublication
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from issuer.web.oauth_api import TokenController
from issuer.web.openid4vci_api import CredentialController
from issuer.web.page_core import PageCore
from issuer.web.page_errors import OUTSIDE_HANDLERS
from issuer.web.page_routes import page_router, page_setup
from issuer.web.page_sessions import SESSION_STORE
from issuer.web.security_headers import add_security_headers
from issuer.web.static_files import static_file
from issuer.web.status_api import StatusController
from issuer.web.well_known import MetadataController, health, permit_type, trust_list
from keys.clock import clock_from
from keys.county_keys import CountyKeys, counties_with_keys, load_county_keys
from keys.one_time import MemoryOneTimeStore, OneTimeStore, RedisOneTimeStore, connect_redis

MAX_BODY_BYTES: Final = 64 * 1024
"""For every endpoint that does not say otherwise."""

_log = logging.getLogger("issuer")


class Issuer(Struct, frozen=True):
    """The parts of a running issuer."""

    storage: IssuerStorage
    redis: Redis | None
    """Where nonces are kept, if not in this process; closed with the service."""
    issuance: Issuance
    publication: StatusPublication
    metadata: IssuerMetadata
    documents: PublicDocuments
    health: ServiceHealth
    pages: PageCore

    async def close(self) -> None:
        """Let go of database and Redis."""
        self.storage.close()
        if self.redis is not None:
            await self.redis.aclose()


def build_issuer(settings: Settings) -> Issuer:
    """Open the register, bringing its tables up to date, and load every county's keys.

    Raises:
        NotReadyError: there are no keys, or they were made for another address.
        schemas.errors.ServiceError: the register or a key cannot be opened.
    """
    clock = clock_from(settings.clock_path)
    if settings.clock_path:
        _log.warning("the clock is moved by what %s says", settings.clock_path)
    counties = _counties(settings)
    storage = SqlIssuerStorage(settings.database)
    redis = connect_redis(settings.redis_url) if settings.redis_url else None
    one_time = _one_time_store(redis)
    documents = PublicDocuments(Path(settings.keys_dir))
    return Issuer(
        storage=storage,
        redis=redis,
        issuance=Issuance(
            storage=storage,
            one_time=one_time,
            counties=counties,
            clock=clock,
            settings=settings,
        ),
        publication=StatusPublication(
            storage,
            counties,
            clock,
            ttl_s=settings.status_ttl_s,
            validity_s=settings.status_validity_s,
        ),
        metadata=IssuerMetadata(
            counties, base_url=settings.base_url, batch_size=settings.batch_size
        ),
        documents=documents,
        health=ServiceHealth(storage, one_time, counties, documents),
        pages=PageCore(
            settings=settings, storage=storage, clock=clock, one_time=one_time, counties=counties
        ),
    )


def application_of(issuer: Issuer, *, jobs: BackgroundJobs | None = None) -> Litestar:
    """The HTTP face of ``issuer``, which is closed when the application shuts down.

    ``jobs`` run beside it while it is up, and have come to their end before it is closed.
    """
    parts: dict[str, Any] = {
        "issuance": issuer.issuance,
        "publication": issuer.publication,
        "metadata": issuer.metadata,
        "documents": issuer.documents,
        "service_health": issuer.health,
    }
    return Litestar(
        [
            MetadataController,
            TokenController,
            CredentialController,
            StatusController,
            permit_type,
            trust_list,
            health,
            static_file,
            page_router(issuer.pages),
        ],
        dependencies={name: _provide(part) for name, part in parts.items()},
        exception_handlers=OUTSIDE_HANDLERS,
        before_send=[add_security_headers],
        request_max_body_size=MAX_BODY_BYTES,
        lifespan=[] if jobs is None else [jobs.running()],
        on_shutdown=[issuer.close],
        stores={SESSION_STORE: session_store(issuer.redis)},
        state=State({"pages": page_setup(issuer.pages.settings, issuer.pages.clock)}),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def create_app(settings: Settings) -> Litestar:
    """A whole issuer with its jobs; see ``build_issuer`` for what can be wrong."""
    issuer = build_issuer(settings)
    core = issuer.pages
    return application_of(
        issuer, jobs=build_jobs(core.storage, core.counties, core.clock, settings)
    )


def serve(settings: Settings) -> None:
    """Serve until the process is told to end."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        # Paths of offers open something, and a log is read by more people than a register.
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )


def _counties(settings: Settings) -> dict[str, CountyKeys]:
    directory = Path(settings.keys_dir)
    codes = counties_with_keys(directory)
    if not codes:
        raise NotReadyError(
            f"there are no county keys in {directory}",
            remedy="Make some with python -m keys init.",
        )
    for code in codes:
        _refuse_other_address(directory, settings.base_url, code)
    return {
        code: load_county_keys(directory, base_url=settings.base_url, county=code) for code in codes
    }


def _refuse_other_address(directory: Path, base_url: str, code: str) -> None:
    # Certificates and trust list name the address the keys were made for; permits signed in
    # another name would be refused at every counter, so the service does not start.
    named = (directory / "issuers" / code / "issuer.txt").read_text(encoding="ascii").strip()
    if named != issuer_identifier(base_url, code):
        raise NotReadyError(
            f"the keys of {code} are for {named}, this service is {base_url}",
            remedy="Set ISSUER_BASE_URL to match, or make keys for this address.",
        )


def _one_time_store(redis: Redis | None) -> OneTimeStore:
    return RedisOneTimeStore(redis, "issuer:") if redis else MemoryOneTimeStore()


def _provide(part: object) -> Provide:
    return Provide(lambda: part, sync_to_thread=False)
