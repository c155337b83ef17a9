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

RETRY_AFTER_S = 5
"""Seconds without another attempt after one that failed."""
DEFAULT_TTL_S, MAX_TTL_S = 300, 3600
"""Where the issuer does not say, and whatever it says: revocations must be seen."""
MAX_LISTS = 512
"""Lists held at once, 128 MB at 256 kB each; the one fetched longest ago makes room."""

_Key = tuple[str, str]
_log = logging.getLogger(__name__)


class _Entry(Struct):
    issuer: TrustedIssuer
    """The trust list's entry the token was verified under."""
    verified: VerifiedList
    token: str
    fetched_s: float


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
        self._failures: dict[_Key, tuple[float, str]] = {}
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
            return StatusUnavailable(failure[1] if failure else "status_unavailable")
        verified = entry.verified
        age_s = int(now_s) - verified.iat_s
        return StatusKnowledge(verified.status_list, verified.as_of, age_s if age_s > 0 else 0)

    async def known(
        self, uri: str, issuer: TrustedIssuer, now: datetime
    ) -> StatusKnowledge | StatusUnavailable:
        """What is known, after asking the issuer where the time has come."""
        if self._is_due(uri, issuer, now):
            key = (issuer.issuer, uri)
            lock = self._locks.setdefault(key, asyncio.Lock())
            async with lock:
                # Whoever waited here finds the work done, or failed, by the one before.
                if self._is_due(uri, issuer, now):
                    await self._refresh(uri, issuer, now)
        return self.held(uri, issuer, now)

    def lists_held(self) -> int:
        """How many lists are in memory, verified; each may still be too old for an item."""
        return len(self._entries)

    def _is_due(self, uri: str, issuer: TrustedIssuer, now: datetime) -> bool:
        now_s = now.timestamp()
        failure = self._failures.get((issuer.issuer, uri))
        if failure and now_s < failure[0] + RETRY_AFTER_S:
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
        if len(self._failures) >= MAX_LISTS:
            self._failures.clear()
        self._failures[key] = (now.timestamp(), code)

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
        while len(self._entries) > MAX_LISTS:
            oldest = next(iter(self._entries))
            del self._entries[oldest]
            with contextlib.suppress(OSError):  # a file too many does no harm
                self._file(oldest).unlink()

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
