"""Style sheet, scripts and marks of the counter's pages; read once at start.

Addresses hold a digest of all files together, so a page and its scripts always fit one
another, and a browser may keep them for ever. Scripts name each other without a digest: they
lie in the same folder of the address.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

FOLDER: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
_MEDIA_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_DIGEST_CHARACTERS: Final = 16


class CounterFile(Struct, frozen=True):
    """One file as it is served."""

    content: bytes
    media_type: str


@lru_cache(maxsize=1)
def counter_files() -> dict[str, CounterFile]:
    """Every file by its name; what is not here does not exist, whatever a path says."""
    return {
        path.name: CounterFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(FOLDER.iterdir())
        if path.suffix in _MEDIA_TYPES
    }


@lru_cache(maxsize=1)
def counter_digest() -> str:
    """Of all files together."""
    digest = sha256()
    for name, file in counter_files().items():
        digest.update(name.encode() + b"\0" + sha256(file.content).digest())
    return digest.hexdigest()[:_DIGEST_CHARACTERS]


def counter_address(name: str) -> str:
    """Where a page finds the file.

    Raises:
        KeyError: there is no such file; a fault of the template.
    """
    counter_files()[name]
    return f"/counter/static/{counter_digest()}/{name}"


@get("/counter/static/{digest:str}/{name:str}", cache_control=None)
async def counter_file(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The file; under the digest of another version it is given, but not to be kept."""
    file = counter_files().get(name)
    if file is None:
        raise NotFoundException("there is no such file")
    kept = FOREVER if digest == counter_digest() else ASK_AGAIN
    return Response(file.content, media_type=file.media_type, headers={"Cache-Control": kept})
