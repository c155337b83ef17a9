"""The time a service believes: the system's, or one a demonstration has moved.

Each ``app.py`` builds one clock and passes it on; rules get ``now`` as an argument.
A moved clock is for demonstrations and tests: a service that runs on one says so in its
log at start.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.errors import ServiceError


class ClockError(ServiceError):
    """The file that moves the clock cannot be used."""

    code = "bad_clock"


Clock = Callable[[], datetime]
"""Gives the present instant, timezone-aware, in UTC."""


def system_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


def shifted_clock(offset_file: Path) -> Clock:
    """The machine's time plus the whole seconds written in ``offset_file``.

    The file is read at every call, so that several processes move together; while it does
    not exist the clock is the system's.

    The clock raises ``ClockError`` while the file holds anything else than such a number: a
    service that cannot know the time must not go on by another.
    """

    def now() -> datetime:
        try:
            offset_s = int(offset_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            offset_s = 0
        except (OSError, ValueError) as error:
            raise ClockError(
                f"{offset_file} holds no whole number of seconds",
                remedy="Write one, or remove the file.",
            ) from error
        return system_clock() + timedelta(seconds=offset_s)

    return now


def clock_from(offset_file: Path | None) -> Clock:
    """``shifted_clock`` where a file is set, else the system's time."""
    return shifted_clock(offset_file) if offset_file else system_clock
