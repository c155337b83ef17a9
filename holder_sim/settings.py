"""Everything one can set on the wallet simulator, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.environment import Port, Seconds, read_settings


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One person's wallet."""

    host: str = "127.0.0.1"
    """Address to listen on; the wallet's own pages only, so loopback."""
    port: Port = 8103
    """TCP port to listen on."""
    state_dir: str = "var/wallet"
    """Folder of the sealed vault and of the device secret."""
    trust_list: str = "http://127.0.0.1:8101/trust-list"
    """URL or file of the signed trust list."""
    root_certificate: str = "var/keys/root.pem"
    """File of the provincial root certificate (PEM): what all trust starts from."""
    clock_file: str = ""
    """File with seconds to add to the machine's time; for demonstrations only."""
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    """Copies asked for of each credential: one is used for one showing."""
    copies_low: Annotated[int, msgspec.Meta(ge=0, le=99)] = 1
    """With so many unused copies or fewer, new ones are fetched when the card is opened."""
    portal: str = ""
    """Address of the residents' portal that pages lead to; empty: where the issuer stands."""
    face_freshness_s: Seconds = 90
    """How long one passed face check lets the permit be shown, in seconds [ZJ]."""
    face_max_failures: Annotated[int, msgspec.Meta(ge=1)] = 5
    """Failed face checks in a row until the wallet locks itself."""
    face_lock_s: Seconds = 1800
    """How long it stays locked, in seconds."""

    @property
    def clock_path(self) -> Path | None:
        """``clock_file`` as a path, where one is set."""
        return Path(self.clock_file) if self.clock_file else None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings named ``HOLDER_…`` in ``environ``.

    Raises:
        schemas.environment.SettingsError: naming every fault at once.
    """
    return read_settings(Settings, environ, prefix="HOLDER_")
