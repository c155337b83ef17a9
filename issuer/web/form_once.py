"""A form that is sent twice acts once: a double click, a reload, a second tab.

Each page gives its forms a name that nobody used before. The first request that brings it acts;
any later one with the same name, to the same address, is told so and changes nothing. A name
says nothing and opens nothing: who may act, and from which page, is asked elsewhere.
"""

from secrets import token_urlsafe
from typing import Any, Final

from litestar import Request

from issuer.web.page_forms import Form
from keys.one_time import OneTimeStore

FIELD: Final = "once"
"""The hidden field that carries the name."""
REMEMBERED_S: Final = 24 * 3600
"""How long a name stays used, in seconds: longer than any session."""
_BYTES: Final = 16
_MAX_CHARACTERS: Final = 64


def new_name() -> str:
    """A name for the forms of one page."""
    return token_urlsafe(_BYTES)


class FormOnce:
    """Remembers which forms were sent; of several processes, in the store they share."""

    def __init__(self, one_time: OneTimeStore) -> None:
        self._one_time = one_time

    async def first(self, request: Request[Any, Any, Any], form: Form) -> bool:
        """Whether this form comes for the first time; one without a name never does.

        Raises:
            keys.one_time.StoreUnavailableError, StoreFullError: nobody can say; nothing is done.
        """
        name = form.text(FIELD)
        if not 1 <= len(name) <= _MAX_CHARACTERS:
            return False
        # Of several forms on one page each may be sent once.
        return await self._one_time.claim(f"form:{request.url.path}:{name}", REMEMBERED_S)
