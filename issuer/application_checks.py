"""Between an application and the rules: what a form may hold, and what the rules look at. Pure.

Days are calendar days in Asia/Shanghai. Sources: [ZJ], [SC663 §9].
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from issuer.application import Application, Guardian, Material
from issuer.eligibility import Facts
from issuer.errors import ApplicationStateError, NotEligibleError, ParticularsError
from issuer.identity_check import VerifiedIdentity
from issuer.particulars import Particulars, normal_name
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import check_character, parse_civil_id
from schemas.divisions import county
from schemas.endorsement_window import anniversary

ADULT_FROM: Final = 18
MAX_GOVERNMENT_CHARACTERS: Final = 60
_SHA256 = re.compile(r"[0-9a-f]{64}")


def receipt_number(county_code: str, year: int, serial: int) -> str:
    """SQ, county, year, seven digits of serial and a check character as in [GB11643].

    Raises:
        ApplicationStateError: ten million applications in this county and year.
    """
    digits = f"{county_code}{year:04d}{serial:07d}"
    if len(digits) != 17:
        raise ApplicationStateError(f"no receipt number is left for {year} in this county")
    return f"SQ{digits}{check_character(digits)}"


def checked_guardian(
    guardian: Guardian | None, applicant: VerifiedIdentity, *, today: date
) -> Guardian | None:
    """The guardian in one spelling, grown up and somebody else than the applicant.

    Raises:
        CivilIdError, ParticularsError: a number, name or person that cannot be a guardian's.
    """
    if guardian is None:
        return None
    number = parse_civil_id(guardian.citizen_id_number, today=today)
    if number.number == applicant.citizen_id_number:
        raise ParticularsError("nobody is their own guardian")
    if today < anniversary(number.birthdate, ADULT_FROM):
        raise ParticularsError(f"a guardian is {ADULT_FROM} or older")
    return Guardian(normal_name(guardian.name), number.number)


def checked_materials(materials: Sequence[Material]) -> tuple[Material, ...]:
    """Documents as they are kept. Raises ``ParticularsError`` for a digest that is none."""
    for given in materials:
        if not _SHA256.fullmatch(given.sha256):
            raise ParticularsError("a document is named by its SHA-256, 64 hexadecimal digits")
        if len(given.government) > MAX_GOVERNMENT_CHARACTERS or not (
            given.government == "" or given.government.isprintable()
        ):
            raise ParticularsError(
                f"a government's name is one line of at most {MAX_GOVERNMENT_CHARACTERS} characters"
            )
    return tuple(replace(given, government=given.government.strip()) for given in materials)


def facts_of(
    application: Application,
    registrations: Iterable[ResidenceRegistration],
    permits: Iterable[Permit],
    *,
    on: date,
    materials_false: bool = False,
) -> Facts:
    """What the rules look at; ``on`` is the day on which registrations have to hold."""
    return Facts(
        identity=application.applicant,
        county=application.county,
        registrations=tuple(held for held in registrations if held.holds_on(on)),
        permit_counties=tuple(held.county for held in permits if not held.ended),
        guardian_applies=application.guardian is not None,
        bases=application.bases,
        proven=application.proven,
        materials_false=materials_false,
    )


def particulars_of(
    application: Application, registrations: Iterable[ResidenceRegistration], *, on: date
) -> Particulars:
    """What the permit will say: the person from the identity check, the address as registered.

    Raises:
        NotEligibleError: no registration in the county holds ``on`` that day.
    """
    place = county(application.county)
    here = [held for held in registrations if held.holds_on(on) and county(held.county) == place]
    if not here:
        raise NotEligibleError("no residence is registered in the county applied in")
    first = min(here, key=lambda held: held.registered_on)
    person = application.applicant
    return Particulars(
        name=person.name,
        citizen_id_number=person.citizen_id_number,
        ethnic_group=person.ethnic_group,
        registered_address=person.registered_address,
        residence_address=first.address,
        residence_registered_on=first.registered_on,
        portrait=person.portrait,
    )
