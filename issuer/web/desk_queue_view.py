"""The queue as its page shows it: what is chosen, how pressing each line is, page by page. Pure.

How pressing something is stands there in words beside its colour, and its last day beside the
time that is left. Days are Asia/Shanghai.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from issuer.application import Channel, Kind
from issuer.application_queue import QueueFilter, QueueLine
from issuer.web.error_sentences import N_

PAGE_LINES: Final = 25
"""Applications on one page of the queue."""
STAGES_SHOWN: Final = (
    "submitted",
    "needs_supplement",
    "granted",
    "refused",
    "withdrawn",
    "lapsed",
    "draft",
)
"""What the filter offers, in the order of an application's life."""
_MAX_TYPED: Final = 40
T = TypeVar("T")


class Urgency(Struct, frozen=True):
    """How pressing an application is."""

    word: str
    """A msgid; empty where nothing presses."""
    tone: str


class QueueChoice(Struct, frozen=True, kw_only=True):
    """What was chosen on the page, as it stands in its address."""

    text: str = ""
    stage: str = ""
    kind: str = ""
    channel: str = ""
    overdue: bool = False
    second_opinion: bool = False
    closed: bool = False

    @property
    def wanted(self) -> QueueFilter:
        """The same for the service."""
        return QueueFilter(
            stage=self.stage,
            kind=Kind(self.kind) if self.kind else None,
            channel=Channel(self.channel) if self.channel else None,
            overdue=self.overdue,
            second_opinion=self.second_opinion,
            closed=self.closed,
            text=self.text,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything was chosen at all."""
        return self != QueueChoice()

    def address(self) -> str:
        """The query of another page of the same list, up to the page's number."""
        named = {
            "number": self.text,
            "stage": self.stage,
            "kind": self.kind,
            "channel": self.channel,
            "overdue": "yes" if self.overdue else "",
            "second_opinion": "yes" if self.second_opinion else "",
            "closed": "yes" if self.closed else "",
        }
        given = {name: value for name, value in named.items() if value}
        return f"?{urlencode(given)}&page=" if given else "?page="


def choice_of(given: dict[str, str]) -> QueueChoice:
    """What an address says; what it cannot mean is left out."""
    return QueueChoice(
        text=given.get("number", "")[:_MAX_TYPED].strip(),
        stage=_known(given.get("stage", ""), STAGES_SHOWN),
        kind=_known(given.get("kind", ""), tuple(Kind)),
        channel=_known(given.get("channel", ""), tuple(Channel)),
        overdue=bool(given.get("overdue")),
        second_opinion=bool(given.get("second_opinion")),
        closed=bool(given.get("closed")),
    )


def urgency(line: QueueLine, today: date) -> Urgency:
    """How pressing the line is ``today``."""
    if line.deadline is None:
        return Urgency("", "neutral")
    if line.past_the_law:
        return Urgency(N_("Over the law's time"), "bad")
    if line.overdue:
        return Urgency(N_("Overdue"), "bad")
    if line.deadline.stopped:
        return Urgency(N_("Clock stands still"), "neutral")
    if line.deadline.promised_on == today:
        return Urgency(N_("Due today"), "warn")
    return Urgency(N_("In time"), "good")


def due_today(line: QueueLine, today: date) -> bool:
    """Whether today is the promised day, and the clock runs."""
    return line.time_left is not None and not line.overdue and _promised(line) == today


def page_of(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    """The items of one page, its number, and how many pages there are; the last if beyond."""
    pages = max(1, -(-len(items) // PAGE_LINES))
    page = min(max(page, 1), pages)
    return items[(page - 1) * PAGE_LINES : page * PAGE_LINES], page, pages


def page_number(text: str) -> int:
    """The number of a page in an address; 1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _known(value: str, values: Sequence[str]) -> str:
    return value if value in values else ""


def _promised(line: QueueLine) -> date | None:
    return line.deadline.promised_on if line.deadline else None
