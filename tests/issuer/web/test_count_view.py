"""A county's numbers as bars and as lines of a table: the figures are never the drawing's."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.application_queue import QueueCounts
from issuer.county_counts import CountyCounts, Speed, Week
from issuer.outbox_storage import MessageState
from issuer.permit_records import Chosen
from issuer.web.count_view import (
    BAR,
    counts_csv,
    kind_lines,
    message_parts,
    percent,
    stage_totals,
    standing_parts,
    week_bars,
    weeks_asked,
)
from issuer.web.page_language import CHINESE, translations

MONDAY = date(2026, 11, 23)
COUNTS = CountyCounts(
    county="330302",
    at=datetime(2026, 11, 25, 4, tzinfo=UTC),
    since=MONDAY,
    weeks=(Week(MONDAY, 5, 3, 1),),
    speed=Speed(in_time=3, late=1, past_the_law=0, median_days=1.5),
    waiting=QueueCounts(
        submitted=1,
        needs_supplement=0,
        overdue=0,
        past_the_law=0,
        second_opinion=0,
        by_kind={},
        decided={},
    ),
    applications={("first_permit", "granted"): 3, ("endorsement", "submitted"): 2},
    permits=dict.fromkeys(Chosen, 0) | {Chosen.ALL: 10, Chosen.USABLE: 9, Chosen.ENDED: 1},
    due={30: 1, 60: 2, 90: 3},
    slips=4,
    slips_again=1,
    messages={MessageState.SENT: 7, MessageState.FAILED: 2},
)


def test_applications_are_summed_by_kind_and_stage() -> None:
    lines = kind_lines(COUNTS)

    assert [line.total for line in lines] == [3, 2, 0, 0, 0]
    assert stage_totals(lines) == (2, 0, 3, 0, 0, 0)


def test_standings_and_messages_are_all_there() -> None:
    assert [(part.number, part.bar) for part in standing_parts(COUNTS)] == [
        (9, 90),
        (0, 0),
        (0, 0),
        (1, 10),
    ]
    assert [number for _, number in message_parts(COUNTS)] == [7, 2, 0, 0, 0]


weeks = st.lists(
    st.builds(
        Week,
        st.integers(0, 500).map(lambda n: MONDAY + timedelta(weeks=n)),
        *[st.integers(0, 10_000)] * 3,
    ),
    max_size=10,
)


@given(weeks)
def test_bars_fit_and_whatever_there_is_can_be_seen(those: list[Week]) -> None:
    for bar in week_bars(those):
        assert 0 <= bar.handed_in <= BAR
        assert bar.in_time + bar.late <= BAR + 1
        assert (bar.late > 0) is (bar.week.late > 0)


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, 0), (1, 3, 33), (999, 1000, 99), (7, 7, 100)]
)
def test_nearly_all_is_not_all(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown


@pytest.mark.parametrize(("text", "number"), [("4", 4), ("52", 52), ("", 12), ("5", 12), ("x", 12)])
def test_a_span_that_is_not_offered_is_a_quarter(text: str, number: int) -> None:
    assert weeks_asked(text) == number


def test_the_table_says_the_same_in_the_language_of_the_page() -> None:
    chinese = translations(CHINESE).gettext
    made = counts_csv(COUNTS, chinese)
    rows = list(csv.reader(StringIO(made.decode("utf-8-sig"))))

    assert made.startswith(b"\xef\xbb\xbf")
    assert {len(row) for row in rows} == {3}
    assert rows[0] == ["事项", "项目", "数量"]
    assert ["办结", "工作日中位数", "1.5"] in rows
    assert ["短信", chinese("Text message failed"), "2"] in rows
    assert ["若干天内签注到期", "30", "1"] in rows
