"""The trust list as the wallet holds it: fetched, verified, kept for when there is no network.

The provincial root comes with the wallet; everything else is believed only under it.
"""

import contextlib
from pathlib import Path

from holder_sim.errors import UnreachableError
from holder_sim.vault import exclusive
from holder_sim.wallet_http import WalletHttp
from keys.certificates import certificate_from_pem
from keys.clock import Clock
from keys.durable_file import write_durably
from keys.errors import TrustError, TrustListError
from keys.trust_list import TrustList, read_trust_list


class WalletTrust:
    """Gives the newest trust list that holds now."""

    def __init__(
        self,
        *,
        source: str,
        root_certificate: Path,
        directory: Path,
        http: WalletHttp,
        clock: Clock,
    ) -> None:
        """Read the root; raises ``TrustListError`` where there is none to pin."""
        self._source = source
        self._root = _root_of(root_certificate)
        self._directory = directory
        self._file = directory / "trust-list.jwt"
        self._highest = directory / "trust-list.sequence"
        self._http = http
        self._clock = clock

    async def current(self) -> TrustList:
        """Fetch, verify and keep; without network, what is kept, while it holds.

        Raises:
            keys.errors.TrustError: forged, over, or older than the one kept.
            UnreachableError: none can be fetched and none that holds is kept.
        """
        now, held = self._clock(), self._kept()
        try:
            token = await self._fetch()
        except UnreachableError:
            if held is None:
                raise
            return read_trust_list(held, root=self._root, at=now)
        trust_list = read_trust_list(
            token, root=self._root, at=now, held_sequence=self._highest_sequence()
        )
        if token != held:
            with exclusive(self._directory):
                # The number first: after a crash in between, this list is taken once more.
                write_durably(self._highest, b"%d" % trust_list.sequence)
                write_durably(self._file, token.encode("ascii"))
        return trust_list

    async def held(self) -> TrustList:
        """The list on disk while it holds, so that showing needs no network; else a new one.

        Raises:
            keys.errors.TrustError, UnreachableError: as ``current``.
        """
        held = self._kept()
        if held is not None:
            with contextlib.suppress(TrustError):
                return read_trust_list(held, root=self._root, at=self._clock())
        return await self.current()

    def on_disk(self) -> TrustList | None:
        """The list kept, while it holds; asks nobody.

        Raises:
            keys.errors.TrustError: its time is over, or it was changed.
        """
        held = self._kept()
        return read_trust_list(held, root=self._root, at=self._clock()) if held else None

    async def _fetch(self) -> str:
        if self._source.startswith(("http://", "https://")):
            body = await self._http.get(self._source, accept="application/jwt")
        else:
            try:
                body = Path(self._source).read_bytes()
            except OSError as error:
                raise UnreachableError(f"no trust list in the file {self._source}") from error
        return body.decode("ascii", errors="replace").strip()

    def _kept(self) -> str | None:
        try:
            return self._file.read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    def _highest_sequence(self) -> int:
        # Kept beside the list: one whose time is over must not give way to an older one either.
        try:
            return int(self._highest.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0


def _root_of(path: Path) -> bytes:
    try:
        return certificate_from_pem(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TrustListError(
            f"no usable root certificate in {path}",
            remedy="Set HOLDER_ROOT_CERTIFICATE to the province's root.pem.",
        ) from error
