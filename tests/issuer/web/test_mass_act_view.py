"""What mass acts offer to whom, and that a cohort is never read wider than it was meant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.batch import Stage
from issuer.eligibility_facts import Basis
from issuer.errors import CriteriaError
from issuer.mass_act import Criteria, MassAct
from issuer.officer import Officer, Role
from issuer.web.mass_act_view import (
    act_choices,
    act_events,
    barred,
    cohort_lines,
    criteria_of,
    short,
    typed,
    undo_waiting,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)
DECIDER = frozenset({Role.APPROVER})
PROPOSED = MassAct(
    id="PL33030220260000001",
    county="330302",
    criteria=Criteria(officer="hu-1"),
    reason="示范",
    legal_basis="示范",
    proposed_by="li-3",
    proposed_at=AT,
)
RUNNING = replace(PROPOSED, stage=Stage.RUNNING, confirmed_by="chen-5", confirmed_at=AT)
UNDO = replace(
    PROPOSED, id="PL33030220260000002", criteria=None, undoes=RUNNING.id, proposed_by="li-3"
)


def offered(act: MassAct, officer_id: str, **more: MassAct | None) -> set[str]:
    named = {"undone": None, "open_undo": None} | more
    choices = act_choices(act, Officer(officer_id, "330302", DECIDER), **named)
    return {name for name in choices.__struct_fields__ if getattr(choices, name)}


@pytest.mark.parametrize(
    ("act", "officer_id", "more", "expected"),
    [
        pytest.param(PROPOSED, "chen-5", {}, {"confirm", "reject"}, id="the second"),
        pytest.param(PROPOSED, "li-3", {}, {"not_yours", "take_back"}, id="who proposed"),
        pytest.param(RUNNING, "li-3", {}, {"go_on", "propose_undo"}, id="under way"),
        pytest.param(
            replace(RUNNING, stage=Stage.FINISHED), "li-3", {}, {"propose_undo"}, id="finished"
        ),
        pytest.param(
            RUNNING, "li-3", {"open_undo": UNDO}, {"go_on"}, id="its undo is proposed already"
        ),
        pytest.param(
            replace(RUNNING, stage=Stage.STOPPED, undone_by=UNDO.id), "li-3", {}, set(), id="undone"
        ),
        pytest.param(UNDO, "wu-9", {"undone": RUNNING}, {"confirm", "reject"}, id="undo"),
        pytest.param(
            UNDO, "chen-5", {"undone": RUNNING}, {"not_yours", "reject"}, id="who suspended"
        ),
        pytest.param(replace(PROPOSED, stage=Stage.REJECTED), "chen-5", {}, set(), id="rejected"),
    ],
)
def test_what_is_offered(
    act: MassAct, officer_id: str, more: dict[str, MassAct], expected: set[str]
) -> None:
    assert offered(act, officer_id, **more) == expected


def test_an_auditor_is_offered_nothing() -> None:
    auditor = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
    for act in (PROPOSED, RUNNING):
        choices = act_choices(act, auditor, undone=None, open_undo=None)
        assert not any(getattr(choices, name) for name in choices.__struct_fields__)


def test_who_cannot_be_the_second() -> None:
    assert barred(PROPOSED, None) == {"li-3"}
    assert barred(UNDO, RUNNING) == {"li-3", "chen-5"}


def given(**fields: str) -> dict[str, str]:
    return typed(fields)


def test_a_cohort_is_read_from_its_form() -> None:
    read = criteria_of(
        given(
            officer=" hu-1 ",
            basis="stable_housing",
            first_day="2026-01-02",
            last_day="2026-02-03",
            signing_key="k" * 43,
        )
    )

    assert read == Criteria(
        officer="hu-1",
        basis=Basis.STABLE_HOUSING,
        first_day=date(2026, 1, 2),
        last_day=date(2026, 2, 3),
        signing_key="k" * 43,
    )


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"basis": "because"}, id="no ground"),
        pytest.param({"first_day": "02.01.2026"}, id="no day"),
        pytest.param({"last_day": "2026-02-30"}, id="a day that never was"),
        pytest.param({"officer": "52000019920512000X"}, id="a citizen number"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_left_out(fields: dict[str, str]) -> None:
    with pytest.raises(CriteriaError):
        criteria_of(given(**{"officer": "hu-1"} | fields))


def test_a_cohort_is_said_in_words() -> None:
    criteria = Criteria(
        officer="hu-1", basis=Basis.STABLE_HOUSING, first_day=date(2026, 1, 2), signing_key="k" * 43
    )

    assert [(line.text, line.word, line.day) for line in cohort_lines(criteria)] == [
        ("hu-1", False, None),
        ("Lawful stable housing", True, None),
        ("", False, date(2026, 1, 2)),
        ("kkkkkkkkkkkk…", False, None),
    ]
    assert cohort_lines(None) == ()
    assert short("") == ""


def test_its_life_is_told_in_order() -> None:
    ended = replace(RUNNING, stage=Stage.FINISHED, ended_at=AT + timedelta(hours=1))

    assert [event.by for event in act_events(PROPOSED)] == ["li-3"]
    assert [(event.by, event.tone) for event in act_events(ended)] == [
        ("li-3", "warn"),
        ("chen-5", "bad"),
        ("", "good"),
    ]


def test_an_undo_that_waits_is_found() -> None:
    assert undo_waiting(RUNNING, [RUNNING, UNDO]) is UNDO
    assert undo_waiting(RUNNING, [RUNNING, replace(UNDO, stage=Stage.REJECTED)]) is None
