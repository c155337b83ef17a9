"""The register as a command opens it: by the settings of the environment, and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ

from issuer.settings import Settings, load_settings
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import Clock, clock_from


@contextmanager
def opened_register() -> Iterator[tuple[Settings, IssuerStorage, Clock]]:
    """Settings, register and clock; ``StorageError`` where the register cannot be opened."""
    settings = load_settings(environ)
    storage = SqlIssuerStorage(settings.database)
    try:
        yield settings, storage, clock_from(settings.clock_path)
    finally:
        storage.close()
