"""What every page needs to know of the service it belongs to; made once, in ``app.py``."""

from typing import Any

from litestar.connection import ASGIConnection
from msgspec import Struct

from keys.clock import Clock


class Pages(Struct, frozen=True, kw_only=True):
    """Stands in the application's state as ``pages``."""

    clock: Clock
    secure: bool
    """Reached by https: cookies are never sent without it."""
    demonstration: bool
    """Invented people are taken; every page says so."""
    session_absolute_s: int
    """How long a session lasts at most, in seconds from signing in."""


def pages_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Pages:
    """The setup of the application that serves this request."""
    pages: Pages = connection.app.state.pages
    return pages
