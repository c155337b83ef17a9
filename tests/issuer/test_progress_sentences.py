"""Every state and kind has its sentence, in both languages and with the same values."""

from string import Formatter

import pytest

from issuer.application import State
from issuer.eligibility_facts import Kind
from issuer.progress_sentences import GRANTED, NEXT, STATES, Sentence, filled

VALUES = dict.fromkeys(
    ("county_zh", "county_en", "promised_on", "supplement_by", "permit", "usable_through"), "示范"
)
ALL = [*STATES.values(), *GRANTED.values(), *NEXT.values()]


@pytest.mark.parametrize("sentence", ALL, ids=lambda sentence: sentence[1])
def test_a_sentence_fills_in_and_says_the_same_values_twice(sentence: Sentence) -> None:
    names = [
        {
            name.removesuffix("_zh").removesuffix("_en")
            for _, name, _, _ in Formatter().parse(text)
            if name
        }
        for text in sentence
    ]
    zh, en = filled(sentence, VALUES)

    # The county is named in one language at least; all else in both.
    assert names[0] ^ names[1] <= {"county"}
    assert zh.endswith("。")
    assert en.endswith(".")
    assert "{" not in zh + en


def test_each_state_and_kind_has_one() -> None:
    stages = {str(state.__struct_config__.tag) for state in State.__args__}

    assert stages <= {*STATES, "granted"}
    assert set(GRANTED) == set(Kind)
