"""The trust list as this verifier holds it: fetched or read, verified, kept on disk.

A list counts only while its signature leads to the pinned root and it has not run out.
The highest sequence number ever accepted is kept beside it, so that neither a network nor
a restart can bring back an older list (in which, say, a stolen key is still trusted).
"""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

from keys.errors import TrustError
from keys.trust_list import TRUST_LIST_TYP, TrustList, read_trust_list
from schemas.errors import InputError
from verifier.errors import FetchError, TrustListUnavailableError
from verifier.fetching import Fetcher
from verifier.kept_files import read_kept, write_kept

MAX_TRUST_LIST_BYTES = 2 * 1024 * 1024
"""Ninety counties with three certificates each come to about 250 kB."""
RETRY_AFTER_S = 5
"""Seconds without another attempt after one that failed."""
LIST_FILE = "trust-list.jwt"
SEQUENCE_FILE = "trust-list.sequence"

_log = logging.getLogger(__name__)


class TrustCache:
    """Holds one trust list. One object a process; the folder may be shared."""

    def __init__(
        self, source: str, *, root: bytes, directory: Path, fetcher: Fetcher | None = None
    ) -> None:
        """``source`` is a URL or the path of a file; ``root`` the pinned certificate (DER)."""
        self._source = source
        self._root = root
        self._directory = directory
        self._fetcher = fetcher or Fetcher()
        self._held: TrustList | None = None
        self._token = ""
        self._retry_at_s = 0.0
        self._loaded = False
        self._fetching = asyncio.Lock()

    def current(self, now: datetime) -> TrustList:
        """The list to go by.

        Raises:
            TrustListUnavailableError: none is held, or it has run out.
        """
        if not self._loaded:
            self._load(now)
        held = self._held
        if held is None:
            raise TrustListUnavailableError(
                "no trust list is held", remedy="Check the address in VERIFIER_TRUST_LIST."
            )
        if now.timestamp() >= held.exp:
            raise TrustListUnavailableError(
                f"the trust list held (number {held.sequence}) has run out",
                remedy="Check the connection to the province.",
            )
        return held

    def age_s(self, now: datetime) -> int:
        """Seconds since the list held was signed.

        Raises:
            TrustListUnavailableError: as ``current``.
        """
        return int(now.timestamp()) - self.current(now).iat

    async def fresh(self, now: datetime) -> TrustList:
        """``current``, after fetching once more where nothing is held that counts.

        Raises:
            TrustListUnavailableError: still nothing, or the last attempt failed just now.
        """
        try:
            return self.current(now)
        except TrustListUnavailableError:
            async with self._fetching:
                # Whoever waited here finds it done, or failed, by the one before.
                await self._refresh_if_due(now)
        return self.current(now)

    async def _refresh_if_due(self, now: datetime) -> None:
        try:
            self.current(now)
        except TrustListUnavailableError:
            if now.timestamp() < self._retry_at_s:
                raise
            await self.refresh(now)

    async def refresh(self, now: datetime) -> None:
        """Fetch and take over the list, if it is a good one and not older than the held.

        Raises:
            TrustListUnavailableError: nothing usable came; what was held stays in use.
        """
        if not self._loaded:
            self._load(now)
        self._retry_at_s = now.timestamp() + RETRY_AFTER_S
        try:
            token = await self._get()
        except (FetchError, UnicodeDecodeError, OSError) as error:
            raise _not_taken(error) from error
        self.take_over(token, now)

    def take_over(self, token: str, now: datetime) -> None:
        """Go by this list, if it is a good one and not older than the held.

        Raises:
            TrustListUnavailableError: it is not; what was held stays in use.
        """
        if not self._loaded:
            self._load(now)
        try:
            taken = read_trust_list(
                token, root=self._root, at=now, held_sequence=self._highest_sequence()
            )
        except (TrustError, InputError, OSError) as error:
            raise _not_taken(error) from error
        self._retry_at_s = 0.0
        # The same list stays the same object: what was derived from it stays derived.
        if self._held is None or token != self._token:
            self._held, self._token = taken, token
            self._keep(taken, token)

    def token(self, now: datetime) -> str:
        """The list to go by as it was signed, for handing it on.

        Raises:
            TrustListUnavailableError: as ``current``.
        """
        self.current(now)
        return self._token

    def _keep(self, taken: TrustList, token: str) -> None:
        try:
            write_kept(self._directory / SEQUENCE_FILE, b"%d" % taken.sequence)
            write_kept(self._directory / LIST_FILE, token.encode("ascii"))
        except OSError as error:
            # Known now, only not after a restart: no reason to go by an older list.
            _log.warning("trust list %d is not kept on disk: %s", taken.sequence, error.strerror)

    async def _get(self) -> str:
        if "://" not in self._source:
            return Path(self._source).read_text(encoding="ascii").strip()
        fetched = await self._fetcher.get(
            self._source, accept=f"application/{TRUST_LIST_TYP}", max_bytes=MAX_TRUST_LIST_BYTES
        )
        return fetched.body.decode("ascii").strip()

    def _load(self, now: datetime) -> None:
        """Take up what an earlier run kept; it is verified like one that was just fetched."""
        self._loaded = True
        try:
            kept = read_kept(self._directory / LIST_FILE, max_bytes=MAX_TRUST_LIST_BYTES)
            if kept is None:
                return
            self._token = kept.decode("ascii")
            self._held = read_trust_list(
                self._token, root=self._root, at=now, held_sequence=self._highest_sequence()
            )
        except (TrustError, InputError, UnicodeDecodeError, OSError):
            self._token = ""  # unreadable, spoilt, run out or under another root: as if never kept

    def _highest_sequence(self) -> int:
        kept = read_kept(self._directory / SEQUENCE_FILE, max_bytes=32)
        try:
            on_disk = int(kept or b"0")
        except ValueError:
            on_disk = 0
        return max(on_disk, self._held.sequence if self._held else 0)


def _not_taken(error: Exception) -> TrustListUnavailableError:
    return TrustListUnavailableError(
        f"no newer trust list could be taken over: {error}",
        remedy="What was held stays in use until it runs out.",
    )
