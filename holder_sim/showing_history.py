"""What was shown to whom: the holder's own record, kept sealed with the permit.

Names of claims are kept, never their values: whoever reads the record learns where the
permit was shown, not once more what is in it. A code says nothing of the counter that will
read it, so none is named there; a request is named as its signed words name themselves.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

MAX_SHOWINGS: Final = 500
"""Kept at most; the oldest make room."""
ONE_SHOWING_S: Final = 180
"""Codes with the same claims that follow each other within so many seconds are one showing:
a code on the screen is replaced again and again until a counter has read one of them."""


class Outcome(StrEnum):
    """How a showing ended, as far as the wallet can know."""

    CODE = "code"
    """A code was on the screen; whether a counter read it the wallet cannot know."""
    SENT = "sent"
    """Agreed to, and sent."""
    DECLINED = "declined"
    """Asked for and not sent."""


class Showing(Struct, frozen=True, kw_only=True):
    """One entry; instants are UTC."""

    began_at: datetime
    ended_at: datetime
    outcome: Outcome
    claims: tuple[str, ...]
    """Names of what was shown, or was asked for in vain."""
    verifier: str = ""
    """Who asked; empty for a code."""
    item: str = ""
    """What for, in Chinese, as the signed request says it; empty where it does not."""
    item_en: str = ""
    """The same in English."""
    case_number: str = ""
    """Of the matter at the counter, where the request names one."""


def code_shown(claims: tuple[str, ...], now: datetime) -> Showing:
    """The entry for a code on the screen."""
    return Showing(began_at=now, ended_at=now, outcome=Outcome.CODE, claims=claims)


def with_showing(history: tuple[Showing, ...], showing: Showing) -> tuple[Showing, ...]:
    """The history with one more, the newest last; a code renewed makes its entry longer."""
    if history and _renews(history[-1], showing):
        return (*history[:-1], replace(history[-1], ended_at=showing.ended_at))
    return (*history, showing)[-MAX_SHOWINGS:]


def _renews(last: Showing, showing: Showing) -> bool:
    return (
        last.outcome is showing.outcome is Outcome.CODE
        and set(last.claims) == set(showing.claims)
        and timedelta(0) <= showing.began_at - last.ended_at <= timedelta(seconds=ONE_SHOWING_S)
    )
