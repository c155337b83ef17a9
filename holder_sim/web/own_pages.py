"""Only the wallet's own pages, on this machine, may talk to its interface.

Any page in the browser can send requests to a port of this machine. A browser says where
a page comes from (Origin), and under which name it reached us (Host): both must be ours,
the second because a name of someone else's can be made to lead here. Where a browser says
what a request is for (Sec-Fetch), other sites may do nothing but lead somebody to a page.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from holder_sim.errors import ForeignPageError
from schemas.endpoint_url import LOOPBACK_HOSTS

_OWN = frozenset({"same-origin", "none"})
"""``none``: typed, or opened by the device itself."""


class OwnPagesOnly:
    """Refuses requests that other sites' pages make; called before each handler."""

    def __init__(self, host: str) -> None:
        self._hosts = LOOPBACK_HOSTS | {host}

    async def __call__(self, request: Request[Any, Any, Any]) -> None:
        """Raise ``ForeignPageError`` where Host or Origin are not ours."""
        host = request.headers.get("host", "")
        if _hostname(f"//{host}") not in self._hosts:
            raise ForeignPageError("the wallet was reached under a name that is not its own")
        origin = request.headers.get("origin")
        if origin is not None and origin != f"{request.url.scheme}://{host}":
            raise ForeignPageError("a page of another site may not use the wallet")
        if request.headers.get("sec-fetch-site", "none") not in _OWN and not _leads_here(request):
            raise ForeignPageError("a page of another site may not load parts of the wallet")


def _leads_here(request: Request[Any, Any, Any]) -> bool:
    """Somebody followed a link to a page: neither a frame, nor a picture, nor a script."""
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
