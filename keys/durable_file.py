"""Files that a crash leaves whole: the old content or the new, never half.

For what a process may not lose once it said that it has it: keys, the signed trust list, a
wallet's holdings.
"""

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file's content; when it returns, that is on disk. Mode 0600.

    Of two processes that write one file at once, one may fail: callers keep them apart.

    Raises:
        OSError: the disk is full or the folder may not be written; then the old content stays.
    """
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force to disk which files the folder holds, after one was made or renamed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
