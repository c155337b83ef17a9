"""What the wallet keeps, sealed on disk; it opens only for an unlock.

The key of the vault is derived from a secret of the device at each unlock and lives no
longer than that. On a phone the secret never leaves secure hardware and the hardware
demands the face; here a file of mode 0600 stands for it, which protects against someone
who gets the vault without the device, and against nothing more.

A write goes to a new file, is forced to disk and then takes the old one's name: after a
crash at any line either the old or the new holdings are there, whole. Changes read, alter
and write under a lock on the folder, so that a command and the service do not undo each
other's.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from holder_sim.held_credential import Holdings
from keys.sealed_box import KEY_BYTES, derive_key, seal, unseal

_SEALED_FOR = b"holdings/1"


class Vault:
    """The sealed file and the device secret in one folder."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def device_key(self) -> bytes:
        """The key of the vault. For ``face_check.unlock`` alone to ask."""
        return derive_key(self._secret(), salt=b"wallet", purpose="vault")

    def read(self, key: bytes) -> Holdings:
        """The holdings; empty where nothing was kept yet.

        Raises:
            keys.errors.SealError: another device's vault, or changed.
        """
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return Holdings()
        return msgspec.json.decode(unseal(key, sealed, associated=_SEALED_FOR), type=Holdings)

    def change(self, key: bytes, change: Callable[[Holdings], Holdings]) -> Holdings:
        """Keep what ``change`` makes of the holdings; when it returns, that is on disk.

        Raises:
            keys.errors.SealError: as ``read``; then nothing was written.
        """
        with exclusive(self._directory):
            holdings = change(self.read(key))
            sealed = seal(key, msgspec.json.encode(holdings), associated=_SEALED_FOR)
            write_durably(self._file, sealed)
        return holdings

    @property
    def _file(self) -> Path:
        return self._directory / "vault.sealed"

    def _secret(self) -> bytes:
        path = self._directory / "device.secret"
        with exclusive(self._directory):
            if not path.exists():
                write_durably(path, os.urandom(KEY_BYTES))
            return path.read_bytes()


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Keep every other process out of the folder's files for a moment."""
    lock = os.open(directory / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file's content so that a crash leaves the old or the new, never half."""
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
