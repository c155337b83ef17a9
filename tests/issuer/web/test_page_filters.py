"""How days, spans, places and numbers are written, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.web.page_filters import (
    badge,
    chinese,
    city_name,
    count,
    county_name,
    day,
    filters_for,
    grouped,
    instant,
    masked,
    said,
    size,
    time_left,
    weekday,
)
from issuer.web.page_language import CHINESE, ENGLISH
from issuer.web.page_rendering import environment
from schemas.divisions import county


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        pytest.param(timedelta(days=2, hours=7), "剩余2天 7小时", "2 days 7 hours left", id="days"),
        pytest.param(timedelta(days=1), "剩余1天", "1 day left", id="one day"),
        pytest.param(timedelta(minutes=61), "剩余1小时 1分钟", "1 hour 1 minute left", id="hour"),
        pytest.param(timedelta(seconds=30), "剩余0分钟", "0 minutes left", id="seconds"),
        pytest.param(-timedelta(hours=3), "已超时3小时", "3 hours over time", id="late"),
    ],
)
def test_time_left_is_told_in_its_two_largest_parts(span: timedelta, zh: str, en: str) -> None:
    assert time_left(span, CHINESE) == zh
    assert time_left(span, ENGLISH) == en


def test_days_and_instants_are_those_of_shanghai() -> None:
    before_midnight = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)

    assert day(date(2026, 11, 3), CHINESE) == "2026年11月3日"
    assert day(date(2026, 11, 3), ENGLISH) == "3 November 2026"
    assert instant(before_midnight, CHINESE) == "2026年2月28日 23:59"
    assert instant(before_midnight + timedelta(minutes=1), ENGLISH) == "1 March 2026 00:00"
    assert (day(None, ENGLISH), instant(None, CHINESE)) == ("—", "—")
    assert (weekday(date(2026, 11, 29), CHINESE), weekday(date(2026, 11, 29), ENGLISH)) == (
        "周日",
        "Sunday",
    )


def test_a_day_is_over_at_its_own_midnight() -> None:
    template = environment(ENGLISH).from_string("{{ end | time_left }}")
    now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai

    assert template.render(now=now, end=date(2026, 11, 23)) == "2 hours left"
    assert template.render(now=now, end=datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) == (
        "1 hour over time"
    )
    assert template.render(now=now, end=timedelta(hours=5)) == "5 hours left"


def test_places_have_names_and_unknown_codes_stay_codes() -> None:
    assert county_name("330302", CHINESE) == "鹿城区"
    assert county_name("330302", ENGLISH) == "Lucheng District"
    assert county_name("990099", CHINESE) == "990099"
    assert city_name("330302", CHINESE) == "温州市"


def test_of_two_languages_the_page_says_its_own() -> None:
    assert said(("好", "good"), CHINESE) == "好"
    assert said(("好", "good"), ENGLISH) == "good"
    assert said(county("330302"), CHINESE) == "鹿城区"
    assert filters_for(ENGLISH)["ethnic_name"]("01") == "Han"


def test_numbers_are_shown_so_that_they_can_be_read_out_or_not_at_all() -> None:
    assert grouped("SQ330302202600000014") == "SQ 330302 2026 0000001 4"
    assert masked("52000019920512000X") == "5****************X"
    assert masked("") == "**"
    assert [size(10), size(2048), size(3 * 2**20)] == ["1 KB", "2 KB", "3.0 MB"]


def test_chinese_on_an_english_page_is_marked_as_such() -> None:
    assert chinese("林<样>例", ENGLISH) == '<span lang="zh-CN">林&lt;样&gt;例</span>'
    assert chinese("林<样>例", CHINESE) == "林&lt;样&gt;例"


def test_a_badge_says_in_words_what_its_colour_says() -> None:
    assert badge("Granted", "good", CHINESE) == '<span class="badge badge--good">已批准</span>'
    assert filters_for(ENGLISH)["stage_badge"]("<b>") == (
        '<span class="badge badge--neutral">&lt;b&gt;</span>'
    )
    assert "Usable" in filters_for(ENGLISH)["standing_badge"]("usable")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (12345, "12,345"), (1_000_000, "1,000,000")]
)
def test_thousands_stand_apart(number: int, text: str) -> None:
    assert count(number) == text
