"""Only the counter's own pages may use its interface.

Any page in a clerk's browser can send requests to this service. A browser says under which
name it reached us (Host), where a page comes from (Origin) and what a request is for
(Sec-Fetch). The name must be ours, because a name of someone else's can be made to lead here;
whatever changes or checks something must say that it comes from a page of ours; other sites
may do nothing but lead somebody to a page.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request

from schemas.endpoint_url import LOOPBACK_HOSTS
from schemas.errors import ServiceError

_OWN: Final = frozenset({"same-origin", "none"})
"""``none``: typed, or a bookmark."""
_READING: Final = frozenset({"GET", "HEAD"})


class ForeignCounterPageError(ServiceError):
    """A request that does not come from a page of this service."""

    code = "foreign_page"
    http_status = 403


class OwnCounterPages:
    """Refuses what other sites' pages send; called before each handler of the counter."""

    def __init__(self, base_url: str, host: str) -> None:
        """``base_url`` and ``host`` as in the settings: the names this service is known by."""
        self._base_url = base_url
        self._hosts = {*LOOPBACK_HOSTS, host, _hostname(base_url)}

    async def __call__(self, request: Request[Any, Any, Any]) -> None:
        """Raise ``ForeignCounterPageError`` where a request is not from our own pages."""
        host = request.headers.get("host", "")
        if _hostname(f"//{host}") not in self._hosts:
            raise ForeignCounterPageError(
                "this service was reached under another name than its own"
            )
        origin = request.headers.get("origin")
        if not self._is_ours(origin, request.method, f"{request.url.scheme}://{host}"):
            raise ForeignCounterPageError("a page of another site may not use the counter")
        if request.headers.get("sec-fetch-site", "none") not in _OWN and not _leads_here(request):
            raise ForeignCounterPageError(
                "a page of another site may not load parts of the counter"
            )

    def _is_ours(self, origin: str | None, method: str, reached: str) -> bool:
        # Browsers name the origin with every request that could change something.
        if origin is None:
            return method in _READING
        # Behind a proxy that ends TLS the scheme we see is not the one of the page.
        return origin in (reached, self._base_url)


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
