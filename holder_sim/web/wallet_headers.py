"""What every answer of the wallet tells a browser: nothing from elsewhere, nothing to elsewhere.

The pages load only what this service serves, hold no script or style in their text, cannot be
framed, and tell no other site where somebody came from.
"""

from typing import Any, Final

from litestar import Response

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # The camera is for the face check, the lock for the screen a counter reads from.
    "Permissions-Policy": (
        "camera=(self), screen-wake-lock=(self), microphone=(), geolocation=(), payment=(), usb=()"
    ),
}


def add_headers(response: Response[Any]) -> Response[Any]:
    """The answer with what every answer carries."""
    response.headers.update(HEADERS)
    return response
