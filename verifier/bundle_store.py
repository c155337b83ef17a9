"""The counter bundle on this machine's disk: verified before it counts, replaced in one step.

What is kept is verified when the service starts, as if it had just come. A bundle that is
taken over first passes every check, then is on disk whole, then counts: whatever goes wrong
on the way, the one held before stays. The highest number ever taken is kept beside it, so
that not even a spoilt file lets an older bundle in.

The folder may be shared by the service and its commands; a lock makes them take turns.
"""

import fcntl
import logging
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from keys.durable_file import write_durably
from verifier.bundle_errors import (
    BundleError,
    BundleNotKeptError,
    BundleOutdatedError,
    NoBundleError,
)
from verifier.bundle_manifest import MAX_BUNDLE_BYTES
from verifier.counter_bundle import (
    NO_PARTS,
    Bundle,
    Progress,
    check_succession,
    no_progress,
    read_bundle,
)
from verifier.kept_files import read_kept

BUNDLE_FILE, SEQUENCE_FILE, LOCK_FILE = "counter.bundle", "counter.sequence", "counter.lock"
RECENT = 8
"""Bundles remembered, so that who holds one of them can be sent the changes only."""
MAX_RECENT_BYTES = 2 * MAX_BUNDLE_BYTES

_log = logging.getLogger(__name__)


class BundleStore:
    """Holds one bundle. One object a process; the folder may be shared."""

    def __init__(self, directory: Path, *, root: bytes) -> None:
        """``root`` is the pinned certificate of the province (DER)."""
        self._directory = directory
        self._root = root
        self._held: Bundle | None = None
        self._recent: deque[Bundle] = deque(maxlen=RECENT)
        self._seen: tuple[int, int, int] | None = None

    @property
    def held(self) -> Bundle | None:
        """The bundle that counts; ``None`` before the first, and where it was spoilt."""
        return self._held

    def current(self) -> Bundle:
        """The bundle that counts.

        Raises:
            NoBundleError: none is held.
        """
        if self._held is None:
            raise NoBundleError("this verifier holds no counter bundle.")
        return self._held

    def parts_of(self, etag: str) -> Mapping[str, str] | None:
        """The parts of a bundle held lately; ``None`` where it is forgotten or unknown."""
        return next((bundle.parts for bundle in self._recent if bundle.etag == etag), None)

    def take_up(self, now: datetime, progress: Progress = no_progress) -> bool:
        """Look at the disk; whether a bundle is held now that was not before.

        A file that does not hold is left where it is and told in the log: a copy may be good.
        """
        seen = self._identity()
        if seen is None or seen == self._seen:
            return False
        self._seen = seen
        try:
            data = read_kept(self._directory / BUNDLE_FILE, max_bytes=MAX_BUNDLE_BYTES)
            bundle = read_bundle(data or b"", root=self._root, at=now, progress=progress)
            self._check_newer(bundle)
        except BundleError as error:
            _log.error("the bundle on disk is not used: %s: %s", error.code, error)
            return False
        except OSError as error:
            _log.error("the bundle on disk cannot be read: %s", error.strerror)
            return False
        is_new = self._held is None or bundle.etag != self._held.etag
        self._hold(bundle)
        return is_new

    def take(self, data: bytes, now: datetime, progress: Progress = no_progress) -> Bundle:
        """Verify a bundle, or the changes to the one held; from then on it counts.

        Raises:
            BundleError: it is not taken, and why; what was held stays.
        """
        with self._turn():
            self.take_up(now)  # another process may have put a newer one there meanwhile
            base = self._held.parts if self._held else NO_PARTS
            bundle = read_bundle(data, root=self._root, at=now, base=base, progress=progress)
            self._check_newer(bundle)
            if self._held is None or bundle.etag != self._held.etag:
                self._keep(bundle)
                self._hold(bundle)
        return bundle

    def highest_sequence(self) -> int:
        """The number of the newest bundle ever taken here; 0 before the first."""
        try:
            kept = read_kept(self._directory / SEQUENCE_FILE, max_bytes=32)
            on_disk = int(kept or b"0")
        except (OSError, ValueError):
            on_disk = 0
        return max(on_disk, self._held.sequence if self._held else 0)

    def _check_newer(self, bundle: Bundle) -> None:
        if self._held is not None:
            check_succession(bundle, self._held)
        highest = self.highest_sequence()
        if bundle.sequence < highest:
            raise BundleOutdatedError(
                f"bundle {bundle.sequence} is older than {highest}, which was taken here before."
            )

    def _keep(self, bundle: Bundle) -> None:
        path = self._directory / BUNDLE_FILE
        try:
            write_durably(path, bundle.whole())
        except OSError as error:
            with suppress(OSError):
                path.with_name(path.name + ".new").unlink(missing_ok=True)
            raise BundleNotKeptError(f"the bundle cannot be kept: {error.strerror}.") from error
        try:
            # Second: were there no room for the bundle, its number must not bar the old one.
            write_durably(self._directory / SEQUENCE_FILE, b"%d" % bundle.sequence)
        except OSError as error:
            _log.warning("the bundle's number is not kept beside it: %s", error.strerror)
        self._seen = self._identity()

    def _hold(self, bundle: Bundle) -> None:
        self._held = bundle
        self._recent.append(bundle)
        sizes = [sum(map(len, each.lines)) for each in self._recent]
        while len(self._recent) > 1 and sum(sizes) > MAX_RECENT_BYTES:
            self._recent.popleft()
            sizes.pop(0)

    def _identity(self) -> tuple[int, int, int] | None:
        """Changes whenever the file is replaced."""
        try:
            found = (self._directory / BUNDLE_FILE).stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    @contextmanager
    def _turn(self) -> Iterator[None]:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            lock = (self._directory / LOCK_FILE).open("w")
        except OSError as error:
            raise BundleNotKeptError(
                f"the folder for the bundle cannot be written: {error.strerror}."
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
