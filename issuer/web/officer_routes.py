"""Officers' accounts and sign-in as a part of all pages: routes, and the services behind them."""

from pathlib import Path
from typing import Any, Final

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from issuer.attempt_limit import AttemptLimit
from issuer.officers import Officers
from issuer.passkeys import Passkeys
from issuer.passwords import Passwords
from issuer.sign_in import SignIn
from issuer.web.desk_gate import DeskGate, KnownDevices, Turns
from issuer.web.desk_session import live_session, signed_in_officer
from issuer.web.officer_pages import OfficerController
from issuer.web.page_core import PageCore
from issuer.web.page_secret import page_secret
from issuer.web.passkey_pages import OwnPasskeyController
from issuer.web.sign_in_pages import DeskDoorController

OFFICER_ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    DeskDoorController,
    OwnPasskeyController,
    OfficerController,
)
OFFICER_PARTS: Final = {
    "live": Provide(live_session, sync_to_thread=True),
    "officer": Provide(signed_in_officer, sync_to_thread=False),
}
"""What handlers ask for that is made anew for each request."""
DEVICE_TRIES: Final = 5
"""Tries in one window of a browser that its officer has used before, which no lock holds."""
SOURCE_FACTOR: Final = 10
"""How many more tries one address has than one account: an office shares it."""


def officer_services(core: PageCore) -> dict[str, Any]:
    """Services by the names under which handlers ask for them."""
    settings, storage, clock = core.settings, core.storage, core.clock
    demonstration = settings.allow_demo_ids
    passwords = Passwords()
    tries, window_s = settings.sign_in_tries, settings.sign_in_window_s
    return {
        "officers": Officers(storage, clock, passwords, allow_demo_ids=demonstration),
        "sign_in": SignIn(storage, clock, passwords, allow_demo_ids=demonstration),
        "passkeys": Passkeys(storage, clock, core.one_time, base_url=settings.base_url),
        "desk_gate": DeskGate(
            AttemptLimit(
                core.one_time, "desk-source", tries=SOURCE_FACTOR * tries, window_s=window_s
            ),
            AttemptLimit(core.one_time, "desk-account", tries=tries, window_s=window_s),
            AttemptLimit(core.one_time, "desk-device", tries=DEVICE_TRIES, window_s=window_s),
            KnownDevices(page_secret(Path(settings.state_dir))),
            Turns(),
        ),
    }
