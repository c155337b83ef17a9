"""What this verifier knows of permits' status, and since when.

Each list is fetched at most once at a time, verified, held in memory and kept on disk;
after a restart the kept tokens are verified again before they count. A list is asked for
anew when its ``ttl`` is over. If that fails, the old one serves until its own end, and the
age it has is told with every verdict: whether it is too old is for the service item to
say (``checks/revocation.py``).

An address counts only below the issuer's own identifier, which the trust list gives. So
not even an issuer can send us to somebody else's host. Source: [TSL §8, §11, §13.7].
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct

from keys.trust_list import TrustedIssuer
from schemas.errors import ServiceError
from schemas.status_list import STATUS_LIST_MEDIA_TYPE
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.errors import FetchError, StatusListRefusedError
from verifier.fetching import Fetcher
from verifier.kept_files import read_kept, write_kept
from verifier.status_token import MAX_TOKEN_BYTES, VerifiedList, read_status_token

RETRY_AFTER_S, MAX_RETRY_AFTER_S = 5, 60
"""Seconds without another attempt after one that failed; twice as many after each further
one, because without a network each attempt costs a clerk and a person seconds of waiting."""
DEFAULT_TTL_S, MAX_TTL_S = 300, 3600
"""Where the issuer does not say, and whatever it says: revocations must be seen."""
MAX_LISTS_OF_ISSUER = 64
"""Lists held of one issuer, 16 MB at 256 kB each; its own that was fetched longest ago makes
room, so that no county can push out what is known of another."""

_Key = tuple[str, str]
_log = logging.getLogger(__name__)


class _Entry(Struct):
    issuer: TrustedIssuer
    """The trust list's entry the token was verified under."""
    verified: VerifiedList
    token: str
    fetched_s: float


class _Failure(Struct, frozen=True):
    """The last of one or more attempts in a row that failed."""

    at_s: float
    code: str
    times: int

    def blocks(self, now_s: float, *, patient: bool) -> bool:
        """Whether it is too early for another attempt; who is ``patient`` may try sooner."""
        wait_s = RETRY_AFTER_S
        if not patient:
            wait_s = min(RETRY_AFTER_S * 2 ** min(self.times - 1, 8), MAX_RETRY_AFTER_S)
        # A time in the future is a clock that was set back: no reason to wait for it.
        return self.at_s <= now_s < self.at_s + wait_s


class _Kept(Struct, frozen=True):
    """The file of one list."""

    issuer: str
    uri: str
    fetched_s: float
    token: str


class StatusCache:
    """Holds status lists. One object a process; the folder may be shared."""

    def __init__(self, directory: Path, *, fetcher: Fetcher | None = None) -> None:
        self._directory = directory
        self._fetcher = fetcher or Fetcher()
        self._entries: dict[_Key, _Entry] = {}
        self._failures: dict[_Key, _Failure] = {}
        # Held by whoever is waiting, so that an address nobody asks about leaves nothing.
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    def held(
        self, uri: str, issuer: TrustedIssuer, now: datetime
    ) -> StatusKnowledge | StatusUnavailable:
        """What is known without asking anybody."""
        entry = self._entry(uri, issuer, now)
        now_s = now.timestamp()
        if entry is None or now_s >= entry.verified.ends_s:
            failure = self._failures.get((issuer.issuer, uri))
            return StatusUnavailable(failure.code if failure else "status_unavailable")
        verified = entry.verified
        age_s = int(now_s) - verified.iat_s
        return StatusKnowledge(verified.status_list, verified.as_of, age_s if age_s > 0 else 0)

    async def known(
        self, uri: str, issuer: TrustedIssuer, now: datetime, *, ahead: bool = False
    ) -> StatusKnowledge | StatusUnavailable:
        """What is known, after asking the issuer where the time has come.

        ``ahead`` is set where nobody is waiting: then it is tried again sooner after failures.
        """
        if self._is_due(uri, issuer, now, patient=ahead):
            key = (issuer.issuer, uri)
            lock = self._locks.setdefault(key, asyncio.Lock())
            async with lock:
                # Whoever waited here finds the work done, or failed, by the one before.
                if self._is_due(uri, issuer, now, patient=ahead):
                    await self._refresh(uri, issuer, now)
        return self.held(uri, issuer, now)

    def offer(self, token: str, uri: str, issuer: TrustedIssuer, now: datetime) -> bool:
        """Take a list that came another way, if it is good and newer than what is held.

        It counts as fetched when it was signed, so that the issuer is asked as ever where
        there is a network. Whether it was taken.
        """
        held = self._entry(uri, issuer, now)
        try:
            verified = read_status_token(token, uri=uri, issuer=issuer, now=now)
        except StatusListRefusedError:
            return False
        if held is not None and verified.iat_s <= held.verified.iat_s:
            return False
        fetched_s = min(float(verified.iat_s), now.timestamp())
        self._failures.pop((issuer.issuer, uri), None)
        self._keep((issuer.issuer, uri), _Entry(issuer, verified, token, fetched_s))
        return True

    def tokens(self, issuer: TrustedIssuer, now: datetime) -> dict[str, str]:
        """The lists held of one issuer as they were signed, by address; none that has ended."""
        now_s = now.timestamp()
        return {
            uri: entry.token
            for (name, uri), entry in self._entries.items()
            if name == issuer.issuer and entry.issuer == issuer and now_s < entry.verified.ends_s
        }

    def lists_held(self) -> int:
        """How many lists are in memory, verified; each may still be too old for an item."""
        return len(self._entries)

    def _is_due(self, uri: str, issuer: TrustedIssuer, now: datetime, *, patient: bool) -> bool:
        now_s = now.timestamp()
        failure = self._failures.get((issuer.issuer, uri))
        if failure and failure.blocks(now_s, patient=patient):
            return False
        entry = self._entry(uri, issuer, now)
        if entry is None:
            return True
        ttl_s = min(entry.verified.ttl_s or DEFAULT_TTL_S, MAX_TTL_S)
        return now_s >= min(entry.fetched_s + ttl_s, entry.verified.ends_s)

    def _entry(self, uri: str, issuer: TrustedIssuer, now: datetime) -> _Entry | None:
        key = (issuer.issuer, uri)
        entry = self._entries.get(key)
        if entry is None:
            return self._take_up(uri, issuer, now)
        if entry.issuer is not issuer and entry.issuer != issuer:
            # The trust list has changed: what was believed under the old entry is read
            # again under the new one, so that a withdrawn key stops counting at once.
            del self._entries[key]
            return self._read(entry.token, uri, issuer, now, entry.fetched_s)
        entry.issuer = issuer
        return entry

    async def _refresh(self, uri: str, issuer: TrustedIssuer, now: datetime) -> None:
        key = (issuer.issuer, uri)
        try:
            entry = await self._fetch(uri, issuer, now)
        except FetchError as error:
            self._note_failure(key, "status_unavailable", error, now)
        except StatusListRefusedError as error:
            self._note_failure(key, "status_list_refused", error, now)
        else:
            self._failures.pop(key, None)
            self._keep(key, entry)

    def _note_failure(self, key: _Key, code: str, error: ServiceError, now: datetime) -> None:
        _log.warning("status list %s: %s", key[1], error.detail)
        before = self._failures.pop(key, None)
        times = before.times + 1 if before else 1
        self._failures[key] = _Failure(now.timestamp(), code, times)
        for oldest in self._beyond_cap(self._failures, key[0]):
            del self._failures[oldest]

    async def _fetch(self, uri: str, issuer: TrustedIssuer, now: datetime) -> _Entry:
        if not uri.startswith(issuer.issuer + "/"):
            raise StatusListRefusedError("the address is not below the issuer's own")
        fetched = await self._fetcher.get(
            uri, accept=STATUS_LIST_MEDIA_TYPE, max_bytes=MAX_TOKEN_BYTES
        )
        if fetched.media_type != STATUS_LIST_MEDIA_TYPE or not fetched.body.isascii():
            raise StatusListRefusedError("what came is no status list token")
        token = fetched.body.decode("ascii")
        verified = read_status_token(token, uri=uri, issuer=issuer, now=now)
        held = self._entries.get((issuer.issuer, uri))
        if held and verified.iat_s < held.verified.iat_s:
            # Still signed and still in time, but from before what we know.
            raise StatusListRefusedError("an older list than the one held")
        return _Entry(issuer, verified, token, now.timestamp())

    def _keep(self, key: _Key, entry: _Entry) -> None:
        self._entries.pop(key, None)  # put back last: the first in line makes room
        self._entries[key] = entry
        kept = _Kept(*key, entry.fetched_s, entry.token)
        try:
            write_kept(self._file(key), msgspec.json.encode(kept))
        except OSError as error:
            # Known now, only not after a restart: no reason to turn people away.
            _log.warning("status list %s is not kept on disk: %s", key[1], error.strerror)
        for oldest in self._beyond_cap(self._entries, key[0]):
            del self._entries[oldest]
            with contextlib.suppress(OSError):  # a file too many does no harm
                self._file(oldest).unlink()

    @staticmethod
    def _beyond_cap(by_key: Iterable[_Key], issuer: str) -> list[_Key]:
        """Those of an issuer that are one too many, in their order."""
        own = [key for key in by_key if key[0] == issuer]
        return own[:-MAX_LISTS_OF_ISSUER]

    def _take_up(self, uri: str, issuer: TrustedIssuer, now: datetime) -> _Entry | None:
        """What an earlier run kept, believed only as far as it verifies again."""
        kept = _read_file(self._file((issuer.issuer, uri)))
        if kept is None or (kept.issuer, kept.uri) != (issuer.issuer, uri):
            return None
        # A time of fetching in the future would put off asking again for as long.
        fetched_s = min(kept.fetched_s, now.timestamp())
        return self._read(kept.token, uri, issuer, now, fetched_s)

    def _read(
        self, token: str, uri: str, issuer: TrustedIssuer, now: datetime, fetched_s: float
    ) -> _Entry | None:
        try:
            verified = read_status_token(token, uri=uri, issuer=issuer, now=now)
        except StatusListRefusedError:
            return None
        entry = _Entry(issuer, verified, token, fetched_s)
        self._entries[(issuer.issuer, uri)] = entry
        return entry

    def _file(self, key: _Key) -> Path:
        name = sha256("\n".join(key).encode()).hexdigest()
        return self._directory / f"{name}.json"


def _read_file(path: Path) -> _Kept | None:
    try:
        data = read_kept(path, max_bytes=MAX_TOKEN_BYTES + 8192)
        return msgspec.json.decode(data or b"", type=_Kept)
    except (msgspec.DecodeError, OSError):
        return None  # spoilt or not readable: as if never kept
