"""The words the page carries for its scripts."""

import json
import re
from typing import Any

import pytest

from verifier.web.counter_language import CHINESE, ENGLISH, LANGUAGES
from verifier.web.counter_words import COUNTER_ERRORS, OTHERWISE, WORDS, error_words, words_for


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: str(language.tag))
def test_all_of_it_is_carried(language: Any) -> None:
    words = words_for(language)

    assert words["say"].keys() == WORDS.keys()
    assert words["errors"].keys() == COUNTER_ERRORS.keys()
    assert all(told["what"] and told["remedy"] for told in words["errors"].values())
    assert OTHERWISE in words["errors"]


async def test_the_page_carries_them_as_data(desk_http: Any) -> None:
    text = (await desk_http.get("/counter")).text
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', text, re.S)

    assert found is not None
    assert json.loads(found.group(1)) == words_for(ENGLISH)


def test_an_error_without_words_of_its_own_is_our_fault() -> None:
    assert error_words("never heard of", CHINESE) == error_words(OTHERWISE, CHINESE)
    assert error_words("wrong_pin", ENGLISH)[0] == "This is not the administrator's PIN."
