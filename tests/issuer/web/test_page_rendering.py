"""Templates: strict about what is missing, and nothing that was put in becomes markup."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from issuer.web.page_language import CHINESE, ENGLISH, LANGUAGES, Language
from issuer.web.page_rendering import TEMPLATES, environment
from tests.issuer.web.portal_visitor import LIN, portal


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_template_can_be_read(language: Language) -> None:
    names = [path.name for path in TEMPLATES.glob("*.html")]

    assert len(names) > 20
    for name in names:
        environment(language).get_template(name)


def test_nothing_that_is_put_in_becomes_markup() -> None:
    template = environment(CHINESE).from_string(
        "{% import 'ui.html' as ui %}{{ ui.field('x', a, value=a, error=a) }}{{ ui.badge(a) }}"
        "{{ _('Version %(version)s', version=a) }}<b data-x='{{ {'k': a} | json }}'></b>"
    )
    text = template.render(a="<script>'\"&")

    assert "<script>" not in text
    assert "'\"&" not in text


def test_what_nobody_gave_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        environment(ENGLISH).from_string("{{ forgotten }}").render()


async def test_pages_say_their_language_and_are_kept_by_nobody(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir, language="zh-CN") as visitor:
        answer = await visitor.get("/")
        await visitor.get("/sign-in")
        error = await visitor.get("/apply/CG1/county")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-language"] == "zh-CN"
    assert '<html lang="zh-CN">' in answer.text
    assert '<button class="language__button" name="language" value="en" lang="en">' in answer.text
    assert error.url.path == "/sign-in"
    assert LIN in error.text  # one of the people to try it with
