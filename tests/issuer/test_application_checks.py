"""What a form may hold, and what the rules get to see."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import (
    Application,
    Channel,
    Granted,
    Guardian,
    Kind,
    Material,
    Refused,
    Relation,
    Whose,
)
from issuer.application_checks import (
    checked_guardian,
    checked_materials,
    checked_statement,
    cleaned_filename,
    facts_of,
    needs_second_officer,
    particulars_of,
    permit_held,
    proven_before,
    receipt_number,
)
from issuer.cancel_cause import CancelCause
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
    given = Guardian(" 阿依样•示例江 ", "650000 19880103 0013", Relation.NEAR_RELATIVE)

    assert checked_guardian(given, PERSON, today=TODAY) == Guardian(
        "阿依样·示例江", "650000198801030013", Relation.NEAR_RELATIVE
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
        replace(permit, county="330381"),
        cause=CancelCause.MOVED_AWAY,
        by="li-3",
        reason="r",
        legal_basis="b",
        at=now,
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


@pytest.mark.parametrize(
    ("basis", "whose"), [(None, None), (Basis.STABLE_HOUSING, Whose.APPLICANT)], ids=repr
)
def test_a_document_speaks_for_one_thing(basis: Basis | None, whose: Whose | None) -> None:
    with pytest.raises(InputError, match="for one of them"):
        checked_materials([replace(LEASE, basis=basis, whose=whose)])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("租房合同.pdf", "租房合同.pdf"),
        ("/home/示范/租.pdf", "租.pdf"),
        ("C:\\Users\\示范\\租.pdf", "租.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nContent-Type: x.pdf", "aContent-Type: x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
        ("", ""),
    ],
    ids=repr,
)
def test_a_file_s_name_is_fit_for_showing(given: str, kept: str) -> None:
    assert cleaned_filename(given) == kept
    assert checked_materials([replace(LEASE, filename=given)])[0].filename == kept


def test_a_statement_is_one_line() -> None:
    assert checked_statement(" 手机丢失 ") == "手机丢失"
    assert checked_statement("") == ""
    for wrong in ("a\nb", "x" * 201):
        with pytest.raises(InputError, match="one line"):
            checked_statement(wrong)


def test_the_permit_held_is_the_one_that_has_not_ended(permit: Permit) -> None:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    ended = cancel(
        permit, cause=CancelCause.MOVED_AWAY, by="li-3", reason="r", legal_basis="b", at=now
    )

    assert permit_held([ended, permit]) == permit
    assert permit_held([ended]) is None
    assert permit_held([]) is None


def test_what_was_proven_before_is_what_led_to_this_permit(permit: Permit) -> None:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    proven = replace(APPLICATION, materials=(LEASE,), state=Granted(now, "li-3", permit.number))
    elsewhere = replace(proven, state=Granted(now, "li-3", "ZJ"))
    refused = replace(proven, state=Refused(now, "li-3", ()))
    unproven = replace(proven, materials=())

    assert proven_before([proven], permit) == {Basis.STABLE_HOUSING}
    assert proven_before([elsewhere, refused, unproven], permit) == frozenset()
    for kind in (Kind.REPLACEMENT, Kind.CHANGE_OF_DATA):  # in which nobody weighs a ground
        assert proven_before([replace(proven, kind=kind)], permit) == frozenset()
    assert proven_before([proven], None) == frozenset()


@pytest.mark.parametrize(
    ("bases", "government", "before", "two"),
    [
        ({Basis.TALENT_EXEMPT}, "示范市人民政府", set(), True),
        ({Basis.TALENT_EXEMPT}, "", set(), False),  # not proven, so it decides nothing
        ({Basis.TALENT_EXEMPT}, "示范市人民政府", {Basis.TALENT_EXEMPT}, False),
        ({Basis.STABLE_HOUSING}, "示范市人民政府", set(), False),
    ],
)
def test_two_officers_look_at_a_new_exemption(
    bases: set[Basis], government: str, before: set[Basis], two: bool
) -> None:
    paper = Material(Basis.TALENT_EXEMPT, "ab" * 32, government)
    held = replace(APPLICATION, bases=frozenset(bases), materials=(paper,))
    facts = replace(
        facts_of(held, [HERE], [], on=TODAY),
        kind=Kind.ENDORSEMENT,
        proven_before=frozenset(before),
    )

    assert needs_second_officer(facts) is two
    moved = needs_second_officer(replace(facts, kind=Kind.MOVE))
    assert moved is (two or bool(before)), "another county's officers looked at it, not these"


def test_only_other_kinds_than_a_first_are_about_a_permit(permit: Permit) -> None:
    for kind in Kind:
        facts = facts_of(replace(APPLICATION, kind=kind), [HERE], [permit], on=TODAY)
        assert facts.permit == (None if kind is Kind.FIRST_PERMIT else permit)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
def test_once_handed_in_it_is_about_the_one_permit_it_was_handed_in_for(
    permit: Permit, kind: Kind
) -> None:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    held = replace(APPLICATION, kind=kind, permit_number=permit.number, submitted_at=now)
    later = replace(permit, number="ZJ", county="330381")

    assert facts_of(held, [HERE], [permit], on=TODAY).permit == permit
    assert facts_of(held, [HERE], [later], on=TODAY).permit is None


def test_a_change_of_data_says_what_differs(permit: Permit) -> None:
    held = replace(APPLICATION, kind=Kind.CHANGE_OF_DATA)
    changed = facts_of(held, [replace(HERE, address="示范路9号")], [permit], on=TODAY).changes

    assert "residence_address" in changed
    assert "name" in changed  # another person's permit, in this test
    assert facts_of(held, [], [permit], on=TODAY).changes == ()
    assert facts_of(replace(held, kind=Kind.ENDORSEMENT), [HERE], [permit], on=TODAY).changes == ()
