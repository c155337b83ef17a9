"""The words the pages carry for their scripts."""

import json
import re
from typing import Any

import pytest

from holder_sim.web.wallet_language import CHINESE, ENGLISH, LANGUAGES
from holder_sim.web.wallet_words import ERRORS, OTHERWISE, SENTENCES, sentence, words_for


def test_a_sentence_is_filled_in() -> None:
    assert sentence("copies_left", ENGLISH, unused=2, copies=5) == "2 of 5 copies not shown yet"
    assert sentence("copies_left", CHINESE, unused=2, copies=5) == "5 份副本中还有 2 份未出示过"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: str(language.tag))
def test_all_of_it_is_carried(language: Any) -> None:
    words: Any = words_for(language)

    assert words["say"].keys() == SENTENCES.keys()
    assert words["errors"].keys() == ERRORS.keys()
    assert all(told["what"] and told["remedy"] for told in words["errors"].values())
    assert OTHERWISE in words["errors"]


async def test_a_page_carries_them_as_data(wallet_page: Any) -> None:
    text = (await wallet_page.get("/permit", headers={"accept-language": "en"})).text
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', text, re.S)

    assert found is not None
    assert json.loads(found.group(1)) == words_for(ENGLISH)
