"""How figures are taken: the median of many batches, so that one hiccup does not count."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

BATCHES = 25
BATCH_S = 0.02
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
    act()
    started = perf_counter()
    act()
    once = max(perf_counter() - started, 1e-7)
    times = max(1, int(BATCH_S / once))
    batches = []
    for _ in range(BATCHES if times > 1 else 7):
        started = perf_counter()
        for _ in range(times):
            act()
        batches.append((perf_counter() - started) / times)
    return median(batches) * 1e6
