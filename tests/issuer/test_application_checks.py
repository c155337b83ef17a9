"""What a form may hold, and what the rules get to see."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Guardian, Kind, Material
from issuer.application_checks import (
    checked_guardian,
    checked_materials,
    facts_of,
    particulars_of,
    receipt_number,
)
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError, NotEligibleError
from issuer.permit import Permit, cancel
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import check_character
from schemas.errors import InputError

TODAY = date(2026, 11, 23)
PERSON = demonstration_identities(today=TODAY)["52000019920512000X"]
HERE = ResidenceRegistration(PERSON.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
APPLICATION = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=PERSON,
    bases=frozenset({Basis.STABLE_HOUSING}),
)
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)


def test_receipt_numbers_carry_a_check_character_until_they_run_out() -> None:
    number = receipt_number("330302", 2026, 1)

    assert number[:-1] == "SQ33030220260000001"
    assert number[-1] == check_character(number[2:-1])
    with pytest.raises(ApplicationStateError, match="no receipt number is left"):
        receipt_number("330302", 2026, 10_000_000)


def test_a_guardian_is_kept_in_one_spelling() -> None:
    given = Guardian(" 阿依样•示例江 ", "650000 19880103 0013")

    assert checked_guardian(given, PERSON, today=TODAY) == Guardian(
        "阿依样·示例江", "650000198801030013"
    )
    assert checked_guardian(None, PERSON, today=TODAY) is None


@pytest.mark.parametrize(
    ("guardian", "why"),
    [
        (Guardian("示范", "650000198801030014"), "check character"),
        (Guardian("", "650000198801030013"), "name"),
        (Guardian("林样例", PERSON.citizen_id_number), "their own guardian"),
        (Guardian("小满示", "340000201506010003"), "18 or older"),
    ],
)
def test_r9_who_can_be_no_guardian(guardian: Guardian, why: str) -> None:
    with pytest.raises(InputError, match=why):
        checked_guardian(guardian, PERSON, today=TODAY)


def test_documents_are_kept_by_their_digest() -> None:
    given = replace(LEASE, government=" 乐清市人民政府 ")

    assert checked_materials([LEASE, given]) == (LEASE, replace(LEASE, government="乐清市人民政府"))
    for wrong in ({"sha256": "AB" * 32}, {"sha256": "ab"}, {"government": "x" * 61}):
        with pytest.raises(InputError):
            checked_materials([replace(LEASE, **wrong)])
    with pytest.raises(InputError, match="one line"):
        checked_materials([replace(LEASE, government="a\nb")])


def test_rules_see_what_holds_that_day_and_permits_that_have_not_ended(permit: Permit) -> None:
    ended = replace(HERE, county="330304", ended_on=TODAY)
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    cancelled = cancel(
        replace(permit, county="330381"), by="li-3", reason="r", legal_basis="b", at=now
    )
    facts = facts_of(
        replace(APPLICATION, materials=(LEASE,), guardian=Guardian("示范", "x")),
        [HERE, ended],
        [permit, cancelled],
        on=TODAY,
    )

    assert facts.registrations == (HERE,)
    assert facts.permit_counties == ("330302",)
    assert facts.guardian_applies
    assert facts.proven == {Basis.STABLE_HOUSING}


def test_r19_a_permit_says_what_check_and_register_say() -> None:
    particulars = particulars_of(APPLICATION, [HERE], on=TODAY)

    assert (particulars.name, particulars.citizen_id_number) == ("林样例", "52000019920512000X")
    assert particulars.residence_address == HERE.address
    assert particulars.residence_registered_on == HERE.registered_on
    with pytest.raises(NotEligibleError):
        particulars_of(APPLICATION, [replace(HERE, county="330304")], on=TODAY)
