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
    Lapsed,
    Material,
    NeedsSupplement,
    ProposedGrant,
    Refused,
    State,
    Submitted,
    Supplement,
    Withdrawn,
)
from issuer.application_errors import SecondOpinionError
from issuer.eligibility import Basis, Finding, Ground, Outcome
from issuer.errors import ApplicationStateError
from issuer.identity_check import VerifiedIdentity
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
MONTH_LATER = AT + timedelta(days=31)
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
    "revise": lambda a: steps.revise(a, statement="示范"),
    "attach": lambda a: steps.attach(a, LEASE),
    "lapse": lambda a: steps.lapse(a, at=MONTH_LATER),
    "propose_grant": lambda a: steps.propose_grant(a, by="li-3", at=LATER),
    "drop_proposal": lambda a: steps.drop_proposal(replace(a, proposal=ProposedGrant("li-3", AT))),
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
    "lapsed": replace(DRAFT, state=Lapsed(AT)),
    "abandoned": replace(DRAFT, state=Abandoned(AT)),
}
ALLOWED: dict[tuple[str, str], State] = {
    ("draft", "commit"): Draft(),
    ("draft", "submit"): Submitted(),
    ("draft", "abandon"): Abandoned(LATER),
    ("draft", "revise"): Draft(),
    ("draft", "attach"): Draft(),
    ("submitted", "propose_grant"): Submitted(),
    ("submitted", "drop_proposal"): Submitted(),
    ("needs_supplement", "lapse"): Lapsed(MONTH_LATER),
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


def test_every_change_to_a_draft_counts_its_revision_up() -> None:
    for step in ("commit", "revise", "attach", "abandon"):
        assert STEPS[step](DRAFT).revision == DRAFT.revision + 1
    assert STEPS["submit"](DRAFT).revision == DRAFT.revision


def test_the_same_file_for_the_same_purpose_is_one_document() -> None:
    once = steps.attach(DRAFT, LEASE)
    again = steps.attach(once, replace(LEASE, government="示范"))
    other = steps.attach(again, replace(LEASE, basis=Basis.STABLE_EMPLOYMENT))

    assert again.materials == (replace(LEASE, government="示范"),)
    assert len(other.materials) == 2
    full = replace(DRAFT, materials=tuple(replace(LEASE, sha256=f"{n:064x}") for n in range(20)))
    with pytest.raises(ApplicationStateError, match="at most 20"):
        steps.attach(full, LEASE)


def test_a_draft_that_is_given_up_names_no_documents_any_more() -> None:
    assert steps.abandon(replace(DRAFT, materials=(LEASE,)), at=LATER).materials == ()


@pytest.mark.parametrize(("days", "lapses"), [(0, False), (30, False), (31, True), (400, True)])
def test_a_supplement_may_come_for_thirty_days(days: int, lapses: bool) -> None:
    waiting, at = STATES["needs_supplement"], AT + timedelta(days=days)

    assert steps.last_supplement_day(waiting) == date(2026, 12, 23)
    if lapses:
        assert steps.lapse(waiting, at=at).state == Lapsed(at)
    else:
        with pytest.raises(ApplicationStateError, match="through 2026-12-23"):
            steps.lapse(waiting, at=at)


def test_the_last_day_ends_at_midnight_in_shanghai() -> None:
    midnight = datetime(2026, 12, 23, 16, 0, tzinfo=UTC)
    with pytest.raises(ApplicationStateError):
        steps.lapse(STATES["needs_supplement"], at=midnight - timedelta(seconds=1))

    assert steps.lapse(STATES["needs_supplement"], at=midnight).stage == "lapsed"


def test_an_exemption_takes_two_different_officers() -> None:
    proposed = steps.propose_grant(STATES["submitted"], by="li-3", at=LATER)

    assert proposed.proposal == ProposedGrant("li-3", LATER)
    with pytest.raises(SecondOpinionError, match="does not confirm it"):
        steps.confirm_grant(proposed, by="li-3")
    with pytest.raises(SecondOpinionError, match="nobody has proposed"):
        steps.confirm_grant(STATES["submitted"], by="chen-5")
    with pytest.raises(SecondOpinionError, match="already"):
        steps.propose_grant(proposed, by="chen-5", at=LATER)
    with pytest.raises(SecondOpinionError, match="nobody proposed"):
        steps.drop_proposal(STATES["submitted"])
    steps.confirm_grant(proposed, by="chen-5")
    assert steps.drop_proposal(proposed).proposal is None


def test_what_is_asked_for_afterwards_makes_a_proposal_void() -> None:
    proposed = steps.propose_grant(STATES["submitted"], by="li-3", at=LATER)

    assert STEPS["request_supplement"](proposed).proposal is None
