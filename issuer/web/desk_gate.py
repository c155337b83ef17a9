"""How often signing in may be tried, and from where; and who is not kept out by others' tries.

Whoever knows an officer's id can spend its tries and lock it. An officer at a browser in which
they signed in before is let to their password all the same: that browser holds a mark, signed
here, for this account and a time. A mark opens nothing. It has a few tries of its own, and when
those are spent its bearer waits like everybody else.
"""

import asyncio
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie
from msgspec import Struct

from issuer.attempt_limit import AttemptLimit, TooManyAttemptsError, place_of
from issuer.errors import DeskError
from issuer.officer_account import read_account_name
from issuer.passwords import AT_ONCE
from issuer.sign_in import SignedIn
from issuer.web.page_sessions import cookie_name
from issuer.web.page_setup import pages_of
from schemas.errors import ServiceError

REMEMBERED_FOR: Final = timedelta(days=180)
"""How long a browser counts as the officer's after a sign-in."""
MAX_IN_LINE: Final = 64
"""Sign-ins that wait for a thread: a few seconds of work."""
_MAX_MARK: Final = 256


class KnownDevices(Struct, frozen=True):
    """Makes and reads the marks; ``secret`` is the one that signs forms."""

    secret: str

    def mark(self, officer_id: str, now: datetime) -> str:
        """A new mark for a browser in which this officer has just given the password."""
        said = f"{int(now.timestamp())}.{token_urlsafe(16)}"
        return f"{said}.{self._signature(officer_id, said)}"

    def knows(self, mark: str, officer_id: str, now: datetime) -> bool:
        """Whether ``mark`` was made here for this officer, not too long ago."""
        said, _, signature = mark.rpartition(".")
        genuine = len(mark) <= _MAX_MARK and hmac.compare_digest(
            signature.encode(), self._signature(officer_id, said).encode()
        )
        # Read only once it is known to be what was written here.
        return (
            genuine and now.timestamp() - int(said.split(".")[0]) < REMEMBERED_FOR.total_seconds()
        )

    def _signature(self, officer_id: str, said: str) -> str:
        text = f"device {officer_id} {said}".encode()
        return hmac.new(self.secret.encode(), text, sha256).hexdigest()


class BusyError(ServiceError):
    """So many are signing in that nobody else is let in line; nothing was counted as wrong."""

    code = "busy"
    http_status = 503


class Turns:
    """Threads of their own for passwords, which cost time on purpose.

    In the threads that all pages share, a crowd at this door would stop every other one.
    """

    def __init__(self, *, at_once: int = AT_ONCE, in_line: int = MAX_IN_LINE) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="sign-in")
        self._in_line = in_line
        self._waiting = 0

    async def take(self, act: Callable[[], SignedIn]) -> SignedIn:
        """What ``act`` gives, once it is its turn.

        Raises:
            BusyError: too many are in line.
        """
        if self._waiting >= self._in_line:
            raise BusyError("too many officers are signing in", remedy="Try again in a minute.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, act)
        finally:
            self._waiting -= 1


class DeskGate(Struct, frozen=True):
    """How often signing in may be tried: from one place, for one name, in a known browser."""

    by_source: AttemptLimit
    by_account: AttemptLimit
    by_device: AttemptLimit
    devices: KnownDevices
    turns: Turns

    async def spend(self, source: str, officer_id: str, mark: str, now: datetime) -> bool:
        """Count one try, whatever its outcome; true where a lock by others does not hold.

        Raises:
            issuer.attempt_limit.TooManyAttemptsError: tried too often.
        """
        if self.devices.knows(mark, one_name(officer_id), now):
            with suppress(TooManyAttemptsError):
                await self.by_device.spend(mark)
                return True
        await self.by_source.spend(place_of(source))
        await self.by_account.spend(one_name(officer_id))
        return False


def one_name(officer_id: str) -> str:
    """One spelling of an account's name; what is none stays as it is."""
    try:
        return str(read_account_name(officer_id))
    except DeskError:
        return officer_id


def mark_of(request: Request[Any, Any, Any], officer_id: str) -> str:
    """The mark that this browser has for the officer; empty where it has none."""
    return request.cookies.get(_cookie_of(request, officer_id), "")


def device_cookie(
    request: Request[Any, Any, Any], devices: KnownDevices, officer_id: str
) -> Cookie:
    """A cookie with a new mark; several officers may share a browser."""
    pages = pages_of(request)
    return Cookie(
        key=_cookie_of(request, officer_id),
        value=devices.mark(officer_id, pages.clock()),
        max_age=int(REMEMBERED_FOR.total_seconds()),
        httponly=True,
        secure=pages.secure,
        samesite="strict",
    )


def _cookie_of(request: Request[Any, Any, Any], officer_id: str) -> str:
    digest = sha256(one_name(officer_id).encode()).hexdigest()[:16]
    return cookie_name(f"device-{digest}", secure=pages_of(request).secure)
