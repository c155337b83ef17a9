"""The secret that signs the tokens in forms: made once, kept beside the register.

All processes of a service share the folder, so a form that one of them gave out is taken by
every other, and after a restart too.
"""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

_NAME: Final = "page-secret"
_BYTES: Final = 32


def page_secret(state_dir: Path) -> str:
    """The secret of the service whose folder this is; made where there is none yet.

    Raises:
        OSError: the folder cannot be used.
    """
    path = state_dir / _NAME
    if not path.exists():
        state_dir.mkdir(parents=True, exist_ok=True)
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    # Written aside and linked: of two processes that start at once one wins, and neither
    # can read half a secret.
    aside = path.with_name(f"{_NAME}.{token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token_hex(_BYTES))
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
