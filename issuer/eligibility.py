"""Who may get a permit: every ground looked at, each with its finding.

All grounds are reported, the first that failed decides. The order follows the question whom
the matter concerns: person, scope, place, registration, then what the law asks for. Rules are
pure; ``today`` is a calendar day in Asia/Shanghai. Sources: [ZJ], [ZJ-REG §2, §16, §38],
[SC663 §2, §9].
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.ground_sentences import FAILED, NOT_NEEDED, PASSED, sentences
from issuer.identity_check import VerifiedIdentity
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import CivilIdError, parse_civil_id
from schemas.divisions import County, UnknownCountyError, county
from schemas.endorsement_window import anniversary, half_year_after

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


class Basis(StrEnum):
    """What an application rests on: one of the three conditions, or an exemption [ZJ]."""

    STABLE_EMPLOYMENT = "stable_employment"
    STABLE_HOUSING = "stable_housing"
    CONTINUOUS_SCHOOLING = "continuous_schooling"
    INVESTOR_EXEMPT = "investor_exempt"
    TALENT_EXEMPT = "talent_exempt"


EXEMPTIONS: Final = frozenset({Basis.INVESTOR_EXEMPT, Basis.TALENT_EXEMPT})


class Ground(StrEnum):
    """What is looked at, in the order in which it decides."""

    IDENTITY = "identity"
    SCOPE = "scope"
    PILOT = "pilot"
    FLOATING_POPULATION = "floating_population"
    REGISTRATION = "registration"
    JURISDICTION = "jurisdiction"
    DUPLICATE = "duplicate"
    GUARDIAN = "guardian"
    EXEMPTION = "exemption"
    HALF_YEAR = "half_year"
    CONDITION = "condition"
    MATERIALS = "materials"


class Outcome(StrEnum):
    """What came out of looking at a ground."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


class Finding(Struct, frozen=True):
    """One ground and what came out of it."""

    ground: Ground
    outcome: Outcome
    code: str
    """Why it failed, stable and in snake_case; empty unless it failed."""
    zh: str
    en: str


class Facts(Struct, frozen=True, kw_only=True):
    """All that the rules look at."""

    identity: VerifiedIdentity
    identity_verified: bool = True
    county: str
    """The county applied in, six digits [GBT2260]."""
    registrations: tuple[ResidenceRegistration, ...]
    """Every residence registration of this person that has not ended."""
    permit_counties: tuple[str, ...] = ()
    """Counties of permits of this person that have not ended."""
    moving: bool = False
    """A permit of another unit is given up for this one."""
    guardian_applies: bool = False
    bases: frozenset[Basis]
    proven: frozenset[Basis]
    """Those of them that a document handed in speaks for; an exemption only by a
    determination that names its government."""
    materials_false: bool = False
    """An officer found a document false."""


class _Case(Struct, frozen=True):
    """The facts with what several grounds ask of them."""

    facts: Facts
    today: date
    place: County
    here: ResidenceRegistration | None


# A code that failed, True that passed, False that was not needed.
_Answer = str | bool


def findings(facts: Facts, *, today: date) -> tuple[Finding, ...]:
    """One finding a ground, in the order of ``Ground``.

    Raises:
        schemas.divisions.UnknownCountyError: the county applied in is none of Zhejiang.
    """
    place = county(facts.county)
    here = [held for held in facts.registrations if county(held.county) == place]
    # Whoever registered twice in one county has lived there since the first time.
    first = min(here, key=lambda held: held.registered_on, default=None)
    case = _Case(facts, today, place, first)
    return tuple(_finding(ground, rule(case), case) for ground, rule in _RULES.items())


def failed(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that failed; the first one decides, none means eligible."""
    return tuple(finding for finding in found if finding.outcome is Outcome.FAILED)


def _identity(case: _Case) -> _Answer:
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


def _scope(case: _Case) -> _Answer:
    number = case.facts.identity.citizen_id_number
    if number.startswith(_HONG_KONG_MACAO_TAIWAN):
        return "out_of_scope_hmt"
    return "out_of_scope_foreigner" if number.startswith(_PERMANENT_RESIDENCE_CARD) else True


def _pilot(case: _Case) -> _Answer:
    since = PILOT_CITIES.get(case.place.city_code)
    return (since is not None and since <= case.today) or "pilot_not_open"


def _floating_population(case: _Case) -> _Answer:
    unit = _unit(case.facts.identity.household_code)
    return unit not in {None, case.place.unit} or "not_floating_population"


def _registration(case: _Case) -> _Answer:
    return bool(case.facts.registrations) or "no_residence_registration"


def _jurisdiction(case: _Case) -> _Answer:
    if not case.facts.registrations:
        return False
    return case.here is not None or "wrong_jurisdiction"


def _duplicate(case: _Case) -> _Answer:
    units = {county(code).unit for code in case.facts.permit_counties}
    given_up = case.facts.moving and case.place.unit not in units
    return not units or given_up or "duplicate_permit"


def _guardian(case: _Case) -> _Answer:
    if case.today >= anniversary(case.facts.identity.birthdate, GUARDIAN_BELOW):
        return False
    return case.facts.guardian_applies or "guardian_required"


def _exemption(case: _Case) -> _Answer:
    if _exempt(case):
        return True
    only_exemptions = case.facts.bases and case.facts.bases <= EXEMPTIONS
    return "exemption_not_proven" if only_exemptions else False


def _half_year(case: _Case) -> _Answer:
    if _exempt(case) or case.here is None:
        return False
    return half_year_after(case.here.registered_on) <= case.today or "residence_too_short"


def _condition(case: _Case) -> _Answer:
    if _exempt(case):
        return False
    return bool(case.facts.bases - EXEMPTIONS) or "no_qualifying_condition"


def _materials(case: _Case) -> _Answer:
    if case.facts.materials_false:
        return "false_materials"
    if not case.facts.bases:
        return False
    return bool(case.facts.proven & case.facts.bases) or "materials_incomplete"


_RULES: Final[dict[Ground, Callable[[_Case], _Answer]]] = {
    Ground.IDENTITY: _identity,
    Ground.SCOPE: _scope,
    Ground.PILOT: _pilot,
    Ground.FLOATING_POPULATION: _floating_population,
    Ground.REGISTRATION: _registration,
    Ground.JURISDICTION: _jurisdiction,
    Ground.DUPLICATE: _duplicate,
    Ground.GUARDIAN: _guardian,
    Ground.EXEMPTION: _exemption,
    Ground.HALF_YEAR: _half_year,
    Ground.CONDITION: _condition,
    Ground.MATERIALS: _materials,
}


def _exempt(case: _Case) -> bool:
    return bool(case.facts.bases & case.facts.proven & EXEMPTIONS)


def _unit(household_code: str) -> str | None:
    """The unit of a household registration; None for a place in Zhejiang that is no county.

    Leaving the province is always leaving the unit, so other provinces need no table.
    """
    try:
        return county(household_code).unit
    except UnknownCountyError:
        return None if household_code.startswith("33") else household_code


def _finding(ground: Ground, answer: _Answer, case: _Case) -> Finding:
    values = {
        "city_zh": case.place.city_name_zh,
        "city_en": case.place.city_name_en,
        "county_zh": case.place.name_zh,
        "county_en": case.place.name_en,
    }
    if case.here is not None:
        values["registered_on"] = case.here.registered_on.isoformat()
        values["eligible_from"] = half_year_after(case.here.registered_on).isoformat()
    if isinstance(answer, str):
        zh, en = sentences(FAILED, answer, values)
        return Finding(ground, Outcome.FAILED, answer, zh, en)
    zh, en = sentences(PASSED if answer else NOT_NEEDED, ground, values)
    return Finding(ground, Outcome.PASSED if answer else Outcome.NOT_NEEDED, "", zh, en)
