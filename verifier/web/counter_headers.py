"""What every answer of the counter's pages tells a browser: nothing from or to elsewhere.

The pages load only what this service serves, hold no script or style in their text, cannot be
framed, and tell no other site where somebody came from. A portrait comes inside the verdict
and is shown from there, hence ``data:`` for pictures.
"""

from typing import Any, Final

from litestar import Response

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
COUNTER_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser would hide the origin of our own forms, too: see counter_guard.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # The camera reads codes; the lock keeps the screen on between two people.
    "Permissions-Policy": (
        "camera=(self), screen-wake-lock=(self), microphone=(), geolocation=(), payment=(), usb=()"
    ),
}


def add_counter_headers(response: Response[Any]) -> Response[Any]:
    """The answer with what every answer carries."""
    response.headers.update(COUNTER_HEADERS)
    return response
