"""The clock: the machine's, or moved by what a file says at that moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys.clock import ClockError, clock_from, shifted_clock, system_clock


def offset(clock: Callable[[], datetime]) -> timedelta:
    """By how much ``clock`` is ahead of the machine, to the minute."""
    ahead = clock() - datetime.now(UTC)
    return timedelta(minutes=round(ahead.total_seconds() / 60))


def test_the_machines_time_in_utc() -> None:
    assert system_clock().tzinfo is UTC
    assert offset(system_clock) == timedelta()


@pytest.mark.parametrize("text", ["86400", "-86400", "0", "+60", " 86400\n"])
def test_a_moved_clock(tmp_path: Path, text: str) -> None:
    (tmp_path / "offset").write_text(text)

    assert offset(shifted_clock(tmp_path / "offset")) == timedelta(seconds=int(text))
    assert shifted_clock(tmp_path / "offset")().tzinfo is UTC


def test_the_file_is_read_at_every_call(tmp_path: Path) -> None:
    """So that several processes move together."""
    clock = shifted_clock(tmp_path / "offset")
    seen = [offset(clock)]
    for days in (1, 400, -2):
        (tmp_path / "offset").write_text(str(days * 86_400))
        seen.append(offset(clock))

    assert seen == [timedelta(days=days) for days in (0, 1, 400, -2)]


@pytest.mark.parametrize("text", ["", "a day", "1.5", "1e3"])
def test_a_file_that_says_nothing_clear_stops_the_clock(tmp_path: Path, text: str) -> None:
    """Better no time at all than a wrong one."""
    (tmp_path / "offset").write_text(text)

    with pytest.raises(ClockError, match="no whole number"):
        shifted_clock(tmp_path / "offset")()


def test_a_clock_from_a_setting(tmp_path: Path) -> None:
    (tmp_path / "offset").write_text("3600")

    assert clock_from(None) is system_clock
    assert offset(clock_from(tmp_path / "offset")) == timedelta(hours=1)
