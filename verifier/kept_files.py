"""Small files that must survive a restart whole: the old content or the new, never half."""

import os
import tempfile
from pathlib import Path


def write_kept(path: Path, data: bytes) -> None:
    """Replace ``path`` in one step; folders are made as needed.

    Raises:
        OSError: the disk is full or the folder may not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read_kept(path: Path, *, max_bytes: int) -> bytes | None:
    """The content, or ``None`` if there is no such file or it is longer than expected."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return data if len(data) <= max_bytes else None
