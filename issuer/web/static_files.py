"""Style sheet, scripts and marks: read once at start, and named by what is in them.

The address holds a digest of all files together, so a page and its scripts always fit one
another, browsers keep them for good, and a new version is another address.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from issuer.web.conditional_answers import published

FOLDER: Final = Path(__file__).parent / "static"
FOREVER_S: Final = 365 * 86_400
"""How long a browser keeps a file under its own digest, in seconds."""
MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_DIGEST_CHARACTERS: Final = 16


class StaticFile(Struct, frozen=True):
    """One file as it is served."""

    text: str
    media_type: str
    entity_tag: str


@lru_cache(maxsize=1)
def static_files() -> dict[str, StaticFile]:
    """Every file by its name; what is not here does not exist, whatever a path says."""
    files = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in MEDIA_TYPES:
            text = path.read_text(encoding="utf-8")
            tag = sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
            files[path.name] = StaticFile(text, MEDIA_TYPES[path.suffix], tag)
    return files


@lru_cache(maxsize=1)
def static_digest() -> str:
    """Of all files together."""
    together = "".join(f"{name} {file.entity_tag}\n" for name, file in static_files().items())
    return sha256(together.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def static_address(name: str) -> str:
    """Where a page finds the file.

    Raises:
        KeyError: there is no such file; a fault of the template.
    """
    static_files()[name]
    return f"/static/{static_digest()}/{name}"


@get("/static/{digest:str}/{name:str}")
async def static_file(
    request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]
) -> Response[str]:
    """The file; under the digest of another version it is given, but not to be kept."""
    file = static_files().get(name)
    if file is None:
        raise NotFoundException("there is no such file")
    return published(
        request,
        file.text,
        media_type=file.media_type,
        entity_tag=file.entity_tag,
        max_age_s=FOREVER_S if digest == static_digest() else 0,
    )
