"""The holder's own record: one line a showing, never a value, and no end of memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holder_sim.showing_history import (
    MAX_SHOWINGS,
    ONE_SHOWING_S,
    Outcome,
    Showing,
    code_shown,
    with_showing,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def sent(**changes: Any) -> Showing:
    values: dict[str, Any] = {
        "began_at": NOW,
        "ended_at": NOW,
        "outcome": Outcome.SENT,
        "claims": ("name",),
        "verifier": "CN=verifier,O=Counter",
    }
    return Showing(**values | changes)


@pytest.mark.parametrize(
    ("second", "entries", "why"),
    [
        (code_shown(("name",), later(30)), 1, "renewed on the screen"),
        (code_shown(("name",), later(ONE_SHOWING_S)), 1, "at the edge"),
        (code_shown(("name",), later(ONE_SHOWING_S + 1)), 2, "shown again later"),
        (code_shown(("name",), later(-1)), 2, "the clock went back"),
        (code_shown(("name", "sex"), later(30)), 2, "another choice of claims"),
        (sent(began_at=later(30)), 2, "a request is a showing of its own"),
    ],
)
def test_a_code_renewed_is_one_showing(second: Showing, entries: int, why: str) -> None:
    history = with_showing((code_shown(("name",), NOW),), second)

    assert len(history) == entries
    assert history[0].began_at == NOW
    assert history[-1].ended_at == second.ended_at


def test_two_requests_are_never_one() -> None:
    assert len(with_showing((sent(),), sent())) == 2


def test_the_oldest_make_room() -> None:
    history: tuple[Showing, ...] = ()
    for number in range(MAX_SHOWINGS + 3):
        history = with_showing(history, sent(began_at=later(number)))

    assert len(history) == MAX_SHOWINGS
    assert history[0].began_at == later(3)
