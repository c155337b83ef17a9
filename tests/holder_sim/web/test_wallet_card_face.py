"""The words on the card, by state and by day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from holder_sim.held_credential import Standing
from holder_sim.permit_view import permit_view
from holder_sim.showing_history import Outcome, Showing
from holder_sim.web.wallet_card_face import card_face, shown_row
from holder_sim.web.wallet_language import CHINESE, ENGLISH


def face(
    holding: Any, *, days: float = 0, value: int | None = None, language: Any = ENGLISH
) -> Any:
    now = holding.clock() + timedelta(days=days)
    held = holding.holdings()
    if value is not None:
        held = msgspec.structs.replace(held, standing=Standing(value, now))
    view = permit_view(held, now)
    assert view is not None
    return card_face(view, language, portal="")


@pytest.mark.parametrize(
    ("days", "value", "tone", "words"),
    [
        (0, None, "good", "Usable through 23 November 2027"),
        (351, None, "warn", "12 days left, until 23 November 2027"),
        (362, None, "warn", "1 day left, until 23 November 2027"),
        (363, None, "warn", "today is the last day"),
        (364, None, "bad", "A late endorsement restores the permit"),
        (0, 2, "bad", "Suspended by the issuing authority"),
        (0, 1, "bad", "ended or was replaced"),
    ],
)
def test_the_band_says_what_can_be_done(
    holding: Any, days: float, value: int | None, tone: str, words: str
) -> None:
    card = face(holding, days=days, value=value)

    assert words in card.band
    assert card.tone == tone
    assert bool(card.advice) is (value is None and days > 0)


def test_since_when_the_state_is_known_is_said(holding: Any) -> None:
    assert face(holding).known == ""
    assert face(holding, value=0, language=CHINESE).known == "状态更新于 2026年11月25日 12:00"


def test_a_counter_reader_of_a_code_has_no_name() -> None:
    now = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    entry = Showing(began_at=now, ended_at=now, outcome=Outcome.CODE, claims=("sex",))

    row = shown_row(entry, ENGLISH)

    assert row.who == "Whoever scanned the code"
    assert (row.day, row.time) == ("26 November 2026", "00:30")  # the day of Shanghai
