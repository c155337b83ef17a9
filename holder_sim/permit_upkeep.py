"""What a wallet does by itself when it is opened: ask how the permit stands, renew copies.

Both need the network and neither may stand in the way: without it the card is shown as it
was last known, and says since when.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from holder_sim.errors import WalletError
from holder_sim.face_check import Unlocked
from holder_sim.held_credential import Holdings
from holder_sim.own_status import OwnStatus
from holder_sim.permit_view import PermitState, permit_view
from holder_sim.wallet import Wallet
from keys.clock import Clock
from keys.errors import TrustError

OLD_AFTER: Final = timedelta(days=30)
"""Age at which copies are renewed although there are enough: an endorsement, a corrected
address reach a wallet only with new copies."""
AGAIN_AFTER: Final = timedelta(minutes=10)
"""Earliest renewal after the last one where an endorsement is waited for."""


class Tended(Struct, frozen=True):
    """What came of it; codes of errors, empty where nothing went wrong."""

    renewed: bool = False
    """New copies are there."""
    trouble: str = ""
    """Code of the error that ended it; the copies held before are still there."""


class Upkeep:
    """Tends one wallet."""

    def __init__(self, wallet: Wallet, status: OwnStatus, clock: Clock, *, low: int) -> None:
        """``low``: so many unused copies or fewer are too few."""
        self._wallet = wallet
        self._status = status
        self._clock = clock
        self._low = low

    async def tend(self, unlocked: Unlocked, *, wanted: bool = False) -> Tended:
        """Ask, and renew where that is due or ``wanted``; what fails is told, and harms nothing.

        Raises:
            LockedError: no check made for viewing, or no longer fresh.
        """
        held = self._wallet.held(unlocked)
        if not held.copies:
            return Tended()
        trouble = await self._ask(unlocked, held)
        if wanted or (not trouble and renewal_due(held, self._clock(), low=self._low)):
            try:
                await self._wallet.replenish(unlocked)
            except (WalletError, TrustError) as error:
                return Tended(trouble=error.code)
            await self._ask(unlocked, self._wallet.held(unlocked))
            return Tended(renewed=True)
        return Tended(trouble=trouble)

    async def _ask(self, unlocked: Unlocked, held: Holdings) -> str:
        try:
            standing = await self._status.of(held.copies[0])
        except (WalletError, TrustError) as error:
            return error.code
        unlocked.change(lambda now_held: replace(now_held, standing=standing))
        return ""


def renewal_due(held: Holdings, now: datetime, *, low: int) -> bool:
    """Whether new copies should be asked for without the holder's doing anything."""
    view = permit_view(held, now)
    if view is None or held.refresh is None:
        return False
    age = now - held.renewed_at if held.renewed_at else OLD_AFTER
    waited_for = view.state in (PermitState.LAPSED, PermitState.ENDORSABLE, PermitState.ENDED)
    return view.unused <= low or age >= OLD_AFTER or (waited_for and age >= AGAIN_AFTER)
