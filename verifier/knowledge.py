"""What a verifier goes by, put together from its settings: trust, status lists, bundles.

For the service and for its commands alike, so that both know the same of one folder.
"""

from pathlib import Path

from keys.certificates import certificate_from_pem
from keys.clock import Clock, clock_from
from keys.errors import TrustListError
from keys.signing_key import FileSigningKey, SigningKey
from verifier.bundle_exchange import ITEMS_COPY, BundleExchange
from verifier.bundle_store import BundleStore
from verifier.counter_log_store import CounterLog
from verifier.errors import ItemsFileError
from verifier.fetching import Fetcher, Unconnected
from verifier.service_items import ITEMS_FILE
from verifier.settings import Settings
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache


class Knowledge:
    """Caches and bundles of one verifier, over one folder."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is fetched or read yet but the certificate and the keys.

        Raises:
            keys.errors.TrustListError: there is no root certificate to believe anything by.
            keys.signing_key.MissingKeyError: the key for bundles cannot be used.
            ItemsFileError: there are no service items to put into bundles.
        """
        self.settings = settings
        self.root = root_certificate(settings)
        self.clock: Clock = clock_from(settings.clock_path)
        self.fetcher = Unconnected() if settings.offline else Fetcher()
        self.trust = TrustCache(
            settings.trust_list,
            root=self.root,
            directory=Path(settings.state_dir),
            fetcher=self.fetcher,
        )
        self.statuses = StatusCache(Path(settings.state_dir) / "status-lists", fetcher=self.fetcher)
        self.counter_log = CounterLog(Path(settings.state_dir) / "log")
        self.bundles = BundleStore(settings.bundle_dir, root=self.root)
        self.exchange = BundleExchange(
            store=self.bundles,
            directory=settings.bundle_dir,
            trust=self.trust,
            statuses=self.statuses,
            clock=self.clock,
            items=_own_items(settings),
            key=bundle_key(settings),
            source="" if settings.offline else settings.bundle_source,
        )


def bundle_key(settings: Settings) -> SigningKey | None:
    """The key that signs bundles here; ``None`` where this verifier makes none.

    Raises:
        keys.signing_key.MissingKeyError: it cannot be used.
    """
    stem = settings.bundle_key_stem
    return FileSigningKey.load(stem) if stem is not None else None


def root_certificate(settings: Settings) -> bytes:
    """The pinned root of the province (DER).

    Raises:
        keys.errors.TrustListError: there is none that can be read.
    """
    try:
        return certificate_from_pem(Path(settings.root_certificate).read_bytes())
    except (OSError, ValueError) as error:
        raise TrustListError(
            f"VERIFIER_ROOT_CERTIFICATE={settings.root_certificate} is no certificate that can"
            " be read.",
            remedy="Keys are made with: python -m keys init",
        ) from error


def items_file(settings: Settings) -> Path:
    """The service items to go by.

    The administrator's, where the settings name a file; else those of the bundle, for who is
    fed and makes none itself; else the built-in ones.
    """
    if settings.service_items:
        return Path(settings.service_items)
    copy = settings.bundle_dir / ITEMS_COPY
    return copy if settings.bundle_key_stem is None and copy.exists() else ITEMS_FILE


def _own_items(settings: Settings) -> bytes:
    path = items_file(settings)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ItemsFileError(f"{path.name} cannot be read: {error.strerror}") from error
