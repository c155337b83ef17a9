"""Everything an operator can set on a verifier, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.environment import Port, RedisUrl, Seconds, read_settings


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
    service_items: str = ""
    """TOML file of the service items, in place of the built-in ones; empty: built in. It is
    looked through at start, and with ``python -m verifier items check FILE``."""
    bundle_key: str = ""
    """Path without ending of the key and certificate that sign bundles for counters without
    network; empty: ``bundle`` beside the request key, where there is one."""
    bundle_source: str = ""
    """Address of ``/bundle`` at another verifier, to be fed from; empty: none."""
    offline: bool = False
    """Never ask the network: only what is on disk, and bundles, count (``true``, ``false``)."""
    redis_url: RedisUrl = ""
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

    @property
    def bundle_key_stem(self) -> Path | None:
        """Where the key for bundles lies, if this verifier makes any."""
        if self.bundle_key:
            return Path(self.bundle_key)
        beside = Path(self.request_key).with_name("bundle")
        return beside if beside.with_suffix(".key").exists() else None

    @property
    def bundle_dir(self) -> Path:
        """Folder of the bundle held."""
        return Path(self.state_dir) / "bundle"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings named ``VERIFIER_…`` in ``environ``.

    Raises:
        schemas.environment.SettingsError: naming every fault at once.
    """
    return read_settings(Settings, environ, prefix="VERIFIER_")
