"""Claims, times and ages as a clerk reads them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from verifier.web.counter_language import CHINESE, ENGLISH
from verifier.web.counter_wording import age_text, instant_text, label_of, picture_of, text_of

PNG = "data:image/png;base64,AAAA"


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("name", "买买提·示范", "买买提·示范", "买买提·示范"),
        ("sex", "1", "男", "Male"),
        ("sex", "9", "9", "9"),
        ("ethnic_group", "05", "维吾尔族", None),
        ("ethnic_group", "99", "99", "99"),
        ("birthdate", "1990-01-02", "1990年1月2日", "2 January 1990"),
        ("birthdate", "1990-13-02", "1990-13-02", "1990-13-02"),
        ("age_over_18", True, "是", "Yes"),
        ("name", None, "—", "—"),
    ],
)
def test_values(name: str, value: Any, zh: str, en: str | None) -> None:
    assert text_of(name, value, CHINESE).startswith(zh.removesuffix("族"))
    assert en is None or text_of(name, value, ENGLISH) == en


def test_labels() -> None:
    assert (label_of("name", CHINESE), label_of("name", ENGLISH)) == ("姓名", "Name")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PNG, PNG),
        ("data:image/jpeg;base64,AA==", "data:image/jpeg;base64,AA=="),
        ("data:image/svg+xml;base64,AAAA", None),
        ("https://elsewhere.example/a.png", None),
        (PNG + "\n", None),
        (None, None),
        (7, None),
    ],
)
def test_only_a_picture_is_shown_as_one(value: Any, shown: str | None) -> None:
    assert picture_of(value) == shown


def test_an_instant_has_its_day_where_it_is_another() -> None:
    at = datetime(2026, 11, 25, 6, 32, tzinfo=UTC)

    assert instant_text(at, ENGLISH, today=date(2026, 11, 25)) == "14:32"
    assert instant_text(at, CHINESE, today=date(2026, 11, 26)) == "2026年11月25日 14:32"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "不到 1 分钟前", "less than a minute ago"),
        (60, "1 分钟前", "1 minute ago"),
        (200, "3 分钟前", "3 minutes ago"),
        (3600, "1 小时前", "1 hour ago"),
        (7300, "2 小时前", "2 hours ago"),
        (86_400, "1 天前", "1 day ago"),
        (200_000, "2 天前", "2 days ago"),
    ],
)
def test_ages(seconds: int, zh: str, en: str) -> None:
    assert (age_text(seconds, CHINESE), age_text(seconds, ENGLISH)) == (zh, en)
