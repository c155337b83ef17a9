"""Templates: strict, escaped, in both languages, and kept by nobody."""

from typing import Any

import jinja2
import pytest

from holder_sim.web.wallet_language import CHINESE, ENGLISH, LANGUAGES
from holder_sim.web.wallet_rendering import TEMPLATES, environment


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: str(language.tag))
@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.iterdir()))
def test_every_template_is_well_formed(name: str, language: Any) -> None:
    assert environment(language).get_template(name).name == name


def test_what_nobody_gave_fails() -> None:
    template = environment(ENGLISH).from_string("{{ nothing }}")

    with pytest.raises(jinja2.UndefinedError):
        template.render()


def test_what_is_put_in_is_escaped() -> None:
    template = environment(ENGLISH).from_string("{{ text }}")

    assert template.render(text="<b>") == "&lt;b&gt;"


def test_words_for_scripts_end_no_element() -> None:
    template = environment(ENGLISH).from_string("{{ words_here | json }}")

    assert template.render(words_here="</script>&") == '"\\u003c/script\\u003e\\u0026"'


def test_filters_speak_the_language_of_the_page() -> None:
    source = "{{ 'name' | claim_label }} {{ _('Card pack') }}"

    assert environment(CHINESE).from_string(source).render() == "姓名 卡包"
    assert environment(ENGLISH).from_string(source).render() == "Name Card pack"


async def test_pages_are_not_kept(wallet_page: Any) -> None:
    answer = await wallet_page.get("/")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
