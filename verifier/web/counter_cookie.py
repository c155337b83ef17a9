"""The cookie by which a browser is a counter, and the counter that it stands for."""

from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie

from verifier.counter_desks import CounterDesks, Desk, NoDeskError

DESK_COOKIE: Final = "counter-desk"
DESK_COOKIE_PATH: Final = "/counter"
MAX_AGE_S: Final = 400 * 86_400
"""The longest that browsers keep a cookie; each page opened begins it anew."""


def desk_secret(request: Request[Any, Any, Any]) -> str | None:
    """What this browser holds."""
    return request.cookies.get(DESK_COOKIE)


def desk_cookie(secret: str, base_url: str) -> Cookie:
    """For this browser to hold."""
    return Cookie(
        key=DESK_COOKIE,
        value=secret,
        path=DESK_COOKIE_PATH,
        max_age=MAX_AGE_S,
        httponly=True,
        samesite="strict",
        secure=base_url.startswith("https:"),
    )


def desk_of(request: Request[Any, Any, Any], desks: CounterDesks) -> Desk:
    """The counter that this browser is.

    Raises:
        NoDeskError: it is none.
    """
    desk = desks.find(desk_secret(request))
    if desk is None:
        raise NoDeskError(
            "this browser is not set up as a counter",
            remedy="An administrator sets it up at /counter/setup.",
        )
    return desk
