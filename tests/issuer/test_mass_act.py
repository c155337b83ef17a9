"""Mass acts: which steps are possible, to whom, and which permits an undo is for."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.batch import Outcome, Stage
from issuer.cancel_cause import CancelCause
from issuer.errors import BatchStateError, CriteriaError
from issuer.mass_act import (
    Criteria,
    MassAct,
    checked,
    confirm,
    confirm_undo,
    expect_undoable,
    obstacle_to_restoring,
    obstacle_to_suspending,
    reject,
)
from issuer.permit import Permit, cancel, restore, suspend

AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
DAY = date(2026, 11, 23)
WORDS = {"reason": "示范原因", "legal_basis": "示范条例"}
PROPOSED = MassAct(
    id="PL33030220260000001",
    county="330302",
    criteria=Criteria(officer="wang-2"),
    reason="示范原因",
    legal_basis="示范条例",
    proposed_by="li-3",
    proposed_at=AT,
)
CONFIRMED = confirm(PROPOSED, by="chen-5", at=AT)
UNDO = replace(PROPOSED, id="PL33030220260000002", criteria=None, undoes=PROPOSED.id)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(officer="wang-2"),
        Criteria(first_day=DAY, last_day=DAY),
        Criteria(last_day=DAY),
        Criteria(signing_key="-_" + "k" * 41),
    ],
)
def test_criteria_that_choose(criteria: Criteria) -> None:
    assert checked(criteria) == criteria


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        pytest.param(Criteria(), "at least one criterion", id="the whole county"),
        pytest.param(
            Criteria(first_day=DAY, last_day=DAY - timedelta(days=1)), "before", id="days"
        ),
        pytest.param(Criteria(signing_key="k" * 42), "thumbprint", id="too short"),
        pytest.param(Criteria(signing_key="k" * 43 + "\n"), "thumbprint", id="a line more"),
    ],
)
def test_criteria_that_choose_nothing(criteria: Criteria, words: str) -> None:
    with pytest.raises(CriteriaError, match=words):
        checked(criteria)


def test_two_officers_decide_and_the_second_stands_for_it() -> None:
    assert (CONFIRMED.stage, CONFIRMED.confirmed_by) == (Stage.RUNNING, "chen-5")
    with pytest.raises(BatchStateError, match="two officers"):
        confirm(PROPOSED, by="li-3", at=AT)


def test_an_undo_stops_what_is_running_and_is_decided_by_another_than_who_suspended() -> None:
    undo, undone = confirm_undo(UNDO, CONFIRMED, by="wang-2", at=AT)

    assert (undo.stage, undo.confirmed_by) == (Stage.RUNNING, "wang-2")
    assert (undone.stage, undone.ended_at, undone.undone_by) == (Stage.STOPPED, AT, UNDO.id)
    with pytest.raises(BatchStateError, match="two officers"):
        confirm_undo(UNDO, CONFIRMED, by="li-3", at=AT)
    with pytest.raises(BatchStateError, match="who suspended"):
        confirm_undo(UNDO, CONFIRMED, by="chen-5", at=AT)


def test_an_undo_leaves_a_finished_act_finished() -> None:
    finished = replace(CONFIRMED, stage=Stage.FINISHED, ended_at=AT)

    _, undone = confirm_undo(UNDO, finished, by="wang-2", at=AT + timedelta(days=1))

    assert (undone.stage, undone.ended_at, undone.undone_by) == (Stage.FINISHED, AT, UNDO.id)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        pytest.param(PROPOSED, "nothing to undo", id="not confirmed"),
        pytest.param(reject(PROPOSED, at=AT), "nothing to undo", id="rejected"),
        pytest.param(UNDO, "not undone", id="an undo"),
        pytest.param(replace(CONFIRMED, undone_by="PL9"), "undone by PL9", id="undone"),
    ],
)
def test_what_cannot_be_undone(act: MassAct, words: str) -> None:
    with pytest.raises(BatchStateError, match=words):
        expect_undoable(act)
    with pytest.raises(BatchStateError, match=words):
        confirm_undo(UNDO, act, by="wang-2", at=AT)


@pytest.mark.parametrize(
    "act", [CONFIRMED, reject(PROPOSED, at=AT), replace(CONFIRMED, stage=Stage.STOPPED)]
)
def test_only_a_proposal_is_decided(act: MassAct) -> None:
    with pytest.raises(BatchStateError):
        confirm(act, by="wang-2", at=AT)
    with pytest.raises(BatchStateError):
        reject(act, at=AT)


def suspended(permit: Permit, **other: str) -> Permit:
    return suspend(permit, **({"by": "chen-5"} | WORDS | other), at=AT)


def test_whom_a_mass_act_passes_over(permit: Permit) -> None:
    assert obstacle_to_suspending(permit) is None
    assert obstacle_to_suspending(suspended(permit)) is Outcome.SUSPENDED
    ended = cancel(permit, cause=CancelCause.MOVED_AWAY, by="li-3", at=AT, **WORDS)
    assert obstacle_to_suspending(ended) is Outcome.ENDED


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda p: suspended(p), None, id="under its order"),
        pytest.param(lambda p: p, Outcome.OTHER_ORDER, id="restored meanwhile"),
        pytest.param(
            lambda p: suspended(p, by="li-3"), Outcome.OTHER_ORDER, id="another officer's order"
        ),
        pytest.param(
            lambda p: suspended(p, reason="x"), Outcome.OTHER_ORDER, id="for another reason"
        ),
        pytest.param(
            lambda p: suspend(
                restore(suspended(p), by="li-3"),
                by="chen-5",
                at=AT + timedelta(microseconds=1),
                **WORDS,
            ),
            Outcome.OTHER_ORDER,
            id="restored and suspended again alike",
        ),
        pytest.param(
            lambda p: cancel(suspended(p), cause=CancelCause.MOVED_AWAY, by="li-3", at=AT, **WORDS),
            Outcome.ENDED,
            id="ended",
        ),
    ],
)
def test_only_the_very_order_of_the_act_is_lifted(
    permit: Permit, change: Callable[[Permit], Permit], expected: Outcome | None
) -> None:
    assert obstacle_to_restoring(change(permit), CONFIRMED, suspended_at=AT) is expected


def test_what_had_no_turn_is_not_lifted(permit: Permit) -> None:
    found = obstacle_to_restoring(suspended(permit), CONFIRMED, suspended_at=None)

    assert found is Outcome.OTHER_ORDER
