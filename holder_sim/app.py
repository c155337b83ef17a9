"""Builds the wallet: the one place that knows settings, adapters and the clock."""

import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from msgspec import Struct

from holder_sim.face_check import FaceCheck, ScriptedMatcher
from holder_sim.issuance_client import IssuanceClient
from holder_sim.presentation_client import PresentationClient
from holder_sim.settings import Settings
from holder_sim.vault import Vault
from holder_sim.wallet import Wallet
from holder_sim.wallet_http import WalletHttp
from holder_sim.wallet_trust import WalletTrust
from holder_sim.web.own_pages import OwnPagesOnly
from holder_sim.web.wallet_answers import wallet_defect, wallet_error, wallet_http_error
from holder_sim.web.wallet_api import Unlocks, WalletController
from keys.clock import clock_from
from schemas.errors import ServiceError

MAX_BODY_BYTES = 64 * 1024
_log = logging.getLogger(__name__)


class Parts(Struct, frozen=True):
    """A wallet put together."""

    wallet: Wallet
    face: FaceCheck
    http: WalletHttp


def build(settings: Settings) -> Parts:
    """Put a wallet together; its HTTP client is to be closed by the caller."""
    clock, http, directory = clock_from(settings.clock_path), WalletHttp(), Path(settings.state_dir)
    vault = Vault(directory)
    trust = WalletTrust(
        source=settings.trust_list,
        root_certificate=Path(settings.root_certificate),
        directory=directory,
        http=http,
        clock=clock,
    )
    wallet = Wallet(
        issuance=IssuanceClient(http, trust, clock, settings.copies),
        presentations=PresentationClient(http),
        trust=trust,
        clock=clock,
    )
    return Parts(wallet, FaceCheck(vault, ScriptedMatcher(), settings, clock), http)


def create_app(settings: Settings) -> Litestar:
    """The wallet's service, ready to serve."""
    parts = build(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await parts.http.close()

    provided = {"wallet": parts.wallet, "face": parts.face, "unlocks": Unlocks()}
    return Litestar(
        route_handlers=[WalletController],
        dependencies={name: _provide(value) for name, value in provided.items()},
        exception_handlers={
            ServiceError: wallet_error,
            HTTPException: wallet_http_error,
            Exception: wallet_defect,
        },
        lifespan=[lifespan],
        before_request=OwnPagesOnly(settings.host),
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
    )


def _provide(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def serve(settings: Settings) -> None:
    """Run until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address
    _log.warning("the face check of this wallet is simulated")
    if settings.clock_file:
        _log.warning("this wallet runs on a clock that can be moved: %s", settings.clock_file)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
    )
