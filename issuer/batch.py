"""A batch: one act on many permits, done in portions, on each of them once. Pure.

Campaigns and mass acts are batches. Which permits belong to one is fixed when it is put down;
whether the act is still right for each is looked at again when its turn comes, and a permit
that is left as it is says why. Instants are aware.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Stage(StrEnum):
    """How far a batch has come."""

    PROPOSED = "proposed"
    """Waits for a second officer."""
    RUNNING = "running"
    """Decided; portions are done, or wait to be."""
    FINISHED = "finished"
    """Every permit of it was looked at."""
    STOPPED = "stopped"
    """Ended before its end; what was done stays done."""
    REJECTED = "rejected"
    """A proposal that came to nothing."""


class Outcome(StrEnum):
    """What became of one permit of a batch: done, or left as it is and why."""

    DONE = "done"
    ENDED = "ended"
    SUSPENDED = "suspended"
    OTHER_ORDER = "other_order"
    OTHER_COUNTY = "other_county"
    ENDORSED = "endorsed"
    LAPSED = "lapsed"
    NOT_DUE = "not_due"
    NOT_REGISTERED = "not_registered"
    APPLIED_FOR = "applied_for"


OUTCOME_SENTENCES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.DONE: ("已办理。", "Done."),
    Outcome.ENDED: ("居住证已终止。", "The permit has ended."),
    Outcome.SUSPENDED: ("已被责令中止使用。", "The permit is suspended by order."),
    Outcome.OTHER_ORDER: (
        "不再处于本次批量中止之下。",
        "The permit is no longer under the order of this mass act.",
    ),
    Outcome.OTHER_COUNTY: (
        "居住证已转由其他县(市、区)管理。",
        "The permit was handed over to another county meanwhile.",
    ),
    Outcome.ENDORSED: ("此前已签注。", "The permit was endorsed meanwhile."),
    Outcome.LAPSED: (
        "签注期已过，须按补办签注处理。",
        "The endorsement ran out: only a late one is possible, which this campaign does not make.",
    ),
    Outcome.NOT_DUE: ("签注期尚未开始。", "The endorsement window is not open."),
    Outcome.NOT_REGISTERED: (
        "本县(市、区)没有有效的居住登记。",
        "No residence registration holds in this county.",
    ),
    Outcome.APPLIED_FOR: (
        "已提交签注申请，请先办理该申请。",
        "An application for endorsement waits: decide that one.",
    ),
}
"""What each outcome says to people, in Chinese and English."""


class BatchItem(Struct, frozen=True):
    """One permit of a batch."""

    permit_number: str
    outcome: Outcome | None
    """None until its turn comes."""
    at: datetime | None
    """When its turn came; UTC."""


class Counts(Struct, frozen=True):
    """How many permits of a batch came to what."""

    waiting: int
    done: int
    left_out: dict[Outcome, int]

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.done + sum(self.left_out.values())


class Preview(Struct, frozen=True):
    """What a batch would come to if it were put down now."""

    count: int
    """Permits it would be done to."""
    left_out: dict[Outcome, int]
    """Those that match but would be left as they are, by reason."""
    sample: tuple[str, ...]
    """The first few numbers of the ``count``."""


SAMPLE_SIZE: Final = 10


def preview_of(numbers: list[str], left_out: dict[Outcome, int]) -> Preview:
    """The preview of a selection."""
    return Preview(len(numbers), left_out, tuple(numbers[:SAMPLE_SIZE]))


SERIAL_DIGITS: Final = 7
"""Of the serial in a number, so that numbers sort as they were given out."""


def batch_id(county_code: str, year: int, serial: int) -> str:
    """PL, county, year and seven digits of serial: the number of a campaign or mass act."""
    return f"PL{county_code}{year:04d}{serial:0{SERIAL_DIGITS}d}"
