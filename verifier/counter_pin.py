"""The administrator's PIN that locks what a counter is: its county, office and services.

Only its argon2id hash is kept, in the service's folder, written by a command on the
verifier's own machine; without it no counter can be set up. A PIN is short, so after some
wrong ones nobody's is compared for a while. The delay is this process's own and forgotten
with it: together with the cost of a comparison it makes six digits last for years.
"""

import secrets
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from schemas.errors import InputError, ServiceError
from verifier.kept_files import read_kept, write_kept

FILE: Final = "counter-pin"
MIN_CHARACTERS: Final = 6
MAX_CHARACTERS: Final = 64
FREE_TRIES: Final = 5
LOCKED_S: Final = 60
"""After ``FREE_TRIES`` wrong ones in a row; twice as long after each further one."""
MAX_LOCKED_S: Final = 3600
_MAX_FILE_BYTES: Final = 1024


class PinNotSetError(ServiceError):
    """No administrator has set a PIN yet."""

    code = "pin_not_set"
    http_status = 409


class WrongPinError(ServiceError):
    """Not the administrator's PIN."""

    code = "wrong_pin"
    http_status = 403


class PinLockedError(ServiceError):
    """Too many wrong ones: none is compared for a while."""

    code = "pin_locked"
    http_status = 429


class NewPinError(InputError):
    """A PIN that is too short, too long, or all the same."""

    code = "bad_new_pin"


class CounterPin:
    """The PIN of one verifier. Methods block: comparing takes 64 MiB and some 50 ms."""

    def __init__(
        self,
        directory: Path,
        *,
        hasher: PasswordHasher | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = directory / FILE
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._now_s = now_s
        self._wrong = 0
        self._locked_until_s = 0.0

    def is_set(self) -> bool:
        """Whether counters can be set up at all."""
        return self._file.is_file()

    def set(self, pin: str) -> None:
        """Take a new PIN in place of the old.

        Raises:
            NewPinError: not one to be taken.
            OSError: the folder cannot be written.
        """
        spelled = _spelled(pin)
        if not MIN_CHARACTERS <= len(spelled) <= MAX_CHARACTERS:
            raise NewPinError(f"a PIN has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters")
        if len(set(spelled)) < 3:
            raise NewPinError("a PIN of one or two characters again and again is tried first")
        write_kept(self._file, self._hasher.hash(spelled).encode("ascii"))

    def check(self, pin: str) -> None:
        """Raise unless ``pin`` is the administrator's.

        Raises:
            PinNotSetError, PinLockedError, WrongPinError: it is not taken.
        """
        kept = read_kept(self._file, max_bytes=_MAX_FILE_BYTES)
        if kept is None:
            raise PinNotSetError(
                "no administrator's PIN is set on this verifier",
                remedy="Set it on the verifier's machine: python -m verifier counter-pin",
            )
        left_s = self._locked_until_s - self._now_s()
        if left_s > 0:
            raise PinLockedError(
                f"too many wrong PINs; none is compared for {int(left_s) + 1} s",
                remedy="Wait, then ask the administrator.",
            )
        # Counted before comparing, so that tries side by side count too.
        self._count_wrong()
        try:
            self._hasher.verify(kept.decode("ascii", "replace"), _spelled(pin[:MAX_CHARACTERS]))
        except (VerificationError, InvalidHashError) as error:
            raise WrongPinError(
                "this is not the administrator's PIN", remedy="Ask the administrator."
            ) from error
        self._wrong, self._locked_until_s = 0, 0.0

    def _count_wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            wait_s = min(MAX_LOCKED_S, LOCKED_S * 2 ** min(self._wrong - FREE_TRIES, 16))
            self._locked_until_s = self._now_s() + wait_s


def new_pin() -> str:
    """Eight digits by chance."""
    while True:
        pin = f"{secrets.randbelow(10**8):08d}"
        if len(set(pin)) > 3:
            return pin


def _spelled(pin: str) -> str:
    return unicodedata.normalize("NFKC", pin).strip()
