"""The language of a page: Chinese or English, chosen by a person or by their browser.

Sentences stand in templates and handlers in English; ``locales/zh_CN.po`` has the Chinese. It
is read once at start, so there is no build step and no compiled file to forget.
"""

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from litestar import Request, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from msgspec import Struct

LOCALES: Final = Path(__file__).parent / "locales"
COOKIE: Final = "language"
COOKIE_MAX_AGE_S: Final = 365 * 86_400
MAX_HEADER_CHARACTERS: Final = 256
"""Of an Accept-Language header that are read."""


class Language(Struct, frozen=True):
    """A language the pages are written in."""

    tag: str
    """As in HTML and HTTP."""
    locale: str
    """As Babel and gettext call it."""
    name: str
    """In the language itself."""


CHINESE: Final = Language("zh-CN", "zh_CN", "中文")
ENGLISH: Final = Language("en", "en", "English")
LANGUAGES: Final = (CHINESE, ENGLISH)
"""The first one is for whoever says nothing."""


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: Language) -> NullTranslations:
    """What gettext needs for ``language``; English is what stands in the source."""
    path = LOCALES / f"{language.locale}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The language this person chose, or the one their browser asks for first."""
    chosen = request.cookies.get(COOKIE)
    for language in LANGUAGES:
        if language.tag == chosen:
            return language
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The best of our languages for an Accept-Language header; Chinese wins a draw."""
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for part in accept_language[:MAX_HEADER_CHARACTERS].split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.split("-")[0].lower()
        for language in LANGUAGES:
            if language.tag.split("-")[0] == primary:
                weights[language] = max(weights[language], _weight(parameter))
    return max(LANGUAGES, key=lambda language: weights[language])


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def local_path(text: str, *, otherwise: str = "/") -> str:
    """``text`` if it is a path of this service; nobody is sent away by a link made for it."""
    ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if ours and text.isprintable() and "\\" not in text else otherwise


class LanguageChoice(Struct, frozen=True):
    """The form with which somebody changes the language."""

    language: str
    back: str = "/"


# Only a cookie is set, so no token is asked for: error pages without a session have the form too.
@post("/language", status_code=HTTP_303_SEE_OTHER, opt={"exclude_from_csrf": True})
async def choose_language(
    request: Request[Any, Any, Any],
    data: Annotated[LanguageChoice, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """Keep the choice in a cookie and go back to the page it was made on."""
    known = [language.tag for language in LANGUAGES if language.tag == data.language]
    cookies = [
        Cookie(
            key=COOKIE,
            value=tag,
            max_age=COOKIE_MAX_AGE_S,
            httponly=True,
            samesite="lax",
            secure=request.app.state.pages.secure,
        )
        for tag in known
    ]
    return Redirect(local_path(data.back), status_code=HTTP_303_SEE_OTHER, cookies=cookies)
