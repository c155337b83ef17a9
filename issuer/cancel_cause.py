"""Why a permit ends without fault, and what each cause is called.

The causes are those by which a permit's use ends by law or by its holder's wish [ZJ-REG §19],
[SC663 §10, §11].
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CancelCause(StrEnum):
    """Why a permit is cancelled."""

    HOLDER_REQUEST = "holder_request"
    MOVED_AWAY = "moved_away"
    """Residence has ended here, or a permit was granted elsewhere."""
    DEATH = "death"
    """Nobody is told by text message: whose telephone it is now, is not known."""
    LOCAL_REGISTRATION = "local_registration"
    """The household registration has come to where the residence is."""


CAUSE_NAMES: Final[Mapping[CancelCause, tuple[str, str]]] = {
    CancelCause.HOLDER_REQUEST: ("本人申请", "Holder's wish"),
    CancelCause.MOVED_AWAY: ("已迁离", "Moved away"),
    CancelCause.DEATH: ("死亡", "Death"),
    CancelCause.LOCAL_REGISTRATION: ("户籍迁入本地", "Household registration moved here"),
}
"""In Chinese and English."""
