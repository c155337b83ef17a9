"""A browser in front of the desk, as far as it sends forms and keeps cookies."""

import html
import re
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from argon2.profiles import CHEAPEST
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.officer import Role
from issuer.officer_account import Account
from issuer.passwords import Passwords
from issuer.storage import IssuerStorage
from issuer.web import officer_routes
from keys.clock import system_clock

PASSWORD: Final = "correct horse battery"


CHEAP: Final = Passwords(CHEAPEST)
_HASH: Final = CHEAP.hash(PASSWORD)


def use_cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """For services that are made from now on: the same hashes, which cost nothing to compare."""
    monkeypatch.setattr(officer_routes, "Passwords", lambda: CHEAP)


def add_account(storage: IssuerStorage, officer_id: str, *roles: Role) -> Account:
    """An officer of Lucheng, who has chosen ``PASSWORD``."""
    now = system_clock() - timedelta(minutes=1)
    made = Account(
        id=officer_id,
        county="330302",
        name="李示范",
        roles=frozenset(roles),
        password_hash=_HASH,
        password_set_at=now,
        sessions_from=now,
        must_change=False,
    )
    with storage.transaction() as tx:
        tx.add_account(made)
    return made


class DeskVisitor:
    """One browser; what it was shown last is ``page``."""

    def __init__(self, http: AsyncTestClient[Litestar]) -> None:
        self.http = http
        self.page = ""
        self.token = ""

    async def get(self, path: str) -> httpx.Response:
        return self._seen(await self.http.get(path, follow_redirects=False))

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """A form of the page shown last, its token included."""
        form = {"_csrf_token": self.token, **fields}
        return self._seen(await self.http.post(path, data=form, follow_redirects=False))

    async def sign_in(self, officer_id: str, password: str, **fields: Any) -> httpx.Response:
        await self.get("/desk/sign-in")
        return await self.post("/desk/sign-in", officer_id=officer_id, password=password, **fields)

    @property
    def session(self) -> str | None:
        """The name of the session, as the cookie has it."""
        return self.http.cookies.get("session")

    def options(self) -> str:
        """What the page asks the browser's passkeys for."""
        found = re.search(r'data-options="([^"]*)"', self.page)
        assert found, self.page
        return html.unescape(found[1])

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
            found = re.search(r'name="_csrf_token" value="([^"]*)"', self.page)
            self.token = found[1] if found else self.token
        return answer


def where(answer: httpx.Response) -> str:
    """Where an answer sends the browser, which must be with GET."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])
