"""How far a batch has come, in the numbers that page and script share."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.batch import BatchItem, Counts, Outcome, Stage
from issuer.errors import BatchStateError
from issuer.web.batch_view import (
    ITEMS_SHOWN,
    act_named,
    item_page,
    known_outcome,
    left_lines,
    progress_of,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "thread", "runs", "interrupted"),
    [
        pytest.param(Stage.RUNNING, True, True, False, id="at work"),
        pytest.param(Stage.RUNNING, False, False, True, id="nobody works on it"),
        pytest.param(Stage.FINISHED, True, False, False, id="its thread is about to end"),
        pytest.param(Stage.PROPOSED, False, False, False, id="not decided"),
    ],
)
def test_a_batch_is_interrupted_where_it_is_decided_and_nobody_works(
    stage: Stage, thread: bool, runs: bool, interrupted: bool
) -> None:
    found = progress_of(stage, Counts(3, 4, {Outcome.ENDED: 2}), runs=thread)

    assert (found.runs, found.interrupted) == (runs, interrupted)
    assert (found.total, found.had_turn, found.left_out, found.waiting) == (9, 6, 2, 3)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_the_numbers_of_the_script_add_up(waiting: int, done: int, left: int) -> None:
    plain = progress_of(
        Stage.RUNNING, Counts(waiting, done, {Outcome.ENDED: left}), runs=True
    ).plain

    assert plain == {
        "total": waiting + done + left,
        "had_turn": done + left,
        "done": done,
        "left_out": left,
        "waiting": waiting,
        "runs": True,
    }


def test_reasons_come_by_how_often_they_occur() -> None:
    lines = left_lines({Outcome.ENDED: 1, Outcome.SUSPENDED: 5, Outcome.LAPSED: 0})

    assert [(line.outcome, line.number) for line in lines] == [
        (Outcome.SUSPENDED, 5),
        (Outcome.ENDED, 1),
    ]
    assert lines[0].sentence[1] == "The permit is suspended by order."


def test_a_page_of_permits_says_where_the_next_begins() -> None:
    items = [BatchItem(f"{n:04d}", Outcome.DONE, AT) for n in range(ITEMS_SHOWN + 1)]
    full = item_page(items, outcome=None, after="")
    last = item_page(items[:1], outcome=Outcome.DONE, after="0000")

    assert (len(full.lines), full.next_after) == (ITEMS_SHOWN, items[ITEMS_SHOWN - 1].permit_number)
    assert (len(last.lines), last.next_after) == (1, "")
    assert item_page([], outcome=None, after="").next_after == ""


def test_what_an_address_cannot_mean() -> None:
    assert known_outcome("suspended") is Outcome.SUSPENDED
    assert known_outcome("x") is None
    assert act_named({"run": 1}, "run") == 1
    with pytest.raises(BatchStateError):
        act_named({"run": 1}, "delete")
