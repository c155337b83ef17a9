"""Who may get a permit, or keep one: every ground looked at, each with its finding.

All grounds that concern the kind of application are reported; the first that failed decides.
The order follows the question whom the matter concerns: person, scope, permit, place,
registration, then what the law asks for. An endorsement looks again at what the permit was
granted on, except at the half year [ZJ-REG §19]; replacement and change of data do not.
Rules are pure; ``today`` is a calendar day in Asia/Shanghai. Sources: [ZJ],
[ZJ-REG §2, §16, §38], [SC663 §2, §9].
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from issuer.eligibility_facts import (
    EXEMPTIONS,
    Answer,
    Basis,
    Case,
    Facts,
    Finding,
    Ground,
    Kind,
    Outcome,
)
from issuer.ground_sentences import FAILED, NOT_NEEDED, PASSED, sentences
from issuer.permit_grounds import (
    permit_stands,
    right_unit,
    something_changes,
    window_is_open,
)
from schemas.civil_id import CivilIdError, parse_civil_id
from schemas.divisions import UnknownCountyError, county
from schemas.endorsement_window import anniversary, half_year_after, next_window

__all__ = [
    "EXEMPTIONS",
    "GUARDIAN_BELOW",
    "PILOT_CITIES",
    "Basis",
    "Facts",
    "Finding",
    "Ground",
    "Kind",
    "Outcome",
    "failed",
    "findings",
]

GUARDIAN_BELOW: Final = 16
"""Full years [SC663 §9]; reached on the birthday itself."""
PILOT_CITIES: Final[dict[str, date | None]] = {
    "330300": date(2021, 6, 7),
    "330400": None,
}
"""City code to the day the service began; None where it was put off, absent where none is
planned. Wenzhou and Jiaxing [ZJ]."""
_HONG_KONG_MACAO_TAIWAN: Final = ("81", "82", "83")
_PERMANENT_RESIDENCE_CARD: Final = "9"


def findings(facts: Facts, *, today: date) -> tuple[Finding, ...]:
    """One finding for each ground of the kind of application, in the order of ``Ground``.

    Raises:
        schemas.divisions.UnknownCountyError: the county applied in is none of Zhejiang.
    """
    place = county(facts.county)
    here = [held for held in facts.registrations if county(held.county) == place]
    # Whoever registered twice in one county has lived there since the first time.
    first = min(here, key=lambda held: held.registered_on, default=None)
    case = Case(facts, today, place, first)
    return tuple(
        _finding(ground, rule(case), case)
        for ground, rule in _RULES.items()
        if ground in _LOOKED_AT[facts.kind]
    )


def failed(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that failed; the first one decides, none means eligible."""
    return tuple(finding for finding in found if finding.outcome is Outcome.FAILED)


def _identity(case: Case) -> Answer:
    held = case.facts.identity
    if not case.facts.identity_verified:
        return "identity_check_failed"
    if held.citizen_id_number.startswith(_PERMANENT_RESIDENCE_CARD):
        return True  # a number of another kind; the scope decides
    try:
        number = parse_civil_id(held.citizen_id_number, today=case.today)
    except CivilIdError:
        return "identity_check_failed"
    agree = (number.birthdate, number.sex) == (held.birthdate, held.sex)
    return agree or "identity_check_failed"


def _scope(case: Case) -> Answer:
    number = case.facts.identity.citizen_id_number
    if number.startswith(_HONG_KONG_MACAO_TAIWAN):
        return "out_of_scope_hmt"
    return "out_of_scope_foreigner" if number.startswith(_PERMANENT_RESIDENCE_CARD) else True


def _pilot(case: Case) -> Answer:
    since = PILOT_CITIES.get(case.place.city_code)
    return (since is not None and since <= case.today) or "pilot_not_open"


def _floating_population(case: Case) -> Answer:
    unit = _unit(case.facts.identity.household_code)
    return unit not in {None, case.place.unit} or "not_floating_population"


def _registration(case: Case) -> Answer:
    return bool(case.facts.registrations) or "no_residence_registration"


def _jurisdiction(case: Case) -> Answer:
    if not case.facts.registrations:
        return False
    return case.here is not None or "wrong_jurisdiction"


def _duplicate(case: Case) -> Answer:
    return not case.facts.permit_counties or "duplicate_permit"


def _guardian(case: Case) -> Answer:
    if case.today >= anniversary(case.facts.identity.birthdate, GUARDIAN_BELOW):
        return False
    return case.facts.guardian_applies or "guardian_required"


def _exemption(case: Case) -> Answer:
    if _exempt(case):
        return True
    only_exemptions = case.facts.bases and case.facts.bases <= EXEMPTIONS
    return "exemption_not_proven" if only_exemptions else False


def _half_year(case: Case) -> Answer:
    if _exempt(case) or case.here is None:
        return False
    return half_year_after(case.here.registered_on) <= case.today or "residence_too_short"


def _condition(case: Case) -> Answer:
    if _exempt(case):
        return False
    return bool(case.facts.bases - EXEMPTIONS) or "no_qualifying_condition"


def _materials(case: Case) -> Answer:
    if case.facts.materials_false:
        return "false_materials"
    if not case.facts.bases:
        return False
    return bool(_proven(case) & case.facts.bases) or "materials_incomplete"


def _continued(case: Case) -> Answer:
    """Whether anything the permit was granted on has gone; the others say what."""
    if case.facts.permit is None:
        return False
    rules = (_floating_population, _registration, _jurisdiction, _exemption, _condition)
    return not any(isinstance(rule(case), str) for rule in rules) or "no_longer_eligible"


_RULES: Final[dict[Ground, Callable[[Case], Answer]]] = {
    Ground.IDENTITY: _identity,
    Ground.SCOPE: _scope,
    Ground.PILOT: _pilot,
    Ground.PERMIT: permit_stands,
    Ground.WINDOW: window_is_open,
    Ground.CONTINUED: _continued,
    Ground.FLOATING_POPULATION: _floating_population,
    Ground.REGISTRATION: _registration,
    Ground.JURISDICTION: _jurisdiction,
    Ground.UNIT: right_unit,
    Ground.DUPLICATE: _duplicate,
    Ground.GUARDIAN: _guardian,
    Ground.EXEMPTION: _exemption,
    Ground.HALF_YEAR: _half_year,
    Ground.CONDITION: _condition,
    Ground.MATERIALS: _materials,
    Ground.CHANGE: something_changes,
}
_OF_THE_PERMIT: Final = frozenset(
    {Ground.PERMIT, Ground.WINDOW, Ground.CONTINUED, Ground.UNIT, Ground.CHANGE}
)
_FOR_ANEW: Final = frozenset(Ground) - _OF_THE_PERMIT
_LOOKED_AT: Final[dict[Kind, frozenset[Ground]]] = {
    Kind.FIRST_PERMIT: _FOR_ANEW,
    Kind.MOVE: _FOR_ANEW - {Ground.DUPLICATE} | {Ground.PERMIT, Ground.UNIT},
    Kind.ENDORSEMENT: frozenset(Ground)
    - {Ground.SCOPE, Ground.PILOT, Ground.UNIT, Ground.DUPLICATE}
    - {Ground.HALF_YEAR, Ground.CHANGE},
    Kind.REPLACEMENT: frozenset({Ground.IDENTITY, Ground.PERMIT, Ground.GUARDIAN}),
    Kind.CHANGE_OF_DATA: frozenset(
        {
            Ground.IDENTITY,
            Ground.PERMIT,
            Ground.FLOATING_POPULATION,
            Ground.REGISTRATION,
            Ground.JURISDICTION,
            Ground.UNIT,
            Ground.GUARDIAN,
            Ground.CHANGE,
        }
    ),
}


def _exempt(case: Case) -> bool:
    return bool(case.facts.bases & _proven(case) & EXEMPTIONS)


def _proven(case: Case) -> frozenset[Basis]:
    # For an endorsement what was proven once need not be handed in again.
    before = case.facts.kind is Kind.ENDORSEMENT
    return case.facts.proven | (case.facts.proven_before if before else frozenset())


def _unit(household_code: str) -> str | None:
    """The unit of a household registration; None for a place in Zhejiang that is no county.

    Leaving the province is always leaving the unit, so other provinces need no table.
    """
    try:
        return county(household_code).unit
    except UnknownCountyError:
        return None if household_code.startswith("33") else household_code


def _finding(ground: Ground, answer: Answer, case: Case) -> Finding:
    values = {
        "city_zh": case.place.city_name_zh,
        "city_en": case.place.city_name_en,
        "county_zh": case.place.name_zh,
        "county_en": case.place.name_en,
    }
    if case.here is not None:
        values["registered_on"] = case.here.registered_on.isoformat()
        values["eligible_from"] = half_year_after(case.here.registered_on).isoformat()
    if case.facts.permit is not None:
        window = next_window(case.facts.permit.issued_on, case.facts.permit.usable_through)
        values["opens_on"] = window.opens_on.isoformat()
        values["closes_on"] = window.closes_on.isoformat()
    if isinstance(answer, str):
        zh, en = sentences(FAILED, answer, values)
        return Finding(ground, Outcome.FAILED, answer, zh, en)
    zh, en = sentences(PASSED if answer else NOT_NEEDED, ground, values)
    return Finding(ground, Outcome.PASSED if answer else Outcome.NOT_NEEDED, "", zh, en)
