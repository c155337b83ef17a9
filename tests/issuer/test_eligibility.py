"""R-1 and R-2: the twelve invented people, and every ground for a refusal."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.eligibility import (
    EXEMPTIONS,
    Basis,
    Facts,
    Finding,
    Ground,
    Kind,
    Outcome,
    failed,
    findings,
)
from issuer.ground_sentences import FAILED
from issuer.identity_check import VerifiedIdentity
from issuer.particulars import Resident
from issuer.permit import Suspension, grant
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import Sex, parse_civil_id
from schemas.divisions import UnknownCountyError
from schemas.endorsement_window import half_year_after

TODAY = date(2026, 11, 23)
WORK, HOME, STUDY = Basis.STABLE_EMPLOYMENT, Basis.STABLE_HOUSING, Basis.CONTINUOUS_SCHOOLING
INVESTOR, TALENT = Basis.INVESTOR_EXEMPT, Basis.TALENT_EXEMPT


def facts(
    number: str,
    household_code: str,
    lives_in: str,
    registered_on: date | None,
    *bases: Basis,
    **more: Any,
) -> Facts:
    """Somebody whose documents speak for what is relied on."""
    civil_id = parse_civil_id(number, today=TODAY)
    registrations = (
        (ResidenceRegistration(number, lives_in, "示范路1号", registered_on),)
        if registered_on
        else ()
    )
    identity = VerifiedIdentity(
        name="示范",
        citizen_id_number=number,
        sex=civil_id.sex,
        birthdate=civil_id.birthdate,
        ethnic_group="01",
        household_code=household_code,
        registered_address="示范省示范市1号",
        portrait=b"\xff\xd8\xff",
    )
    made = Facts(
        identity=identity,
        county=lives_in,
        registrations=registrations,
        bases=frozenset(bases),
        proven=frozenset(bases),
    )
    return replace(made, **more)


A01 = facts("52000019920512000X", "520100", "330302", date(2026, 3, 2), WORK)
A02 = facts("650000198801030013", "650100", "330304", date(2023, 8, 30), HOME)
A03 = facts("360000200709200017", "360100", "330381", date(2025, 9, 1), STUDY)
A04 = facts("420000198002290019", "420100", "330383", date(2026, 11, 3), INVESTOR)
A05 = facts("610000199507150003", "610100", "330382", date(2026, 11, 20), TALENT)
A06 = facts(
    "340000201506010003", "340100", "330303", date(2025, 2, 17), STUDY, guardian_applies=True
)
A07 = facts("330000194802110012", "330702", "330324", date(2025, 11, 20), HOME)
A08 = facts("410000199908090008", "410100", "330302", date(2026, 6, 30), WORK)
A09 = facts("50000020011130001X", "500103", "330326", date(2025, 10, 10))
A10 = facts("330000199012310004", "330303", "330302", date(2025, 1, 5), HOME, WORK)
A11 = facts("810000199306170005", "810000", "330302", date(2025, 12, 1), WORK)
A12 = facts("450000198604040012", "450100", "330329", date(2025, 8, 1), HOME)


def codes(about: Facts, today: date = TODAY) -> list[str]:
    return [finding.code for finding in failed(findings(about, today=today))]


def of(about: Facts, ground: Ground) -> Finding:
    (found,) = [f for f in findings(about, today=TODAY) if f.ground is ground]
    return found


def with_identity(about: Facts, **changes: Any) -> Facts:
    return replace(about, identity=replace(about.identity, **changes))


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        pytest.param(A01, [], id="A01 employed, registered eight months"),
        pytest.param(A02, [], id="A02 middle dot in the name"),
        pytest.param(A03, [], id="A03 vocational student"),
        pytest.param(A04, [], id="A04 investor, registered 20 days"),
        pytest.param(A05, [], id="A05 talent, registered three days"),
        pytest.param(A06, [], id="A06 eleven years old, by the guardian"),
        pytest.param(A07, [], id="A07 from another county of the province"),
        pytest.param(A08, ["residence_too_short"], id="A08 registered five months"),
        pytest.param(A09, ["no_qualifying_condition"], id="A09 nothing to rely on"),
        pytest.param(A10, ["not_floating_population"], id="A10 from another district"),
        pytest.param(A11, ["out_of_scope_hmt"], id="A11 from Hong Kong"),
        pytest.param(A12, [], id="A12 granted on commitment"),
    ],
)
def test_r1_r2_the_twelve_invented_people(about: Facts, expected: list[str]) -> None:
    assert codes(about) == expected


ORDER = Suspension("li-3", "示范原因", "示范条例", datetime(2026, 11, 1, tzinfo=UTC))


def about_permit(
    about: Facts,
    kind: Kind,
    *,
    county: str = "",
    issued_on: date = date(2025, 12, 1),
    order: Suspension | None = None,
) -> Facts:
    """An application about a permit of the county, or of another one."""
    held = grant(
        number="ZJ330302202500000017",
        county=county or about.county,
        resident=Resident(
            name="示范",
            citizen_id_number=about.identity.citizen_id_number,
            sex=about.identity.sex,
            birthdate=about.identity.birthdate,
            ethnic_group="01",
            registered_address="示范省示范市1号",
            portrait=b"\xff\xd8\xff",
        ),
        residence_address="示范路1号",
        registered_on=issued_on,
        on=issued_on,
        by="li-3",
    )
    return replace(about, kind=kind, permit=replace(held, order=order))


REFUSALS = [
    pytest.param(replace(A05, identity_verified=False), "identity_check_failed", id="face"),
    pytest.param(
        with_identity(A01, citizen_id_number="520000199205120001"),
        "identity_check_failed",
        id="check character",
    ),
    pytest.param(
        with_identity(A01, birthdate=date(1992, 5, 13)),
        "identity_check_failed",
        id="number and birth date disagree",
    ),
    pytest.param(
        with_identity(A01, sex=Sex.MALE), "identity_check_failed", id="number and sex disagree"
    ),
    pytest.param(A11, "out_of_scope_hmt", id="Hong Kong"),
    pytest.param(
        with_identity(A01, citizen_id_number="911840199205120008"),
        "out_of_scope_foreigner",
        id="permanent residence card",
    ),
    pytest.param(replace(A01, county="330402"), "pilot_not_open", id="Jiaxing was put off"),
    pytest.param(replace(A01, county="330106"), "pilot_not_open", id="Hangzhou has no plan"),
    pytest.param(A10, "not_floating_population", id="districts are one unit"),
    pytest.param(
        with_identity(A01, household_code="330300"),
        "not_floating_population",
        id="a city of the province without its county",
    ),
    pytest.param(replace(A09, registrations=()), "no_residence_registration", id="A09 at first"),
    pytest.param(replace(A03, county="330382"), "wrong_jurisdiction", id="A03 at first"),
    pytest.param(replace(A01, permit_counties=("330302",)), "duplicate_permit", id="A01 once more"),
    pytest.param(
        replace(A01, permit_counties=("330381",)), "duplicate_permit", id="holds one elsewhere"
    ),
    pytest.param(replace(A12, kind=Kind.ENDORSEMENT), "permit_ended", id="nothing to endorse"),
    pytest.param(about_permit(A12, Kind.REPLACEMENT, order=ORDER), "permit_suspended", id="order"),
    pytest.param(
        about_permit(A12, Kind.REPLACEMENT, county="330381"), "other_county", id="handed over"
    ),
    pytest.param(
        about_permit(A12, Kind.ENDORSEMENT, issued_on=TODAY), "window_not_open", id="too early"
    ),
    pytest.param(
        about_permit(replace(A12, registrations=()), Kind.ENDORSEMENT),
        "no_longer_eligible",
        id="moved away without a word",
    ),
    pytest.param(about_permit(A12, Kind.MOVE), "same_unit", id="no move inside the unit"),
    pytest.param(
        about_permit(A12, Kind.CHANGE_OF_DATA, county="330381"),
        "other_unit",
        id="no change of data across units",
    ),
    pytest.param(
        about_permit(A12, Kind.CHANGE_OF_DATA), "nothing_changed", id="all is as registered"
    ),
    pytest.param(replace(A06, guardian_applies=False), "guardian_required", id="A06 alone"),
    pytest.param(
        replace(A04, proven=frozenset()), "exemption_not_proven", id="A04 without its paper"
    ),
    pytest.param(A08, "residence_too_short", id="A08"),
    pytest.param(A09, "no_qualifying_condition", id="A09"),
    pytest.param(
        replace(A12, proven=frozenset()), "materials_incomplete", id="A12 without the lease"
    ),
    pytest.param(
        replace(A01, proven=frozenset({HOME})),
        "materials_incomplete",
        id="a document for something else",
    ),
    pytest.param(replace(A12, materials_false=True), "false_materials", id="A12 later"),
]


@pytest.mark.parametrize(("about", "first"), REFUSALS)
def test_r1_r2_each_ground_for_a_refusal(about: Facts, first: str) -> None:
    assert codes(about)[0] == first


def test_every_code_has_a_case_above() -> None:
    assert {case.values[1] for case in REFUSALS} == set(FAILED)


def test_r1_all_that_failed_is_reported_and_the_first_decides() -> None:
    everything = replace(
        with_identity(A08, household_code="330304", birthdate=date(2015, 8, 9)),
        identity_verified=False,
        county="330402",
        permit_counties=("330302",),
        bases=frozenset({TALENT}),
        proven=frozenset(),
    )

    assert codes(everything) == [
        "identity_check_failed",
        "pilot_not_open",
        "wrong_jurisdiction",
        "duplicate_permit",
        "guardian_required",
        "exemption_not_proven",
        "no_qualifying_condition",
        "materials_incomplete",
    ]


@pytest.mark.parametrize(
    ("registered_on", "today", "enough"),
    [
        (date(2026, 5, 23), TODAY, True),
        (date(2026, 5, 24), TODAY, False),
        (date(2026, 8, 31), date(2027, 2, 27), False),
        (date(2026, 8, 31), date(2027, 2, 28), True),
        (date(2025, 8, 31), date(2026, 2, 28), True),
    ],
)
def test_r1_half_a_year_is_full_on_its_day(registered_on: date, today: date, enough: bool) -> None:
    about = facts("52000019920512000X", "520100", "330302", registered_on, WORK)

    assert codes(about, today) == ([] if enough else ["residence_too_short"])


def test_r1_says_from_when_on_somebody_is_eligible() -> None:
    found = of(A08, Ground.HALF_YEAR)

    assert "2026-12-30" in found.en
    assert "2026-12-30" in found.zh


@pytest.mark.parametrize("basis", [WORK, HOME, STUDY])
def test_r1_one_condition_of_three_is_enough(basis: Basis) -> None:
    one = frozenset({basis})

    assert codes(replace(A01, bases=one, proven=one)) == []


def test_r1_one_proof_is_enough_for_several_conditions() -> None:
    assert codes(replace(A01, bases=frozenset({WORK, HOME}), proven=frozenset({HOME}))) == []


@pytest.mark.parametrize("basis", sorted(EXEMPTIONS))
def test_r2_exempt_people_need_neither_half_year_nor_condition(basis: Basis) -> None:
    one = frozenset({basis})
    about = replace(A08, bases=one, proven=one)

    assert codes(about) == []
    assert of(about, Ground.EXEMPTION).outcome is Outcome.PASSED
    assert of(about, Ground.HALF_YEAR).outcome is Outcome.NOT_NEEDED
    assert of(about, Ground.CONDITION).outcome is Outcome.NOT_NEEDED


def test_r2_an_unproven_exemption_beside_a_proven_condition_does_no_harm() -> None:
    about = replace(A01, bases=frozenset({TALENT, WORK}), proven=frozenset({WORK}))

    assert codes(about) == []


def test_r2_exemption_reaches_no_further_than_r1() -> None:
    assert codes(replace(A05, registrations=())) == ["no_residence_registration"]


def test_a_move_from_another_unit_is_no_second_permit() -> None:
    about = about_permit(A01, Kind.MOVE, county="330381")

    assert codes(replace(about, permit_counties=("330381",))) == []


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_looks_at_its_grounds_in_order(kind: Kind) -> None:
    found = findings(about_permit(A12, kind), today=TODAY)
    looked_at = [finding.ground for finding in found]

    assert looked_at == sorted(looked_at, key=list(Ground).index)
    assert (
        len(looked_at)
        == {
            Kind.FIRST_PERMIT: 12,
            Kind.ENDORSEMENT: 11,
            Kind.REPLACEMENT: 3,
            Kind.CHANGE_OF_DATA: 8,
            Kind.MOVE: 13,
        }[kind]
    )


def test_r12_an_endorsement_says_when_its_window_opens() -> None:
    about = about_permit(A12, Kind.ENDORSEMENT, issued_on=date(2025, 12, 24))

    (found,) = failed(findings(about, today=TODAY))
    assert found.code == "window_not_open"
    assert "2026-11-24" in found.en
    assert "2026-12-24" in found.zh
    assert codes(about, date(2026, 11, 24)) == []
    assert codes(about, date(2027, 3, 1)) == []  # late is welcome


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        ({"registrations": ()}, ["no_longer_eligible", "no_residence_registration"]),
        ({"bases": frozenset()}, ["no_longer_eligible", "no_qualifying_condition"]),
        (
            {"identity": replace(A12.identity, household_code="330329")},
            ["no_longer_eligible", "not_floating_population"],
        ),
    ],
    ids=["registration", "condition", "now at home here"],
)
def test_what_a_permit_was_granted_on_is_looked_at_again(
    lost: dict[str, Any], why: list[str]
) -> None:
    assert codes(replace(about_permit(A12, Kind.ENDORSEMENT), **lost)) == why


def test_an_endorsement_asks_for_nothing_that_was_proven_before() -> None:
    again = replace(about_permit(A12, Kind.ENDORSEMENT), proven=frozenset())

    assert codes(again) == ["materials_incomplete"]
    assert codes(replace(again, proven_before=frozenset({HOME}))) == []
    exempt = replace(again, bases=frozenset({TALENT}), proven_before=frozenset({TALENT}))
    assert codes(exempt) == []
    # A first permit rests on what is handed in for it.
    first = replace(A12, proven=frozenset(), proven_before=frozenset({HOME}))
    assert codes(first) == ["materials_incomplete"]


def test_an_endorsement_looks_at_no_half_year() -> None:
    about = about_permit(A08, Kind.ENDORSEMENT)

    assert codes(about) == []
    assert Ground.HALF_YEAR not in {f.ground for f in findings(about, today=TODAY)}


def test_a_replacement_needs_a_permit_and_its_holder_only() -> None:
    about = about_permit(replace(A09, registrations=()), Kind.REPLACEMENT)

    assert codes(about) == []
    assert codes(replace(about, permit=None)) == ["permit_ended"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
@pytest.mark.parametrize("registrations", [A12.registrations, ()], ids=["registered", "not"])
def test_a_permit_that_ended_meanwhile_is_a_finding_whatever_the_kind(
    kind: Kind, registrations: tuple[ResidenceRegistration, ...]
) -> None:
    assert "permit_ended" in codes(replace(A12, kind=kind, registrations=registrations))


def test_a_change_of_data_needs_something_that_has_changed() -> None:
    about = about_permit(A12, Kind.CHANGE_OF_DATA)

    assert codes(replace(about, changes=("residence_address",))) == []
    assert codes(replace(about, permit=None)) == ["permit_ended"]


@pytest.mark.parametrize(
    ("birthdate", "number", "alone"),
    [
        (date(2010, 11, 23), "520000201011230008", True),
        (date(2010, 11, 24), "520000201011240003", False),
    ],
)
def test_r9_a_guardian_is_needed_until_the_16th_birthday(
    birthdate: date, number: str, alone: bool
) -> None:
    about = with_identity(A01, birthdate=birthdate, citizen_id_number=number)

    assert ("guardian_required" not in codes(about)) is alone


def test_a_pilot_begins_on_its_day() -> None:
    about = facts("52000019920512000X", "520100", "330302", date(2020, 1, 1), WORK)

    assert codes(about, date(2021, 6, 6)) == ["pilot_not_open"]
    assert codes(about, date(2021, 6, 7)) == []


def test_a_retired_code_of_household_registration_leads_to_its_unit() -> None:
    inside = replace(with_identity(A01, household_code="330322"), county="330302")

    assert codes(inside) == ["not_floating_population"]


def test_a_county_that_is_none_is_no_finding_but_an_error() -> None:
    with pytest.raises(UnknownCountyError):
        findings(replace(A01, county="999999"), today=TODAY)


_OF_A_PERMIT = (Ground.PERMIT, Ground.WINDOW, Ground.CONTINUED, Ground.UNIT, Ground.CHANGE)


@given(
    st.frozensets(st.sampled_from(Basis)),
    st.frozensets(st.sampled_from(Basis)),
    st.dates(date(2020, 1, 1), TODAY),
    st.booleans(),
)
def test_one_finding_a_ground_in_order_whatever_the_facts(
    bases: frozenset[Basis], proven: frozenset[Basis], registered_on: date, verified: bool
) -> None:
    about = facts("52000019920512000X", "520100", "330302", registered_on)
    about = replace(about, bases=bases, proven=proven, identity_verified=verified)
    found = findings(about, today=TODAY)

    assert [f.ground for f in found] == [ground for ground in Ground if ground not in _OF_A_PERMIT]
    assert all(bool(f.code) == (f.outcome is Outcome.FAILED) for f in found)
    exempt = bool(bases & proven & EXEMPTIONS)
    ordinary = bool(bases - EXEMPTIONS) and bool(bases & proven)
    settled = half_year_after(registered_on) <= TODAY
    assert (not failed(found)) is (verified and (exempt or (ordinary and settled)))
