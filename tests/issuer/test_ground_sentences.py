"""Every ground and every code has its sentence, in both languages."""

from string import Formatter

import pytest

from issuer.eligibility import Ground
from issuer.ground_sentences import FAILED, NOT_NEEDED, PASSED, sentences

OF_THE_PLACE = ("city_zh", "city_en", "county_zh", "county_en")
OF_DAYS = ("registered_on", "eligible_from", "opens_on", "closes_on")
VALUES = dict.fromkeys((*OF_THE_PLACE, *OF_DAYS), "示范")


@pytest.mark.parametrize(
    ("table", "key"), [(t, key) for t in (PASSED, NOT_NEEDED, FAILED) for key in t]
)
def test_a_sentence_fills_in_and_says_the_same_values_twice(
    table: dict[str, tuple[str, str]], key: str
) -> None:
    zh, en = table[key]
    fields = [
        {
            name.removesuffix("_zh").removesuffix("_en")
            for _, name, _, _ in Formatter().parse(t)
            if name
        }
        for t in (zh, en)
    ]

    assert fields[0] == fields[1]
    assert zh.endswith("。")
    assert en.endswith(".")
    assert "{" not in "".join(sentences(table, key, VALUES))


def test_every_ground_can_say_that_it_passed() -> None:
    assert list(PASSED) == list(Ground)


def test_a_missing_value_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError):
        sentences(FAILED, "residence_too_short", {})
