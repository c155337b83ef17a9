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

from holder_sim.errors import BusyError, LockedError
from holder_sim.held_credential import Holdings
from keys.durable_file import sync_folder, write_durably
from keys.sealed_box import KEY_BYTES, derive_key, seal, unseal

_SEALED_FOR = b"holdings/1"


class Vault:
    """The sealed file and the device secret in one folder."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def device_key(self) -> bytes:
        """The key of the vault. For ``face_check.unlock`` alone to ask."""
        return _key_from(self._secret())

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
            LockedError: the vault was emptied since the key was made.
            keys.errors.SealError: as ``read``; then nothing was written.
        """
        with exclusive(self._directory):
            self._check_key(key)
            holdings = change(self.read(key))
            sealed = seal(key, msgspec.json.encode(holdings), associated=_SEALED_FOR)
            write_durably(self._file, sealed)
        return holdings

    def erase(self) -> None:
        """Remove what is kept and the secret it was sealed with, so that no copy opens again.

        Needs no key: whoever holds a phone can throw it away. Keys made before open nothing.

        Raises:
            BusyError: another process is fetching copies, which would be kept afterwards.
        """
        with self.collecting(), exclusive(self._directory):
            # The secret first: after a crash in between, what is left cannot be read.
            self._secret_file.unlink(missing_ok=True)
            self._file.unlink(missing_ok=True)
            sync_folder(self._directory)

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
    def holds_something(self) -> bool:
        """Whether anything is kept; what it is only a key opens."""
        return self._file.exists()

    @property
    def _file(self) -> Path:
        return self._directory / "vault.sealed"

    def _secret(self) -> bytes:
        path = self._secret_file
        with exclusive(self._directory):
            if not path.exists():
                write_durably(path, os.urandom(KEY_BYTES))
            return path.read_bytes()

    def _check_key(self, key: bytes) -> None:
        # A process that was unlocked before the vault was emptied must not fill it again with
        # what no later key opens.
        try:
            secret = self._secret_file.read_bytes()
        except FileNotFoundError:
            secret = b""
        if _key_from(secret) != key:
            raise LockedError(
                "the permit was removed from this device", remedy="Pass the face check again."
            )

    @property
    def _secret_file(self) -> Path:
        return self._directory / "device.secret"


def _key_from(secret: bytes) -> bytes:
    return derive_key(secret, salt=b"wallet", purpose="vault")


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Keep every other process out of the folder's files for a moment."""
    lock = os.open(directory / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
