"""The key that seals what the counter log holds about people, and how the log can fail.

The key lies beside the log, for its owner only. It is made once; a log without its key is
closed for good, and its counts can still be read.
"""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keys.durable_file import sync_folder
from keys.sealed_box import KEY_BYTES
from schemas.errors import ServiceError

KEY_FILE = "counter-log.key"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LogError(ServiceError):
    """The counter log cannot be written or read."""

    code = "log_unavailable"
    http_status = 500


class LogDiskFullError(LogError):
    """There is no room for another entry."""

    code = "log_disk_full"
    http_status = 507


class LogKey:
    """The key of one log, read or made when it is first needed."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / KEY_FILE
        self._value = b""

    def value(self) -> bytes:
        """32 bytes.

        Raises:
            LogError: the file holds something else, or cannot be read or made.
        """
        if not self._value:
            with as_log_error():
                if not self._path.exists():
                    self._make()
                key = self._path.read_bytes()
            if len(key) != KEY_BYTES:
                raise LogError(
                    f"{KEY_FILE} is no key", remedy="Put the key back that belongs to this log."
                )
            self._value = key
        return self._value

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._path.parent, prefix=".key-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # Whole or not at all, and of two processes that make one, the first one's counts.
            with suppress(FileExistsError):
                os.link(draft, self._path)
        finally:
            Path(draft).unlink(missing_ok=True)
        sync_folder(self._path.parent)


@contextmanager
def as_log_error() -> Iterator[None]:
    """Turn what the disk and the database raise into errors that say what to do.

    Raises:
        LogDiskFullError, LogError: in place of ``OSError`` and ``sqlite3.Error``.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        if full or getattr(error, "errno", None) in _NO_ROOM:
            raise LogDiskFullError(
                "there is no room for the counter log", remedy="Make room on the disk."
            ) from error
        raise LogError(
            f"the counter log cannot be used: {type(error).__name__}",
            remedy="See that its folder can be written, and that it is the log's own file.",
        ) from error
