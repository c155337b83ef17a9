"""No face, no permit: the check before every look, showing and collection.

``unlock`` is the only way to the vault's key. A passed check holds for 90 seconds and for
one purpose: a check made to look at the permit does not present it [ZJ]. Failures are
counted on disk, so that restarting does not give new tries.

Where another way reaches the same end the face may not be the only one; the refusal
names it: the counter of the police, where the confirmation slip is printed on the
identity card alone.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from holder_sim.errors import FaceMismatchError, LockedError, TooManyFailuresError
from holder_sim.held_credential import Holdings
from holder_sim.settings import Settings
from holder_sim.vault import Vault, exclusive
from keys.clock import Clock
from keys.durable_file import write_durably

OTHER_WAY = "Without a face check: the police counter prints the confirmation slip on your ID card."


class Purpose(StrEnum):
    """What a face check is made for; one does not stand in for another."""

    VIEW = "view"
    PRESENT = "present"
    COLLECT = "collect"


class FaceMatcher(ABC):
    """Compares a sample from the camera with the holder's face."""

    simulated: bool = False
    """True: no face is looked at, and the page has to say so."""

    @abstractmethod
    def matches(self, sample: bytes) -> bool:
        """Whether the sample is a live picture of the holder."""


class ScriptedMatcher(FaceMatcher):
    """Stands in for a real matcher: the sample says by itself how the check ends."""

    simulated = True

    def matches(self, sample: bytes) -> bool:
        return sample == b"match"


class Failures(msgspec.Struct, frozen=True):
    """Failed checks in a row, and since when there were too many."""

    in_a_row: int = 0
    locked_until: datetime | None = None


KEEPING_S = 300
"""How much longer than it is fresh a check may keep what it was made to collect, in seconds.

A batch that the network brought late must not be lost: its code and nonces are spent.
"""


class Unlocked:
    """Access to the vault, while the check is fresh."""

    def __init__(self, vault: Vault, purpose: Purpose, until: datetime, clock: Clock) -> None:
        self._vault = vault
        self._key = vault.device_key()
        self._clock = clock
        self._fetching = False
        self.purpose = purpose
        self.until = until
        self.last_shown = ""
        """The copy that the last code under this check was made of; empty for none."""

    @property
    def left_s(self) -> int:
        """Whole seconds for which the check still holds; 0 when it is over."""
        return max(0, int((self.until - self._clock()).total_seconds()))

    @property
    def fresh(self) -> bool:
        """Whether the check still holds."""
        return self._clock() < self.until

    def check_fresh(self) -> None:
        """Raise ``LockedError`` unless the check still holds."""
        if not self.fresh:
            raise LockedError(
                "the face check is no longer fresh", remedy=f"Pass it again. {OTHER_WAY}"
            )

    def holdings(self) -> Holdings:
        """What is kept; raises ``LockedError`` when the check is no longer fresh."""
        self.check_fresh()
        return self._vault.read(self._key)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep other processes from fetching copies meanwhile; see ``Vault.collecting``."""
        with self._vault.collecting():
            self._fetching = True
            try:
                yield
            finally:
                self._fetching = False

    def change(self, change: Callable[[Holdings], Holdings]) -> Holdings:
        """Keep what ``change`` makes of what is kept; gives the same.

        Raises:
            LockedError: no longer fresh; when collecting, ``KEEPING_S`` seconds later.
        """
        late = self._clock() - self.until
        collects = self._fetching or self.purpose is Purpose.COLLECT
        if not collects or late >= timedelta(seconds=KEEPING_S):
            self.check_fresh()
        return self._vault.change(self._key, change)


class FaceCheck:
    """Unlocks one vault."""

    def __init__(
        self, vault: Vault, matcher: FaceMatcher, settings: Settings, clock: Clock
    ) -> None:
        self._vault = vault
        self._matcher = matcher
        self._settings = settings
        self._clock = clock
        self._directory = Path(settings.state_dir)

    @property
    def simulated(self) -> bool:
        """Whether the matcher looks at no face at all."""
        return self._matcher.simulated

    @property
    def locked_for_s(self) -> int:
        """Seconds until a check can be tried again after too many failures; 0: now."""
        with exclusive(self._directory):
            until = self._failures().locked_until
        left = (until - self._clock()).total_seconds() if until else 0
        return max(0, math.ceil(left))

    def unlock(self, sample: bytes, purpose: Purpose) -> Unlocked:
        """Compare, count, and open the vault for one purpose.

        Raises:
            TooManyFailuresError: locked; the sample was not even looked at.
            FaceMismatchError: not the holder's face.
        """
        now = self._clock()
        # Counted before the comparison: to end the process in the middle gives no free try.
        self._count(now)
        if not self._matcher.matches(sample):
            raise FaceMismatchError("the face check failed", remedy=f"Try again. {OTHER_WAY}")
        with exclusive(self._directory):
            self._write(Failures())
        until = now + timedelta(seconds=self._settings.face_freshness_s)
        return Unlocked(self._vault, purpose, until, self._clock)

    def _count(self, now: datetime) -> None:
        with exclusive(self._directory):
            failures = self._failures()
            if failures.locked_until is not None and now < failures.locked_until:
                raise TooManyFailuresError(
                    f"locked until {failures.locked_until.isoformat()}", remedy=OTHER_WAY
                )
            in_a_row, locked_until = failures.in_a_row + 1, None
            if in_a_row >= self._settings.face_max_failures:
                locked_until = now + timedelta(seconds=self._settings.face_lock_s)
                in_a_row = 0
            self._write(Failures(in_a_row, locked_until))

    def _failures(self) -> Failures:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Failures)
        except FileNotFoundError:
            return Failures()

    def _write(self, failures: Failures) -> None:
        write_durably(self._file, msgspec.json.encode(failures))

    @property
    def _file(self) -> Path:
        return self._directory / "face-failures.json"
