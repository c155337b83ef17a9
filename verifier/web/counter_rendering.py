"""Templates into the counter's pages: strict about what is missing, everything escaped.

A page holds nothing of a person; verdicts come later, to its scripts.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from markupsafe import Markup

from verifier.web.counter_language import LANGUAGES, CounterLanguage, catalogue, language_of
from verifier.web.counter_static import counter_address
from verifier.web.counter_words import words_for

TEMPLATES: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html"


@lru_cache(maxsize=len(LANGUAGES))
def counter_environment(language: CounterLanguage) -> Environment:
    """The templates as they are read in ``language``."""
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
        catalogue(language), newstyle=True
    )
    made.filters.update(json=_json, said=lambda named: _said(named, language))
    made.globals.update(
        language=language,
        languages=LANGUAGES,
        static=counter_address,
        words=words_for(language),
    )
    return made


def counter_page(
    request: Request[Any, Any, Any], name: str, /, status_code: int = 200, **context: Any
) -> Response[str]:
    """The template ``name`` as an answer in this person's language."""
    language = language_of(request)
    template = counter_environment(language).get_template(name)
    return Response(
        template.render(path=request.url.path, **context),
        status_code=status_code,
        media_type=HTML,
        headers={"Cache-Control": "no-store", "Content-Language": language.tag},
    )


def _said(named: Any, language: CounterLanguage) -> str:
    """The name of what has one in each language: ``name_zh``, ``name_en``."""
    name: str = getattr(named, f"name_{language.short}")
    return name


def _json(value: Any) -> Markup:
    """For a script element of type ``application/json``, which runs nothing."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - every character that could end it is escaped above
