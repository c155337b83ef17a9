"""Templates into answers: one environment a language, strict about what is missing.

A template that names something nobody gave it fails (``StrictUndefined``), and everything put
into it is escaped. Personal pages are kept by nobody: browsers ask again each time.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from issuer.web.page_filters import filters_for
from issuer.web.page_language import LANGUAGES, Language, language_of, translations
from issuer.web.page_sessions import cookie_name, said_before
from issuer.web.page_setup import pages_of
from issuer.web.static_files import static_address

TEMPLATES: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html"


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: Language) -> Environment:
    """The templates as they are read in ``language``: ``_``, ``language`` and the filters."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_translations(  # type: ignore[attr-defined]
        translations(language), newstyle=True
    )
    made.filters.update(filters_for(language))
    made.filters["json"] = _json
    made.globals.update(
        language=language,
        locale=language.locale,
        languages=LANGUAGES,
        static=static_address,
    )
    return made


def render(
    request: Request[Any, Any, Any], name: str, /, status_code: int = 200, **context: Any
) -> Response[str]:
    """The template ``name`` as an HTML answer in this person's language.

    To what is given come ``now``, ``path``, ``query``, ``officer`` (from the request's state,
    where a dependency has put it), ``session``, ``flash``, ``demonstration``, ``csrf_field``.
    """
    language = language_of(request)
    template = environment(language).get_template(name)
    text = template.render({**_everywhere(request), **context})
    return Response(
        text,
        status_code=status_code,
        media_type=HTML,
        headers={"Cache-Control": "no-store", "Content-Language": language.tag},
    )


def _everywhere(request: Request[Any, Any, Any]) -> dict[str, Any]:
    pages = pages_of(request)
    session = request.scope.get("session")
    return {
        "path": request.scope["path"],
        "query": request.scope["query_string"].decode("latin-1"),
        "now": pages.clock(),
        "officer": request.scope["state"].get("officer"),
        "flash": said_before(request),
        "session": session if isinstance(session, dict) else {},
        "demonstration": pages.demonstration,
        "csrf_field": _csrf_field(request),
    }


def _csrf_field(request: Request[Any, Any, Any]) -> Callable[[], Markup]:
    token = ScopeState.from_scope(request.scope).csrf_token
    if not isinstance(token, str):
        # A page about an error, made before the token was looked at: the cookie's will do.
        token = request.cookies.get(cookie_name("form", secure=pages_of(request).secure), "")
    field = Markup('<input type="hidden" name="_csrf_token" value="{}">').format(token)
    return lambda: field


def _json(value: Any) -> Markup:
    """For a ``data-`` attribute or a script element of type ``application/json``."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&'":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - every character that could end it is escaped above
