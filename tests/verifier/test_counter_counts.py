"""The office's numbers, and tables that open in a spreadsheet and run nothing there."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.counter_counts import counts_csv, counts_of, entries_csv
from verifier.counter_log import Details, Entry, Tally
from verifier.service_items import Retention, load_items

DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def tally(item: str, verdict: Any, desk: str = "d1", day: date = DAY) -> Tally:
    return Tally(day=day, county="330302", desk=desk, item=item, verdict=verdict)


def rows(table: bytes) -> list[list[str]]:
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(table.decode("utf-8-sig"), newline="")))


def entry(details: Details | None) -> Entry:
    return Entry(
        at=NOW,
        county="330302",
        desk="d1",
        item="identity_look",
        verdict="refused",
        reason="revoked",
        retention=Retention.MINIMAL,
        expires_at=NOW + timedelta(days=30),
        details=details,
    )


def test_counters_are_added_up() -> None:
    counts = counts_of(
        [
            (tally("library_card", "accepted"), 2),
            (tally("library_card", "accepted", desk="d2"), 3),
            (tally("library_card", "cannot_say"), 1),
            (tally("housing_fund", "refused"), 4),
            (tally("housing_fund", "refused", day=DAY + timedelta(days=1)), 1),
        ]
    )

    assert [(count.day.day, count.item, count.total) for count in counts] == [
        (25, "housing_fund", 4),
        (25, "library_card", 6),
        (26, "housing_fund", 1),
    ]
    assert counts[1].numbers == {"accepted": 5, "refused": 0, "cannot_say": 1}


def test_the_table_of_counts() -> None:
    table = counts_csv(
        [(tally("library_card", "accepted"), 2), (tally("gone", "refused"), 1)], load_items()
    )

    assert rows(table) == [
        ["day", "county", "counter", "item", "item_zh", "verdict", "checks"],
        ["2026-11-25", "330302", "d1", "library_card", "公共图书馆借阅证", "accepted", "2"],
        ["2026-11-25", "330302", "d1", "gone", "", "refused", "1"],
    ]


def test_the_table_of_entries_leaves_the_evidence_out() -> None:
    details = Details(case_number="A-7", purpose="上学", claims={"name": "某"}, shown="ZJ1:X")

    header, line = rows(entries_csv([(3, entry(details))]))

    told = dict(zip(header, line, strict=True))
    assert (told["number"], told["case_number"], told["purpose"]) == ("3", "A-7", "上学")
    assert (told["at_shanghai"], told["reason"]) == ("2026-11-25 12:00:00", "revoked")
    assert told["deleted_after_shanghai"] == "2026-12-25 12:00"
    assert "某" not in line
    assert "ZJ1:X" not in line
    assert rows(entries_csv([(3, entry(None))]))[1][7:10] == ["", "", ""]


@pytest.mark.parametrize("typed", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1"])
def test_what_people_type_is_no_formula(typed: str) -> None:
    cell = rows(entries_csv([(1, entry(Details(case_number=typed)))]))[1][7]

    assert cell == f"'{typed}"


@given(typed=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_whatever_is_typed_stays_in_its_cell(typed: str) -> None:
    table = rows(entries_csv([(1, entry(Details(case_number=typed)))]))

    assert len(table) == 2
    assert table[1][7].removeprefix("'") in (typed, typed.removeprefix("'"))
