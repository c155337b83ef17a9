"""Sessions of the pages: kept on our side, named by a cookie, and over after a time.

A session begins when somebody has said who they are and not before, so that passers-by leave
nothing. Signing in takes a new name for it; whoever planted a cookie in a browser beforehand
then holds the name of nothing. What a request did not change is not written, so that a page
that was still loading cannot bring back a session that was signed out.

The OpenID endpoints have none of this: they are for wallets, and no cookie opens them.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.middleware import DefineMiddleware
from litestar.middleware.session.base import SessionMiddleware
from litestar.middleware.session.server_side import (
    ServerSideSessionBackend,
    ServerSideSessionConfig,
)
from litestar.stores.memory import MemoryStore
from litestar.types import Empty, Message, ScopeSession
from litestar.utils.scope.state import ScopeState

from issuer.web.page_setup import pages_of

SESSION_STORE: Final = "sessions"
"""The name of the store among the application's."""
STARTED_AT: Final = "started_at"
FLASH: Final = "flash"
_SESSION_BYTES: Final = 32
_LOADED: Final = "page_session_loaded"
_NEW_NAME: Final = "page_session_new_name"
Tone = Literal["good", "warn", "bad", "neutral"]


class PageSessionBackend(ServerSideSessionBackend):
    """Litestar's sessions, written only where something was put in or changed."""

    async def load_from_connection(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> dict[str, Any]:
        held = await super().load_from_connection(connection)
        if _outlived(connection, held):
            await self.delete(
                self.get_session_id(connection), self.config.get_store_from_app(connection.app)
            )
            held = {}
        connection.scope["state"][_LOADED] = self.serialize_data(held)
        return held

    async def store_in_message(
        self,
        scope_session: ScopeSession,
        message: Message,
        connection: ASGIConnection[Any, Any, Any, Any],
    ) -> None:
        before = connection.scope["state"].get(_LOADED, b"{}")
        if scope_session is not Empty:
            if self.serialize_data(scope_session) == before:
                return
            if await self._may_be_written(connection):
                await self._write(scope_session, message, connection)
            return
        await super().store_in_message(scope_session, message, connection)

    def get_session_id(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        chosen = connection.get_session_id()
        return chosen if chosen else super().get_session_id(connection)

    async def _write(
        self,
        scope_session: ScopeSession,
        message: Message,
        connection: ASGIConnection[Any, Any, Any, Any],
    ) -> None:
        """Keep the session, and name it by a cookie that says nothing of how long it lasts.

        Browsers are told the name once, so a time in it would end a session in use.
        """
        name, config = self.get_session_id(connection), self.config
        store = config.get_store_from_app(connection.app)
        await self.set(name, self.serialize_data(scope_session, connection.scope), store)
        cookie = Cookie(
            key=config.key,
            value=name,
            path=config.path,
            secure=config.secure,
            httponly=config.httponly,
            samesite=config.samesite,
        )
        MutableScopeHeaders.from_message(message).add("Set-Cookie", cookie.to_header(header=""))

    async def _may_be_written(self, connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
        """Under a new name where one begins; under the old one only while it is still there."""
        store = self.config.get_store_from_app(connection.app)
        if not connection.scope["state"].pop(_NEW_NAME, False):
            return await store.get(self.get_session_id(connection)) is not None
        await self.delete(self.get_session_id(connection), store)
        ScopeState.from_scope(connection.scope).session_id = self.generate_session_id()
        if isinstance(store, MemoryStore):
            # Nobody else clears the memory of a process; whoever begins a session does.
            await store.delete_expired()
        return True


class PageSessionConfig(ServerSideSessionConfig):
    """As Litestar's, with the backend above."""

    _backend_class = PageSessionBackend


def session_middleware(*, secure: bool, idle_s: int) -> DefineMiddleware:
    """Sessions that end ``idle_s`` seconds after their last request."""
    config = PageSessionConfig(
        key=cookie_name("session", secure=secure),
        max_age=idle_s,
        renew_on_access=True,
        secure=secure,
        httponly=True,
        samesite="lax",
        session_id_bytes=_SESSION_BYTES,
        store=SESSION_STORE,
    )
    backend = PageSessionBackend(config=config)
    return DefineMiddleware(SessionMiddleware, backend=backend)


def cookie_name(name: str, *, secure: bool) -> str:
    """With the prefix by which browsers refuse a cookie that another host has set."""
    return f"__Host-{name}" if secure else name


def begin_session(request: Request[Any, Any, Any], values: dict[str, Any], now: datetime) -> None:
    """A session under a new name, with ``values`` and nothing of what was there before."""
    request.scope["state"][_NEW_NAME] = True
    request.set_session({**values, STARTED_AT: now.isoformat()})


def end_session(request: Request[Any, Any, Any]) -> None:
    """Nothing is kept, and the cookie's name opens nothing any more."""
    request.scope["session"] = Empty


def say(request: Request[Any, Any, Any], sentence: str, tone: Tone = "good") -> None:
    """Have the next page say ``sentence``, a msgid; only where a session is."""
    request.session[FLASH] = [tone, sentence]


def said_before(request: Request[Any, Any, Any]) -> tuple[str, str] | None:
    """Tone and msgid of what the last request had to say; told once."""
    session = request.scope.get("session")
    if not isinstance(session, dict) or FLASH not in session:
        return None
    tone, sentence = session.pop(FLASH)
    return tone, sentence


def _outlived(connection: ASGIConnection[Any, Any, Any, Any], held: dict[str, Any]) -> bool:
    if STARTED_AT not in held:
        return False
    pages = pages_of(connection)
    age = pages.clock() - datetime.fromisoformat(held[STARTED_AT])
    return not timedelta(0) <= age < timedelta(seconds=pages.session_absolute_s)
