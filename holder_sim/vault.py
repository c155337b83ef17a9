"""What the wallet keeps, sealed on disk; it opens only for an unlock.

The key of the vault is derived from a secret of the device at each unlock and lives no
longer than that. On a phone the secret never leaves secure hardware and the hardware
demands the face; here a file of mode 0600 stands for it, which protects against someone
who gets the vault without the device, and against nothing more.

Writes are durable and whole (``keys/durable_file.py``): after a crash at any line either the
old or the new holdings are there. Changes read, alter
and write under a lock on the folder, so that a command and the service do not undo each
other's.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from holder_sim.errors import BusyError
from holder_sim.held_credential import Holdings
from keys.durable_file import write_durably
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

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Let one process at a time ask an issuer for copies; a refresh token works once.

        Raises:
            BusyError: another process is at it.
        """
        lock = os.open(self._directory / "collecting.lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            try:
                # Not waited for: the other may take as long as its network does.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(
                    "this wallet is fetching copies already", remedy="Try again in a moment."
                ) from error
            yield
        finally:
            os.close(lock)

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
