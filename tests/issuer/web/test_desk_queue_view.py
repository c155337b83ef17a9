"""How pressing a line is, and what an address can mean."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.application import Channel, Kind
from issuer.application_queue import QueueLine
from issuer.decision_deadline import Deadline
from issuer.web.desk_queue_view import (
    PAGE_LINES,
    QueueChoice,
    Urgency,
    choice_of,
    due_today,
    page_number,
    page_of,
    urgency,
)

TODAY = date(2026, 11, 25)


def line(
    *,
    promised_on: date | None = TODAY,
    stopped: bool = False,
    overdue: bool = False,
    past_the_law: bool = False,
) -> QueueLine:
    deadline = None
    if promised_on is not None:
        deadline = Deadline(promised_on, promised_on + timedelta(days=10), False, stopped)
    return QueueLine(
        number="SQ1",
        county="330302",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.WEB,
        stage="submitted",
        name="林样例",
        citizen_id_masked="**************000X",
        submitted_at=datetime(2026, 11, 23, tzinfo=UTC),
        deadline=deadline,
        time_left=None if stopped or deadline is None else timedelta(hours=1),
        overdue=overdue,
        past_the_law=past_the_law,
        exempt=False,
        proposed_by="",
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (line(promised_on=None), Urgency("", "neutral")),
        (line(overdue=True, past_the_law=True), Urgency("Over the law's time", "bad")),
        (line(overdue=True), Urgency("Overdue", "bad")),
        (line(stopped=True), Urgency("Clock stands still", "neutral")),
        (line(), Urgency("Due today", "warn")),
        (line(promised_on=TODAY + timedelta(days=1)), Urgency("In time", "good")),
    ],
    ids=["decided", "over the law", "overdue", "stopped", "today", "tomorrow"],
)
def test_urgency(given: QueueLine, expected: Urgency) -> None:
    assert urgency(given, TODAY) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (line(), True),
        (line(stopped=True), False),
        (line(overdue=True), False),
        (line(promised_on=TODAY + timedelta(days=1)), False),
        (line(promised_on=None), False),
    ],
    ids=["today", "stopped", "late", "tomorrow", "decided"],
)
def test_due_today_counts_only_what_can_still_be_in_time(given: QueueLine, expected: bool) -> None:
    assert due_today(given, TODAY) is expected


def test_what_an_address_cannot_mean_is_left_out() -> None:
    choice = choice_of({"stage": "burnt", "kind": "x", "channel": "fax", "number": "9" * 99})

    assert choice == QueueChoice(text="9" * 40)


def test_a_choice_survives_its_address() -> None:
    choice = QueueChoice(
        text="SQ3303",
        stage="submitted",
        kind="move",
        channel="web",
        overdue=True,
        second_opinion=True,
        closed=True,
    )
    query = dict(part.split("=") for part in choice.address().lstrip("?").split("&")[:-1])

    assert choice_of(query) == choice
    assert choice.narrowed
    assert choice.wanted.kind is Kind.MOVE
    assert choice.wanted.channel is Channel.WEB


def test_without_a_choice_the_address_names_the_page_alone() -> None:
    assert QueueChoice().address() == "?page="
    assert not QueueChoice().narrowed


@pytest.mark.parametrize(
    ("count", "page", "expected"),
    [(0, 1, (0, 1, 1)), (PAGE_LINES, 1, (PAGE_LINES, 1, 1)), (PAGE_LINES + 1, 2, (1, 2, 2))],
    ids=["none", "one full", "one more"],
)
def test_pages(count: int, page: int, expected: tuple[int, int, int]) -> None:
    items, number, pages = page_of(range(count), page)

    assert (len(items), number, pages) == expected


def test_a_page_beyond_is_the_last_one() -> None:
    assert page_of(range(60), 99)[1:] == (3, 3)


@pytest.mark.parametrize(
    ("text", "page"),
    [("3", 3), ("", 1), ("-1", 1), ("٣", 1), ("9" * 30, 1)],
    ids=["number", "nothing", "negative", "other digits", "too long"],
)
def test_page_numbers(text: str, page: int) -> None:
    assert page_number(text) == page
