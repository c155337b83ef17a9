"""What notices say: one table, nothing personal, and in one text message."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import notice_text
from issuer.ground_sentences import FAILED
from issuer.notice_text import GROUNDS, LONGEST_ZH, length_zh, message_text, sentences

KINDS = (
    *("submitted", "supplement_wanted", "granted", "refused", "lapsed"),
    *("endorsed", "endorsement_refused", "suspended", "restored", "revoked", "cancelled"),
    *("replaced", "changed", "moved"),
    *("endorsement_due_30", "endorsement_due_7", "endorsement_due_1"),
)
DAY = {"usable_through": "2027-11-23", "opens_on": "2027-10-23"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_sentence_in_both_languages(kind: str) -> None:
    zh, en = sentences(kind, {})

    assert "居住证" in zh
    assert zh.endswith("。")
    assert en.endswith(".")
    assert en.isascii()
    assert (zh, en) != sentences("something new", {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("params", [{}, DAY, {"grounds": ",".join(GROUNDS)}])
def test_the_chinese_one_fits_one_text_message(kind: str, params: dict[str, str]) -> None:
    assert length_zh(sentences(kind, params)[0]) <= LONGEST_ZH


def test_a_refusal_names_its_grounds_as_far_as_they_fit() -> None:
    zh, en = sentences("refused", {"grounds": "residence_too_short"})
    many, _ = sentences("refused", {"grounds": ",".join(GROUNDS)})

    assert zh == "您的居住证申请未获批准：居住未满半年。详见“办理进度”。"
    assert en == "Your application was refused: less than half a year. See Progress."
    assert "身份核验未通过、" in many
    assert "等。详见" in many


def test_any_two_grounds_are_both_named() -> None:
    for first, second in combinations(GROUNDS, 2):
        zh, _ = sentences("endorsement_refused", {"grounds": f"{first},{second}"})
        assert GROUNDS[first][0] in zh
        assert GROUNDS[second][0] in zh


def test_every_ground_that_can_fail_has_a_short_form() -> None:
    assert GROUNDS.keys() >= FAILED.keys()


DUE = [f"endorsement_due_{days}" for days in (30, 7, 1)]


@pytest.mark.parametrize("kind", ["endorsed", *DUE])
def test_the_day_is_named_where_it_is_known(kind: str) -> None:
    assert all("2027-11-23" in sentence for sentence in sentences(kind, DAY))


@pytest.mark.parametrize("kind", DUE)
@pytest.mark.parametrize("params", [{}, DAY])
def test_a_reminder_is_true_on_whichever_day_it_arrives(kind: str, params: dict[str, str]) -> None:
    for sentence in sentences(kind, params):
        assert not re.search(r"今天|明天|天后|today|tomorrow|\bdays\b", sentence)


@given(st.sampled_from((*KINDS, "new")), st.text(), st.sampled_from(["usable_through", "grounds"]))
def test_no_free_text_gets_into_a_message(kind: str, words: str, name: str) -> None:
    assert sentences(kind, {name: f"张三 {words}"}) == sentences(kind, {})


def test_a_kind_of_tomorrow_still_says_that_there_is_news() -> None:
    zh, en = sentences("tomorrow", {})

    assert zh == "您的居住证业务有新进展，请在“办理进度”查看。"
    assert "Progress" in en


def test_english_stands_on_a_second_line_if_it_is_wanted() -> None:
    assert message_text("restored", {}, english=False) == "您的居住证已恢复使用。"
    assert message_text("restored", {}, english=True) == (
        "您的居住证已恢复使用。\nYour residence permit is usable again."
    )


def test_characters_are_counted_as_text_messages_count_them() -> None:
    assert length_zh("𠮷示") == 3


def test_the_table_holds_no_kind_that_nobody_sends() -> None:
    assert set(notice_text._PLAIN) == set(KINDS)
