"""Headers on every answer, refusals included: what a browser may do with it.

Pages may use our own style, scripts and pictures and send forms to us; nothing of another host
is ever loaded, and nobody frames a page. Everything that is no page may do nothing at all. An
answer that sets a policy of its own keeps it: a document that was handed in is stricter still.
"""

from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from issuer.web.page_setup import Pages

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""For the OpenID endpoints and files."""
PAGE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    # Not none: browsers then send forms with an Origin of null, which looks like another site.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""For pages."""


HTTPS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""For a service that is reached by https: browsers come by nothing else for a year."""


async def add_security_headers(message: Message, scope: Scope) -> None:
    """On every answer, refusals included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        page = headers.get("content-type", "").startswith("text/html")
        pages: Pages | None = scope["litestar_app"].state.get("pages")
        always = HTTPS_ONLY if pages and pages.secure else {}
        for name, value in ((PAGE_HEADERS if page else SECURITY_HEADERS) | always).items():
            headers.setdefault(name, value)
