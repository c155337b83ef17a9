"""An office's numbers: checks by day, service and verdict, and both as tables to take along.

Tables are CSV in UTF-8 with the mark that spreadsheets look for. A cell that a spreadsheet
would take for a formula gets an apostrophe in front: case numbers are typed by people.
"""

import csv
from collections import Counter as Multiset
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import get_args

from msgspec import Struct

from schemas.endorsement_window import SHANGHAI
from verifier.counter_log import Details, Entry, Tally
from verifier.service_items import ServiceItem
from verifier.verdict import Kind

VERDICTS: tuple[Kind, ...] = get_args(Kind)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOTHING = Details()


class ItemCount(Struct, frozen=True, kw_only=True):
    """One service on one day."""

    day: date
    item: str
    numbers: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """All checks."""
        return sum(self.numbers.values())


def counts_of(tallies: Iterable[tuple[Tally, int]]) -> list[ItemCount]:
    """By day and service, all counters together; in their order."""
    summed: Multiset[tuple[date, str, Kind]] = Multiset()
    for tally, n in tallies:
        summed[tally.day, tally.item, tally.verdict] += n
    rows = sorted({(day, item) for day, item, _ in summed})
    return [
        ItemCount(day=day, item=item, numbers={kind: summed[day, item, kind] for kind in VERDICTS})
        for day, item in rows
    ]


def counts_csv(tallies: Iterable[tuple[Tally, int]], items: Mapping[str, ServiceItem]) -> bytes:
    """One line for each day, counter, service and verdict."""
    header = ("day", "county", "counter", "item", "item_zh", "verdict", "checks")
    lines = [
        (
            tally.day.isoformat(),
            tally.county,
            tally.desk,
            tally.item,
            items[tally.item].name_zh if tally.item in items else "",
            tally.verdict,
            str(n),
        )
        for tally, n in tallies
    ]
    return _table(header, lines)


def entries_csv(entries: Iterable[tuple[int, Entry]]) -> bytes:
    """One line for each entry, without the evidence, which is read one by one."""
    header = (
        *("number", "at_shanghai", "county", "counter", "item", "verdict", "reason"),
        *("case_number", "purpose", "permit", "on_paper", "retention", "deleted_after_shanghai"),
    )
    return _table(header, [_line(number, entry) for number, entry in entries])


def _line(number: int, entry: Entry) -> tuple[str, ...]:
    details = entry.details or _NOTHING
    return (
        str(number),
        f"{entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        entry.county,
        entry.desk,
        entry.item,
        entry.verdict,
        entry.reason or "",
        details.case_number,
        details.purpose,
        details.permit,
        "yes" if details.on_paper else "no",
        entry.retention.value,
        f"{entry.expires_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_plain(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
