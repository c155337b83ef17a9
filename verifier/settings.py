"""Everything an operator can set on a verifier, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.environment import Port, Seconds, read_settings


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One verifier service; its counters share the replay store."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Port = 8102
    """TCP port to listen on."""
    base_url: str = "http://127.0.0.1:8102"
    """What wallets reach this service under: https, or http on loopback; no trailing slash."""
    state_dir: str = "var/verifier"
    """Folder for cached trust and status lists and the used-code store."""
    trust_list: str = "http://127.0.0.1:8101/trust-list"
    """URL or file of the signed trust list."""
    root_certificate: str = "var/keys/root.pem"
    """File of the provincial root certificate (PEM): what all trust starts from."""
    request_key: str = "var/keys/verifier/request"
    """Path without ending of the key (.key) and certificate (.pem) that sign requests."""
    redis_url: str = ""
    """Redis for sessions and used codes, shared by several processes; empty: this process.

    That Redis must not evict (``maxmemory-policy noeviction``): an evicted value could
    count twice.
    """
    clock_file: str = ""
    """File with seconds to add to the machine's time; for demonstrations only."""
    group: str = "counters"
    """Name of the group of counters in which a shown code counts once."""
    status_refresh_s: Seconds = 60
    """How often known status lists and the trust list are fetched again, in seconds."""
    request_ttl_s: Seconds = 300
    """How long a wallet may take to answer a request, in seconds."""
    maximum_pending: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    """Requests that may wait for an answer at once in this process."""

    @property
    def clock_path(self) -> Path | None:
        """``clock_file`` as a path, where one is set."""
        return Path(self.clock_file) if self.clock_file else None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings named ``VERIFIER_…`` in ``environ``.

    Raises:
        schemas.environment.SettingsError: naming every fault at once.
    """
    return read_settings(Settings, environ, prefix="VERIFIER_")
