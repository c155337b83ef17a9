"""How bundles travel: made here, fetched from another verifier, taken from disk, put to use.

A verifier that has a key for bundles makes one whenever what it holds has changed. One that
is told of a source asks there, and is sent the changes only; what it took it serves in turn.
The source is the operator's choice, so it may lie in the operator's own network, and what it
sends is believed for its signature alone.
"""

import asyncio
import logging
from importlib.resources import files
from pathlib import Path

import httpx

from keys.clock import Clock
from keys.signing_key import SigningKey
from schemas.errors import ServiceError
from verifier.bundle_errors import BundleBaseMissingError, BundleError, BundleTooLargeError
from verifier.bundle_manifest import (
    BUNDLE_MEDIA_TYPE,
    MAX_BUNDLE_BYTES,
    sign_manifest,
    write_lines,
)
from verifier.bundle_store import BundleStore
from verifier.counter_bundle import DIVISIONS, ITEMS, TRUST_LIST, Bundle, lines_of
from verifier.errors import FetchError, ItemsFileError, TrustListUnavailableError
from verifier.kept_files import write_kept
from verifier.service_items import load_items
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache

TIMEOUT_S = 60.0
"""For a whole bundle over a slow line; nobody is waiting for it."""
CONNECT_TIMEOUT_S = 5.0
ITEMS_COPY = "service-items.toml"
"""The service items of the bundle in use, beside it."""

_log = logging.getLogger(__name__)


def own_divisions() -> bytes:
    """The table of divisions that this program goes by."""
    return files("schemas").joinpath("divisions.csv").read_bytes()


class BundleExchange:
    """Brings bundles into the caches of one verifier, and what they hold into bundles."""

    def __init__(
        self,
        *,
        store: BundleStore,
        directory: Path,
        trust: TrustCache,
        statuses: StatusCache,
        clock: Clock,
        items: bytes = b"",
        key: SigningKey | None = None,
        source: str = "",
    ) -> None:
        """With ``key`` bundles are made here, with ``source`` they are fetched from there.

        ``items`` is the file of service items that goes into those made here.
        """
        self._store = store
        self._directory = directory
        self._trust = trust
        self._statuses = statuses
        self._clock = clock
        self._items = items
        self._key = key
        self._source = source

    @property
    def makes(self) -> bool:
        """Whether bundles are made here."""
        return self._key is not None

    async def come_in(self) -> bool:
        """Take up what is new on disk or at the source; whether the source is in step.

        If so there is no need to ask each issuer. What goes wrong is logged; what was held
        goes on ageing, and each verdict says so.
        """
        try:
            if await asyncio.to_thread(self._store.take_up, self._clock()):
                await self.put_to_use(self._store.current())
            if not self._source:
                return False
            await self.fetch()
        except ServiceError as error:
            _log.warning("no bundle from the source: %s: %s", error.code, error)
            return False
        return True

    async def fetch(self) -> bool:
        """Ask the source; whether it had anything new.

        Raises:
            FetchError: no answer.
            BundleError: an answer that is not taken; what was held stays.
        """
        held = self._store.held
        try:
            data = await self._get(held.etag if held else "")
            if data is None:
                return False
            bundle = await asyncio.to_thread(self._store.take, data, self._clock())
        except BundleBaseMissingError:
            # Somebody put another bundle here since we asked: the whole one then.
            data = await self._get("")
            bundle = await asyncio.to_thread(self._store.take, data or b"", self._clock())
        await self.put_to_use(bundle)
        return True

    async def _get(self, etag: str) -> bytes | None:
        headers = {"accept": BUNDLE_MEDIA_TYPE, "accept-encoding": "identity"}
        if etag:
            headers["if-none-match"] = f'"{etag}"'
        timeout = httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                httpx.AsyncClient(timeout=timeout, trust_env=False) as client,
                client.stream(
                    "GET", self._source, params={"base": etag} if etag else {}, headers=headers
                ) as response,
            ):
                if response.status_code == httpx.codes.NOT_MODIFIED and etag:
                    return None
                if response.status_code != httpx.codes.OK:
                    raise FetchError(f"the source answered with status {response.status_code}")
                return await _body(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise FetchError(
                f"the source of bundles does not answer ({type(error).__name__})",
                remedy="Check VERIFIER_BUNDLE_SOURCE and the connection.",
            ) from error

    async def put_to_use(self, bundle: Bundle) -> int:
        """Hand the parts to the caches, which verify each for now; how many lists were newer."""
        now = self._clock()
        try:
            self._trust.take_over(bundle.parts[TRUST_LIST], now)
        except TrustListUnavailableError as error:
            _log.warning("the bundle's trust list is not used: %s", error)  # a newer one is held
        self._keep_items(bundle)
        if bundle.document(DIVISIONS) != own_divisions():
            _log.warning("the bundle was made with another table of divisions: update this program")
        try:
            issuers = {each.issuer: each for each in self._trust.current(now).issuers}
        except TrustListUnavailableError as error:
            _log.error("no trust list holds: %s", error.detail)
            return 0
        taken = 0
        for each in bundle.lists:
            issuer = issuers.get(each.issuer.issuer)
            if issuer and self._statuses.offer(each.token, each.uri, issuer, now):
                taken += 1
            await asyncio.sleep(0)  # counters are being answered meanwhile
        return taken

    def _keep_items(self, bundle: Bundle) -> None:
        """Put them beside the bundle, for the next start, if this program understands them."""
        draft = self._directory / f"{ITEMS_COPY}.draft"
        try:
            write_kept(draft, bundle.document(ITEMS) or b"")
            load_items(draft)
            draft.replace(self._directory / ITEMS_COPY)
        except ItemsFileError as error:
            _log.error("the bundle's service items are not used, those before stay: %s", error)
        except OSError as error:
            _log.warning("the bundle's service items are not kept: %s", error.strerror)

    async def make(self) -> bool:
        """Make a new bundle, where this verifier has the key and something has changed.

        Raises:
            TrustListUnavailableError: there is nothing to make it of.
            BundleError: the key is not one for bundles of this province, or the disk is full.
        """
        if self._key is None:
            return False
        now, held = self._clock(), self._store.held
        lines = self._lines()
        if held is not None and held.parts == lines:
            return False
        signed = sign_manifest(lines, after=self._store.highest_sequence(), key=self._key, now=now)
        data = write_lines(signed.token, tuple(lines.values()))
        await asyncio.to_thread(self._store.take, data, now)
        return True

    def _lines(self) -> dict[str, str]:
        now = self._clock()
        lists: dict[str, str] = {}
        for issuer in self._trust.current(now).issuers:
            lists |= self._statuses.tokens(issuer, now)
        return lines_of(
            trust_list=self._trust.token(now),
            lists=lists,
            divisions=own_divisions(),
            items=self._items,
        )

    async def go_out(self) -> None:
        """``make``, with what goes wrong in the log: the counters here need no bundle."""
        try:
            await self.make()
        except (BundleError, TrustListUnavailableError) as error:
            _log.error("no bundle was made: %s: %s", error.code, error)


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BUNDLE_BYTES:
            raise BundleTooLargeError(f"the source sent more than {MAX_BUNDLE_BYTES} bytes.")
    return bytes(body)
