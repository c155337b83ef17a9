"""Everything an operator can set on an issuer, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.environment import Port, Seconds, read_settings

BatchSize = Annotated[int, msgspec.Meta(ge=2, le=100)]
# Without a path: the well-known documents then stand at the root of the host, where wallets
# look for them. Plain http never leaves the machine.
BaseUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?\Z"
    ),
]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One issuer service; it may speak for any number of counties."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Port = 8101
    """TCP port to listen on."""
    base_url: BaseUrl = "http://127.0.0.1:8101"
    """What wallets reach this service under: https, or http on loopback; no path."""
    state_dir: str = "var/issuer"
    """Folder for the default database."""
    database_url: str = ""
    """URL of the permit register, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/DATABASE``
    (``?sslmode=…`` and the like behind it); empty: an SQLite file in ``state_dir``."""
    keys_dir: str = "var/keys"
    """Folder with the county keys and the signed trust list, made by ``python -m keys init``."""
    clock_file: str = ""
    """File with seconds to add to the machine's time; for demonstrations only."""
    redis_url: str = ""
    """Redis for nonces, shared by several processes; empty: kept in this process.

    That Redis must not evict (``maxmemory-policy noeviction``): an evicted value could
    count twice.
    """
    status_ttl_s: Seconds = 300
    """How long a status list may be cached before it is fetched again, in seconds."""
    status_validity_s: Seconds = 86_400
    """How long a published status list stays valid, in seconds."""
    batch_size: BatchSize = 10
    """Most copies of one permit in one credential request."""
    offer_ttl_s: Seconds = 1_800
    """How long a resident may take from offer to redeeming its code, in seconds."""
    access_token_ttl_s: Seconds = 600
    """How long an access token opens the credential endpoint, in seconds."""
    refresh_token_ttl_s: Seconds = 731 * 86_400
    """How long a wallet may stay away and still fetch new copies, in seconds: the year of one
    endorsement, and a second one to mend a missed endorsement in."""
    nonce_ttl_s: Seconds = 300
    """How long a wallet may take from asking for a nonce to proving its keys, in seconds."""
    allow_demo_ids: bool = False
    """Whether permits may be granted on invented citizen numbers; for demonstrations only."""

    @property
    def clock_path(self) -> Path | None:
        """``clock_file`` as a path, where one is set."""
        return Path(self.clock_file) if self.clock_file else None

    @property
    def database(self) -> str:
        """``database_url``, or the URL of the SQLite file that stands in for it."""
        return self.database_url or f"sqlite:///{Path(self.state_dir).absolute()}/register.sqlite"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings named ``ISSUER_…`` in ``environ``.

    Raises:
        schemas.environment.SettingsError: naming every fault at once.
    """
    return read_settings(Settings, environ, prefix="ISSUER_")
