"""The table of states: every step that is allowed, every one that is refused, and the guards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import (
    Abandoned,
    Application,
    Channel,
    Commitment,
    Draft,
    Granted,
    Kind,
    Material,
    NeedsSupplement,
    Refused,
    State,
    Submitted,
    Supplement,
    Withdrawn,
)
from issuer.eligibility import Basis, Finding, Ground, Outcome
from issuer.errors import ApplicationStateError
from issuer.identity_check import VerifiedIdentity
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
FAILED = Finding(Ground.PILOT, Outcome.FAILED, "pilot_not_open", "示范。", "Demonstration.")
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
COMMITMENT = Commitment("2026-11", "cd" * 32, AT)
DRAFT = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=VerifiedIdentity(
        name="林样例",
        citizen_id_number="52000019920512000X",
        sex=Sex.FEMALE,
        birthdate=date(1992, 5, 12),
        ethnic_group="01",
        household_code="520100",
        registered_address="贵州省贵阳市示范路1号",
        portrait=b"\xff\xd8\xff",
    ),
    bases=frozenset({Basis.STABLE_HOUSING}),
    commitment=COMMITMENT,
)

Step = Callable[[Application], Application]
STEPS: dict[str, Step] = {
    "commit": lambda a: steps.commit(a, COMMITMENT),
    "submit": lambda a: steps.submit(a, at=LATER),
    "request_supplement": lambda a: steps.request_supplement(a, ["租房合同"], by="li-3", at=LATER),
    "supply": lambda a: steps.supply(a, [LEASE], at=LATER),
    "grant": lambda a: steps.grant(a, permit_number="ZJ1", by="li-3", at=LATER),
    "refuse": lambda a: steps.refuse(a, (FAILED,), by="li-3", at=LATER),
    "withdraw": lambda a: steps.withdraw(a, at=LATER),
    "abandon": lambda a: steps.abandon(a, at=LATER),
}
ASKED = Supplement(AT, "li-3", ("租房合同",))
STATES: dict[str, Application] = {
    "draft": DRAFT,
    "submitted": replace(DRAFT, state=Submitted(), submitted_at=AT),
    "needs_supplement": replace(
        DRAFT, state=NeedsSupplement(), submitted_at=AT, supplements=(ASKED,)
    ),
    "granted": replace(DRAFT, state=Granted(AT, "li-3", "ZJ1")),
    "refused": replace(DRAFT, state=Refused(AT, "li-3", (FAILED,))),
    "withdrawn": replace(DRAFT, state=Withdrawn(AT)),
    "abandoned": replace(DRAFT, state=Abandoned(AT)),
}
ALLOWED: dict[tuple[str, str], State] = {
    ("draft", "commit"): Draft(),
    ("draft", "submit"): Submitted(),
    ("draft", "abandon"): Abandoned(LATER),
    ("submitted", "request_supplement"): NeedsSupplement(),
    ("submitted", "grant"): Granted(LATER, "li-3", "ZJ1"),
    ("submitted", "refuse"): Refused(LATER, "li-3", (FAILED,)),
    ("submitted", "withdraw"): Withdrawn(LATER),
    ("needs_supplement", "supply"): Submitted(),
    ("needs_supplement", "withdraw"): Withdrawn(LATER),
}


@pytest.mark.parametrize(("stage", "step"), [(stage, step) for stage in STATES for step in STEPS])
def test_the_table_of_states(stage: str, step: str) -> None:
    before = STATES[stage]
    expected = ALLOWED.get((stage, step))

    if expected is None:
        with pytest.raises(ApplicationStateError, match=f"an application that is {stage}"):
            STEPS[step](before)
    else:
        after = STEPS[step](before)
        assert after.state == expected
        assert (after.number, after.applicant) == (before.number, before.applicant)


def test_r4_nothing_is_submitted_before_the_commitment() -> None:
    with pytest.raises(ApplicationStateError, match="commitment has not been given"):
        steps.submit(replace(DRAFT, commitment=None), at=LATER)
    with pytest.raises(ApplicationStateError, match="commitment has not been given"):
        steps.submit(DRAFT, at=AT - timedelta(seconds=1))
    assert steps.submit(DRAFT, at=AT).submitted_at == AT


def test_a_supplement_is_asked_for_once_and_completely() -> None:
    asked = STEPS["request_supplement"](STATES["submitted"])
    supplied = steps.supply(asked, [LEASE], at=LATER)

    assert asked.supplements == (Supplement(LATER, "li-3", ("租房合同",)),)
    assert supplied.materials == (LEASE,)
    assert supplied.supplements[0].supplied_at == LATER
    assert supplied.submitted_at == AT
    with pytest.raises(ApplicationStateError, match="no second time"):
        STEPS["request_supplement"](supplied)


@pytest.mark.parametrize(
    "wanted", [[], [""], ["x", " "], ["x\ny"], ["x" * 201], ["x"] * 21], ids=repr
)
def test_a_supplement_names_what_is_lacking(wanted: list[str]) -> None:
    with pytest.raises(ApplicationStateError, match="name 1 to 20 things"):
        steps.request_supplement(STATES["submitted"], wanted, by="li-3", at=LATER)


def test_documents_are_counted() -> None:
    full = replace(DRAFT, materials=(LEASE,) * 20)
    waiting = replace(STATES["needs_supplement"], materials=(LEASE,) * 20)

    assert steps.submit(full, at=LATER).stage == "submitted"
    with pytest.raises(ApplicationStateError, match="at most 20"):
        steps.submit(replace(full, materials=(LEASE,) * 21), at=LATER)
    with pytest.raises(ApplicationStateError, match="at most 20"):
        steps.supply(waiting, [LEASE], at=LATER)
    with pytest.raises(ApplicationStateError, match="at least one"):
        steps.supply(STATES["needs_supplement"], [], at=LATER)


def test_a_refusal_names_the_grounds_and_nobody_eligible_is_refused() -> None:
    with pytest.raises(ApplicationStateError, match="no ground failed"):
        steps.refuse(STATES["submitted"], (), by="li-3", at=LATER)
