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
from holder_sim.own_status import OwnStatus
from holder_sim.permit_upkeep import Upkeep
from holder_sim.presentation_client import PresentationClient
from holder_sim.settings import Settings
from holder_sim.vault import Vault
from holder_sim.wallet import Wallet
from holder_sim.wallet_http import WalletHttp
from holder_sim.wallet_trust import WalletTrust
from holder_sim.web.own_pages import OwnPagesOnly
from holder_sim.web.wallet_answers import wallet_defect, wallet_error, wallet_http_error
from holder_sim.web.wallet_api import Unlocks, WalletController
from holder_sim.web.wallet_card_api import WalletCardController
from holder_sim.web.wallet_counter_api import WalletCounterController
from holder_sim.web.wallet_headers import add_headers
from holder_sim.web.wallet_language import choose_language
from holder_sim.web.wallet_pages import WalletPagesController
from holder_sim.web.wallet_static import manifest, service_worker, static_file
from keys.clock import Clock, clock_from
from schemas.errors import ServiceError

MAX_BODY_BYTES = 64 * 1024
_log = logging.getLogger(__name__)


class Parts(Struct, frozen=True):
    """A wallet put together."""

    wallet: Wallet
    face: FaceCheck
    http: WalletHttp
    vault: Vault
    trust: WalletTrust
    upkeep: Upkeep
    clock: Clock


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
    upkeep = Upkeep(wallet, OwnStatus(http, trust, clock), clock, low=settings.copies_low)
    face = FaceCheck(vault, ScriptedMatcher(), settings, clock)
    return Parts(wallet, face, http, vault, trust, upkeep, clock)


def create_app(settings: Settings) -> Litestar:
    """The wallet's service, ready to serve."""
    parts = build(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await parts.http.close()

    provided: dict[str, object] = {
        "wallet": parts.wallet,
        "face": parts.face,
        "vault": parts.vault,
        "trust": parts.trust,
        "upkeep": parts.upkeep,
        "clock": parts.clock,
        "settings": settings,
        "unlocks": Unlocks(),
    }
    return Litestar(
        route_handlers=[
            WalletController,
            WalletCardController,
            WalletCounterController,
            WalletPagesController,
            choose_language,
            manifest,
            service_worker,
            static_file,
        ],
        dependencies={name: _provide(value) for name, value in provided.items()},
        exception_handlers={
            ServiceError: wallet_error,
            HTTPException: wallet_http_error,
            Exception: wallet_defect,
        },
        lifespan=[lifespan],
        before_request=OwnPagesOnly(settings.host),
        after_request=add_headers,
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
