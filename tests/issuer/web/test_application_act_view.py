"""Which acts an application's page offers, and what a refusal begins with."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import (
    Application,
    Channel,
    Draft,
    Granted,
    Kind,
    NeedsSupplement,
    ProposedGrant,
    Submitted,
    Supplement,
)
from issuer.eligibility_facts import Finding, Ground, Outcome
from issuer.identity_check import VerifiedIdentity
from issuer.officer import Officer, Role
from issuer.web.application_act_view import (
    ASKED_ONCE,
    GROUND_FAILS,
    NOT_YOURS,
    WORDS,
    ApplicationAct,
    legal_basis_of,
    steps_offered,
)
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, tzinfo=UTC)
APPLICATION = Application(
    number="SQ1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="330302",
    applicant=VerifiedIdentity(
        name="林样例",
        citizen_id_number="52000019920512000X",
        sex=Sex.FEMALE,
        birthdate=date(1992, 5, 12),
        ethnic_group="01",
        household_code="520100",
        registered_address="示范路1号",
        portrait=b"",
    ),
    bases=frozenset(),
    submitted_at=AT,
    state=Submitted(),
)
PROPOSED = replace(APPLICATION, proposal=ProposedGrant("li-3", AT))
ASKED = replace(APPLICATION, supplements=(Supplement(AT, "wang-2", ("x",), AT),))
LI = Officer("li-3", "330302", frozenset({Role.APPROVER}))
CHEN = Officer("chen-5", "330302", frozenset({Role.APPROVER}))
WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
ZHAO = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
GO = ""
A = ApplicationAct


def finding(ground: Ground, outcome: Outcome) -> Finding:
    return Finding(ground, outcome, "code" if outcome is Outcome.FAILED else "", "中", "en")


PASSED = (finding(Ground.IDENTITY, Outcome.PASSED), finding(Ground.GUARDIAN, Outcome.NOT_NEEDED))
FAILED = (*PASSED, finding(Ground.MATERIALS, Outcome.FAILED))
Offered = dict[ApplicationAct, str]


@pytest.mark.parametrize(
    ("held", "found", "second", "officer", "expected"),
    [
        (APPLICATION, PASSED, False, LI, {A.GRANT: GO, A.REFUSE: GO, A.SUPPLEMENT: GO}),
        (APPLICATION, FAILED, False, LI, {A.GRANT: GROUND_FAILS, A.REFUSE: GO, A.SUPPLEMENT: GO}),
        (APPLICATION, PASSED, True, LI, {A.SECOND_OPINION: GO, A.REFUSE: GO, A.SUPPLEMENT: GO}),
        (
            APPLICATION,
            FAILED,
            True,
            LI,
            {A.SECOND_OPINION: GROUND_FAILS, A.REFUSE: GO, A.SUPPLEMENT: GO},
        ),
        (
            PROPOSED,
            PASSED,
            True,
            CHEN,
            {A.CONFIRM: GO, A.DISAGREE: GO, A.REFUSE: GO, A.SUPPLEMENT: GO},
        ),
        (
            PROPOSED,
            PASSED,
            True,
            LI,
            {A.CONFIRM: NOT_YOURS, A.DISAGREE: GO, A.REFUSE: GO, A.SUPPLEMENT: GO},
        ),
        (
            PROPOSED,
            FAILED,
            True,
            CHEN,
            {A.CONFIRM: GROUND_FAILS, A.DISAGREE: GO, A.REFUSE: GO, A.SUPPLEMENT: GO},
        ),
        (ASKED, PASSED, False, LI, {A.GRANT: GO, A.REFUSE: GO, A.SUPPLEMENT: ASKED_ONCE}),
        (APPLICATION, PASSED, False, WANG, {A.SUPPLEMENT: GO}),
        (APPLICATION, PASSED, False, ZHAO, {}),
        (replace(APPLICATION, state=NeedsSupplement()), PASSED, False, LI, {}),
        (replace(APPLICATION, state=Granted(AT, "li-3", "ZJ1")), (), False, LI, {}),
        (replace(APPLICATION, state=Draft()), PASSED, False, LI, {}),
    ],
    ids=[
        "eligible",
        "a ground fails",
        "an exemption",
        "an exemption that fails",
        "proposed by another",
        "proposed by oneself",
        "proposed, and a ground fails since",
        "asked once already",
        "a registrar",
        "an auditor",
        "waits for its applicant",
        "decided",
        "a draft",
    ],
)
def test_what_is_offered(
    held: Application,
    found: tuple[Finding, ...],
    second: bool,
    officer: Officer,
    expected: Offered,
) -> None:
    offered = steps_offered(held, found, officer, second_officer=second)

    assert {choice.act: choice.why_not for choice in offered} == expected


@pytest.mark.parametrize("ground", list(Ground))
def test_every_ground_has_its_provision(ground: Ground) -> None:
    assert legal_basis_of([finding(ground, Outcome.FAILED)]).startswith("《")


def test_each_provision_is_named_once() -> None:
    failed = [finding(g, Outcome.FAILED) for g in (Ground.HALF_YEAR, Ground.CONDITION, Ground.UNIT)]

    assert legal_basis_of(failed) == (
        "《居住证暂行条例》第二条；《浙江省流动人口居住登记条例》第十九条"
    )


def test_all_of_them_together_fit_where_they_are_kept() -> None:
    assert len(legal_basis_of([finding(g, Outcome.FAILED) for g in Ground])) <= 500


def test_every_act_says_what_follows() -> None:
    assert set(WORDS) == set(ApplicationAct)
    assert all(words.follows and words.button for words in WORDS.values())
