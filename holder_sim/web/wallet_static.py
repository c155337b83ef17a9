"""Style sheet, scripts, marks, manifest and service worker; read once at start.

Addresses hold a digest of all files together, so a page and its scripts always fit one
another. The service worker stands at the top, for a worker reaches only what is below it.
"""

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from holder_sim.web.wallet_icons import SIZES, icon_png
from holder_sim.web.wallet_language import catalogue, language_of

FOLDER: Final = Path(__file__).parent / "static"
WORKER: Final = "wallet_worker.js"
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
SHELL: Final = (
    "/",
    "/add",
    "/add/residence-permit",
    "/mine",
    "/mine/licences",
    "/mine/licences/more",
    "/permit",
    "/permit/code",
    "/request",
    "/shown",
    "/lost",
)
"""Pages that hold nothing of a person, so that the worker may keep them."""
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_DIGEST_CHARACTERS: Final = 16


class StaticFile(Struct, frozen=True):
    """One file as it is served."""

    content: bytes
    media_type: str


@lru_cache(maxsize=1)
def static_files() -> dict[str, StaticFile]:
    """Every file by its name; what is not here does not exist, whatever a path says."""
    files = {
        path.name: StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(FOLDER.iterdir())
        if path.suffix in _MEDIA_TYPES
    }
    for size in SIZES:
        files[f"wallet_icon_{size}.png"] = StaticFile(icon_png(size), _MEDIA_TYPES[".png"])
    return files


@lru_cache(maxsize=1)
def static_digest() -> str:
    """Of all files together."""
    digest = sha256()
    for name, file in static_files().items():
        digest.update(name.encode() + b"\0" + sha256(file.content).digest())
    return digest.hexdigest()[:_DIGEST_CHARACTERS]


def static_address(name: str) -> str:
    """Where a page finds the file.

    Raises:
        KeyError: there is no such file; a fault of the template.
    """
    static_files()[name]
    return f"/static/{static_digest()}/{name}"


@get("/static/{digest:str}/{name:str}", cache_control=None)
async def static_file(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The file; under the digest of another version it is given, but not to be kept."""
    file = static_files().get(name)
    if file is None:
        raise NotFoundException("there is no such file")
    kept = FOREVER if digest == static_digest() else ASK_AGAIN
    return _answer(file.content, file.media_type, kept)


@get("/service-worker.js", cache_control=None)
async def service_worker() -> Response[bytes]:
    """The worker, told which version it is and what the shell consists of."""
    addresses = [static_address(name) for name in static_files() if name not in (WORKER, *_icons())]
    told = json.dumps({"version": static_digest(), "pages": SHELL, "files": addresses})
    script = static_files()[WORKER].content.replace(b'"SHELL"', told.encode())
    return _answer(script, _MEDIA_TYPES[".js"], ASK_AGAIN)


@get("/wallet.webmanifest", cache_control=None)
async def manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What a device needs to install the wallet as an app, in the language of its pages."""
    language = language_of(request)
    gettext = catalogue(language).gettext
    told = {
        "id": "/",
        "name": gettext("Residence permit wallet"),
        "short_name": gettext("Wallet"),
        "description": gettext("Keeps the electronic residence permit and shows it at counters."),
        "lang": language.tag,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#0e1d22",
        "theme_color": "#0c5b60",
        "icons": [
            {
                "src": static_address(name),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, name in zip(SIZES, _icons(), strict=True)
            for purpose in ("any", "maskable")
        ],
        "shortcuts": [
            {"name": gettext("Show the code"), "url": "/permit/code"},
            {"name": gettext("Answer a counter"), "url": "/request"},
        ],
    }
    text = json.dumps(told, ensure_ascii=False)
    return _answer(text.encode(), "application/manifest+json; charset=utf-8", ASK_AGAIN)


def _icons() -> tuple[str, ...]:
    return tuple(f"wallet_icon_{size}.png" for size in SIZES)


def _answer(content: bytes, media_type: str, cache_control: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers={"Cache-Control": cache_control})
