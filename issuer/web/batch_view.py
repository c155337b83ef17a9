"""A campaign or mass act as its page shows it: how far it has come, and why not further. Pure.

The same numbers go to the page and, as JSON, to the script that keeps the page up to date.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from msgspec import Struct

from issuer.batch import OUTCOME_SENTENCES, BatchItem, Counts, Outcome, Stage
from issuer.errors import BatchStateError
from issuer.web.error_sentences import N_

T = TypeVar("T")

STAGES: Final[Mapping[str, str]] = {
    "proposed": N_("Waits for a second officer"),
    "running": N_("Under way"),
    "finished": N_("Finished"),
    "stopped": N_("Stopped before its end"),
    "rejected": N_("Rejected"),
}
STAGE_TONES: Final[Mapping[str, str]] = {
    "proposed": "warn",
    "running": "warn",
    "finished": "good",
    "stopped": "bad",
}
ITEMS_SHOWN: Final = 50
"""Permits of a batch on one page."""


class BatchProgress(Struct, frozen=True, kw_only=True):
    """How far a batch has come."""

    stage: str
    runs: bool
    """A run of it goes on in this service now."""
    total: int
    done: int
    left_out: int
    """Had their turn and were left as they are."""

    @property
    def had_turn(self) -> int:
        """Those done and those left as they are."""
        return self.done + self.left_out

    @property
    def waiting(self) -> int:
        """Those whose turn has not come."""
        return self.total - self.had_turn

    @property
    def interrupted(self) -> bool:
        """Decided and not at its end, and nothing here works on it."""
        return self.stage == Stage.RUNNING and not self.runs

    @property
    def plain(self) -> dict[str, object]:
        """For the page's script."""
        return {
            "total": self.total,
            "had_turn": self.had_turn,
            "done": self.done,
            "left_out": self.left_out,
            "waiting": self.waiting,
            "runs": self.runs,
        }


class LeftLine(Struct, frozen=True):
    """One reason for which permits are left as they are."""

    outcome: Outcome
    sentence: tuple[str, str]
    """In Chinese and English."""
    number: int


class ItemLine(Struct, frozen=True):
    """One permit of a batch."""

    item: BatchItem
    sentence: tuple[str, str] | None
    """What became of it; None until its turn comes."""


class ItemPage(Struct, frozen=True):
    """Some permits of a batch, by number."""

    lines: tuple[ItemLine, ...]
    outcome: Outcome | None
    """Only those with this outcome."""
    after: str
    """Those before it are on earlier pages; empty on the first."""
    next_after: str
    """Where the next page begins; empty on the last."""


def progress_of(stage: Stage, counts: Counts, *, runs: bool) -> BatchProgress:
    """The numbers of a batch."""
    return BatchProgress(
        stage=stage.value,
        runs=runs and stage is Stage.RUNNING,
        total=counts.total,
        done=counts.done,
        left_out=sum(counts.left_out.values()),
    )


def left_lines(left_out: Mapping[Outcome, int]) -> tuple[LeftLine, ...]:
    """Every reason that occurs, the most frequent first."""
    frequent = sorted(left_out.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        LeftLine(outcome, OUTCOME_SENTENCES[outcome], number)
        for outcome, number in frequent
        if number
    )


def act_named(acts: Mapping[str, T], name: str) -> T:
    """What the last part of an address does.

    Raises:
        BatchStateError: nothing; somebody made the address up.
    """
    if name not in acts:
        raise BatchStateError("there is no such act on this", remedy="Load the page anew.")
    return acts[name]


def known_outcome(text: str) -> Outcome | None:
    """What an address asks for; None for anything that is no outcome."""
    return Outcome(text) if text in set(Outcome) else None


def item_page(items: list[BatchItem], *, outcome: Outcome | None, after: str) -> ItemPage:
    """A page of ``items``, which hold one more than is shown where there is a next page."""
    shown = items[:ITEMS_SHOWN]
    more = len(items) > ITEMS_SHOWN
    lines = (
        ItemLine(item, OUTCOME_SENTENCES[item.outcome] if item.outcome else None) for item in shown
    )
    return ItemPage(tuple(lines), outcome, after, shown[-1].permit_number if more else "")
