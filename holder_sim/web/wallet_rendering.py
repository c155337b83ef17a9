"""Templates into pages: strict about what is missing, everything escaped, kept by nobody.

Pages hold no claim and no secret. What is personal comes later, over the wallet's interface
and behind a face check.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from markupsafe import Markup

from holder_sim.web.wallet_language import LANGUAGES, WalletLanguage, catalogue, language_of
from holder_sim.web.wallet_static import static_address
from holder_sim.web.wallet_wording import claim_label, day, place
from holder_sim.web.wallet_words import words_for

TEMPLATES: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html"


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: WalletLanguage) -> Environment:
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
    made.filters.update(
        claim_label=lambda name: claim_label(name, language),
        day=lambda value: day(value, language),
        place=lambda where: place(where, language),
        json=_json,
    )
    made.globals.update(
        language=language,
        languages=LANGUAGES,
        static=static_address,
        words=words_for(language),
    )
    return made


def page(
    request: Request[Any, Any, Any], name: str, /, status_code: int = 200, **context: Any
) -> Response[str]:
    """The template ``name`` as an answer in this person's language."""
    language = language_of(request)
    template = environment(language).get_template(name)
    return Response(
        template.render(path=request.url.path, **context),
        status_code=status_code,
        media_type=HTML,
        headers={"Cache-Control": "no-store", "Content-Language": language.tag},
    )


def _json(value: Any) -> Markup:
    """For a script element of type ``application/json``, which runs nothing."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - every character that could end it is escaped above
