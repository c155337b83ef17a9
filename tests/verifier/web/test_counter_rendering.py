"""Templates: strict, escaped, in both languages, and kept by nobody."""

from typing import Any

import jinja2
import pytest

from verifier.service_items import load_items
from verifier.web.counter_language import CHINESE, ENGLISH, LANGUAGES
from verifier.web.counter_rendering import TEMPLATES, counter_environment


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: str(language.tag))
@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.iterdir()))
def test_every_template_is_well_formed(name: str, language: Any) -> None:
    assert counter_environment(language).get_template(name).name == name


def test_what_nobody_gave_fails() -> None:
    template = counter_environment(ENGLISH).from_string("{{ nothing }}")

    with pytest.raises(jinja2.UndefinedError):
        template.render()


def test_what_is_put_in_is_escaped() -> None:
    template = counter_environment(ENGLISH).from_string("{{ text }}{{ data | json }}")

    assert template.render(text="<b>", data="</script>&") == (
        '&lt;b&gt;"\\u003c/script\\u003e\\u0026"'
    )


def test_names_are_in_the_language_of_the_page() -> None:
    source, item = "{{ item | said }}", load_items()["library_card"]

    assert counter_environment(CHINESE).from_string(source).render(item=item) == item.name_zh
    assert counter_environment(ENGLISH).from_string(source).render(item=item) == item.name_en


async def test_pages_are_not_kept(desk_http: Any) -> None:
    answer = await desk_http.get("/counter")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == "en"
