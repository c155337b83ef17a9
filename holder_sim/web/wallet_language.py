"""The language of the wallet's pages: Chinese or English, by choice or by the browser's wish.

Sentences stand in templates and in ``wallet_words.py`` in English; ``locales/zh_CN.po`` has
the Chinese. It is read once at start, so no compiled file can be forgotten.
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
COOKIE: Final = "wallet-language"
COOKIE_MAX_AGE_S: Final = 365 * 86_400
MAX_HEADER_CHARACTERS: Final = 256
"""Of an Accept-Language header that are read."""


class WalletLanguage(Struct, frozen=True):
    """A language the pages are written in."""

    tag: str
    """As in HTML and HTTP."""
    locale: str
    """As gettext calls it."""
    name: str
    """In the language itself."""


CHINESE: Final = WalletLanguage("zh-CN", "zh_CN", "中文")
ENGLISH: Final = WalletLanguage("en", "en", "English")
LANGUAGES: Final = (CHINESE, ENGLISH)
"""The first is for whoever says nothing."""


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: WalletLanguage) -> NullTranslations:
    """What gettext needs for ``language``; English is what stands in the source."""
    path = LOCALES / f"{language.locale}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language.locale)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(request: Request[Any, Any, Any]) -> WalletLanguage:
    """The language this person chose, or the one their browser asks for first."""
    chosen = request.cookies.get(COOKIE)
    for language in LANGUAGES:
        if language.tag == chosen:
            return language
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> WalletLanguage:
    """The best of ours for an Accept-Language header; Chinese wins a draw."""
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


class LanguageForm(Struct, frozen=True):
    """The form with which somebody changes the language."""

    language: str
    back: str = "/"


@post("/language", status_code=HTTP_303_SEE_OTHER)
async def choose_language(
    data: Annotated[LanguageForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """Keep the choice in a cookie and go back to the page it was made on."""
    cookies = [
        Cookie(
            key=COOKIE,
            value=language.tag,
            max_age=COOKIE_MAX_AGE_S,
            httponly=True,
            samesite="strict",
        )
        for language in LANGUAGES
        if language.tag == data.language
    ]
    return Redirect(own_path(data.back), status_code=HTTP_303_SEE_OTHER, cookies=cookies)


def own_path(text: str) -> str:
    """``text`` if it is a path of this wallet, else the start: no link leads elsewhere."""
    ours = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if ours and text.isprintable() else "/"
