"""Where forms come from: a token in every form, and what the browser says of its page.

The token in the form must be the one in the cookie, and signed here. A cookie that this service
did not sign, left by an earlier one or by another port of the host, is none: a new one takes
its place, for with the old one no form would ever be taken again.
"""

from typing import Any, Final

from litestar.config.csrf import CSRFConfig
from litestar.connection import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException, NotFoundException, PermissionDeniedException
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send

from issuer.web.page_sessions import cookie_name

TOKEN_FIELD: Final = "_csrf_token"  # noqa: S105 - the name of a field
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})


class PageTokens(CSRFMiddleware):
    """Litestar's check, which is not stopped by a foreign cookie or a form that nobody can read."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = scope["litestar_app"].request_class(
            scope=scope, receive=receive
        )
        if request.method in _SAFE_METHODS:
            self._forget_foreign_cookie(request)
            await super().__call__(scope, receive, send)
            return
        form = await _form_of(request)
        try:
            if not isinstance(form.get(TOKEN_FIELD, ""), str):
                raise PermissionDeniedException("the token of the form is a file")
            await super().__call__(scope, receive, send)
        finally:
            # Whoever refused it has not read its files.
            await form.close()

    def _forget_foreign_cookie(self, request: Request[Any, Any, Any]) -> None:
        held = request.cookies.get(self.config.cookie_name)
        if held is not None and self._decode_csrf_token(held) is None:
            # Out of what the request is remembered to have brought, for all who read it.
            del request.cookies[self.config.cookie_name]


def csrf_middleware(*, secure: bool, secret: str) -> DefineMiddleware:
    """A token in every form that must match the one in the cookie."""
    config = CSRFConfig(
        secret=secret,
        cookie_name=cookie_name("form", secure=secure),
        cookie_secure=secure,
        cookie_httponly=True,
        cookie_samesite="lax",
    )
    return DefineMiddleware(PageTokens, config=config)


async def refuse_odd_requests(request: Request[Any, Any, Any]) -> None:
    """Before every handler: the form was sent from a page of ours, says the browser.

    The token says the same; this holds even where a token was stolen or planted. Browsers that
    send no such header are left to the token. No page has an address with a NUL in it either,
    and no register takes one.

    Raises:
        PermissionDeniedException: the request comes from another site.
        NotFoundException: the address cannot be one of ours.
        ClientException: the name of the host is none.
    """
    site = request.headers.get("sec-fetch-site", "none")
    if request.method not in _SAFE_METHODS and site not in _OWN_SITE:
        raise PermissionDeniedException("the form was sent from another site")
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise NotFoundException("there is no such page")
    try:
        _ = request.url
    except ValueError as error:
        raise ClientException("the Host header names no host") from error


async def _form_of(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The form, read once: it is remembered for the check of its token, and for the handler."""
    try:
        return await request.form()
    # Of a character set that nobody knows, or not of the one that it says.
    except (LookupError, UnicodeError) as error:
        raise ClientException("the form cannot be read") from error
