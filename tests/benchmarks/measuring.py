"""How figures are taken: the median of many batches, so that one hiccup does not count.

What is compared is measured in turns: a machine that slows down then slows both. The time
is the processor's, so that waiting for others on a shared machine is not counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

BATCHES = 51
BATCH_S = 0.01
"""Length of one batch, in seconds."""


@dataclass(frozen=True)
class Figure:
    """One measured operation beside its floor."""

    what: str
    took_us: float
    floor: str = ""
    floor_us: float = 0.0
    aim: float | None = None
    """Times the floor that it may take."""

    def line(self) -> str:
        text = f"{self.what:<58}{self.took_us:>11,.1f} us"
        if self.floor_us:
            text += f"   {self.took_us / self.floor_us:>6.2f} x {self.floor}"
        if self.aim is not None:
            met = "met" if self.took_us <= self.aim * self.floor_us else "MISSED"
            text += f"   aim {self.aim} x: {met}"
        return text


def median_us(act: Callable[[], object]) -> float:
    """Microseconds that ``act`` takes."""
    return medians_us(act)[0]


def medians_us(*acts: Callable[[], object]) -> list[float]:
    """Microseconds that each of ``acts`` takes, a batch of one after a batch of another."""
    times = [_times_a_batch(act) for act in acts]
    batches: list[list[float]] = [[] for _ in acts]
    for _ in range(BATCHES if max(times) > 1 else 7):
        for act, repeat, taken in zip(acts, times, batches, strict=True):
            started = process_time()
            for _ in range(repeat):
                act()
            taken.append((process_time() - started) / repeat)
    return [median(taken) * 1e6 for taken in batches]


def _times_a_batch(act: Callable[[], object]) -> int:
    act()
    started = process_time()
    act()
    once = max(process_time() - started, 1e-7)
    return max(1, int(BATCH_S / once))
