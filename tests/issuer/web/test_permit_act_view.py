"""Which acts a permit's page offers: roles by states, and each reason why not said once."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.officer import Officer, Role
from issuer.particulars import Resident
from issuer.permit import Cancellation, Permit, Suspension, grant
from issuer.web.permit_act_view import (
    FIRST_ENDORSE,
    FIRST_RESTORE,
    NOT_OPEN,
    NOT_YOURS,
    PROPOSED,
    WORDS,
    NotNow,
    PermitAct,
    acts_offered,
    not_now,
)
from schemas.civil_id import Sex

AT = datetime(2026, 11, 1, tzinfo=UTC)
RESIDENT = Resident(
    name="张示范",
    citizen_id_number="33010019900101001X",
    sex=Sex.MALE,
    birthdate=date(1990, 1, 1),
    ethnic_group="01",
    registered_address="示范省示范市1号",
    portrait=b"\xff\xd8\xff",
)
PERMIT = grant(
    number="ZJ1",
    county="330302",
    resident=RESIDENT,
    residence_address="示范路1号",
    registered_on=date(2025, 5, 1),
    on=date(2025, 11, 23),
    by="li-3",
)
SUSPENDED = replace(PERMIT, order=Suspension("li-3", "r", "b", AT))
ENDED = replace(PERMIT, order=Cancellation("li-3", "r", "b", AT))
FRESH, DUE, LATE = date(2026, 3, 1), date(2026, 11, 1), date(2026, 11, 24)
LI = Officer("li-3", "330302", frozenset({Role.APPROVER}))
CHEN = Officer("chen-5", "330302", frozenset({Role.APPROVER}))
WANG = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
ZHAO = Officer("zhao-7", "330302", frozenset({Role.AUDITOR, Role.ADMINISTRATOR}))
GO = ""
PROPOSE, CANCEL = PermitAct.PROPOSE_REVOCATION, PermitAct.CANCEL
COPIES = (PermitAct.OFFER, PermitAct.SLIP)

Offered = dict[PermitAct, str]


def offered(permit: Permit, officer: Officer, today: date, *, proposed: bool = False) -> Offered:
    return {
        choice.act: choice.why_not
        for choice in acts_offered(permit, officer, today, proposed=proposed)
    }


def same(why: str, *acts: PermitAct) -> Offered:
    return dict.fromkeys(acts, why)


@pytest.mark.parametrize(
    ("permit", "officer", "today", "expected"),
    [
        (
            PERMIT,
            LI,
            FRESH,
            same(NOT_OPEN, PermitAct.ENDORSE)
            | same(GO, *COPIES, PermitAct.REPLACE, PermitAct.SUSPEND, PROPOSE, CANCEL),
        ),
        (
            PERMIT,
            LI,
            DUE,
            same(GO, PermitAct.ENDORSE, *COPIES, PermitAct.REPLACE, PermitAct.SUSPEND)
            | same(GO, PROPOSE, CANCEL),
        ),
        (
            PERMIT,
            LI,
            LATE,
            same(GO, PermitAct.ENDORSE, PermitAct.SUSPEND, PROPOSE, CANCEL)
            | same(FIRST_ENDORSE, *COPIES, PermitAct.REPLACE),
        ),
        (
            SUSPENDED,
            LI,
            DUE,
            same(FIRST_RESTORE, PermitAct.ENDORSE, *COPIES, PermitAct.REPLACE)
            | same(NOT_YOURS, PermitAct.RESTORE)
            | same(GO, PROPOSE, CANCEL),
        ),
        (
            SUSPENDED,
            CHEN,
            DUE,
            same(FIRST_RESTORE, PermitAct.ENDORSE, *COPIES, PermitAct.REPLACE)
            | same(GO, PermitAct.RESTORE, PROPOSE, CANCEL),
        ),
        (ENDED, LI, DUE, {}),
        (PERMIT, WANG, DUE, same(GO, *COPIES)),
        (SUSPENDED, WANG, DUE, same(FIRST_RESTORE, *COPIES)),
        (PERMIT, ZHAO, DUE, {}),
    ],
    ids=[
        "usable",
        "due",
        "lapsed",
        "suspended by oneself",
        "suspended by another",
        "ended",
        "a registrar",
        "a registrar and an order",
        "no part in it",
    ],
)
def test_what_is_offered(permit: Permit, officer: Officer, today: date, expected: Offered) -> None:
    assert offered(permit, officer, today) == expected


def test_one_proposal_at_a_time() -> None:
    assert offered(PERMIT, LI, DUE, proposed=True)[PROPOSE] == PROPOSED


def test_a_reason_is_said_once_for_all_it_keeps_from() -> None:
    found = not_now(acts_offered(SUSPENDED, LI, DUE, proposed=False))

    assert found == (
        NotNow(FIRST_RESTORE, ("Endorse", "Offer for a wallet", "Confirmation slip", "Replace")),
        NotNow(NOT_YOURS, ("Restore",)),
    )


def test_every_act_says_what_follows_and_what_takes_away_asks_why() -> None:
    assert set(WORDS) == set(PermitAct)
    assert all(words.follows and words.button for words in WORDS.values())
    assert all(words.grounds for words in WORDS.values() if words.kind == "danger")
