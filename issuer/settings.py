"""Everything an operator can set on an issuer, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.environment import Port, RedisUrl, Seconds, read_settings

Tries = Annotated[int, msgspec.Meta(ge=1, le=1000)]
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
    """Folder for the default database, documents and the secret that signs forms; of several
    processes all share it."""
    database_url: str = ""
    """URL of the permit register, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/DATABASE``
    (``?sslmode=…`` and the like behind it); empty: an SQLite file in ``state_dir``."""
    keys_dir: str = "var/keys"
    """Folder with the county keys and the signed trust list, made by ``python -m keys init``."""
    clock_file: str = ""
    """File with seconds to add to the machine's time; for demonstrations only."""
    redis_url: RedisUrl = ""
    """Redis for nonces and sessions, shared by several processes; empty: kept in this process.

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
    session_idle_s: Seconds = 1_800
    """How long somebody may leave the pages alone and stay signed in, in seconds."""
    session_absolute_s: Seconds = 8 * 3_600
    """How long one sign-in lasts at most, in seconds: a working day."""
    identity_fresh_s: Seconds = 300
    """How long an identity check counts as just made, for taking a permit, in seconds."""
    identity_tries: Tries = 10
    """How often the identity check of one person may be tried in ``identity_window_s``."""
    identity_window_s: Seconds = 900
    """How long a try of the identity check counts, in seconds."""
    sign_in_tries: Tries = 20
    """How often signing in to one officer's account may be tried in ``sign_in_window_s``."""
    sign_in_window_s: Seconds = 900
    """How long a try to sign in counts, in seconds."""
    trusted_proxies: str = ""
    """Addresses of reverse proxies whose word on a caller's address is believed, separated by
    commas; empty: none, and the caller is whoever connects."""
    slip_font_dir: str = "/usr/share/fonts/opentype/noto"
    """Folder with the fonts of printed slips: Noto Sans CJK, where Debian's package
    fonts-noto-cjk puts it, and any further one for characters that it does not have."""
    sms_url: str = ""
    """Address of the SMS gateway: https, or http on loopback; see ``sms_http``."""
    sms_token_file: str = ""
    """File with the token that the gateway knows this service by; empty: none is sent along."""
    sms_file: str = ""
    """Without a gateway: file that text messages are appended to, one JSON object a line; empty:
    they are shown on the terminal, with the number masked."""
    sms_english: bool = False
    """Whether text messages say it in English too, on a second line."""
    jobs_every_s: Seconds = 60
    """How often messages are sent and audit logs signed, in seconds; reminders are queued once
    an hour, and by day."""
    documents_dir: str = ""
    """Folder for the documents that applicants hand in; empty: ``documents`` in ``state_dir``."""
    auto_endorse: bool = False
    """Whether an endorsement that was asked for in time, on a registration and a ground that
    still stand, is made without an officer; see ``automatic_endorsement``."""
    allow_demo_ids: bool = False
    """Whether permits may be granted on invented citizen numbers; for demonstrations only."""

    @property
    def clock_path(self) -> Path | None:
        """``clock_file`` as a path, where one is set."""
        return Path(self.clock_file) if self.clock_file else None

    @property
    def documents_path(self) -> Path:
        """``documents_dir`` as a path, or the folder that stands in for it."""
        return Path(self.documents_dir or Path(self.state_dir) / "documents")

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
