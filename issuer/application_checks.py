"""Between an application and the rules: what a form may hold, and what the rules look at. Pure.

Days are calendar days in Asia/Shanghai. Sources: [ZJ], [SC663 §9].
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from issuer.application import Application, Granted, Guardian, Kind, Material
from issuer.eligibility_facts import EXEMPTIONS, NEEDS_BASIS, Basis, Facts
from issuer.errors import (
    ApplicationStateError,
    NotEligibleError,
    ParticularsError,
    StatementError,
)
from issuer.identity_check import VerifiedIdentity
from issuer.particulars import Particulars, address, normal_name, resident_of
from issuer.permit import Permit
from issuer.permit_grounds import changes_between
from issuer.residence_register import ResidenceRegistration
from schemas.civil_id import check_character, parse_civil_id
from schemas.divisions import county
from schemas.endorsement_window import anniversary

ADULT_FROM: Final = 18
MAX_GOVERNMENT_CHARACTERS: Final = 60
MAX_STATEMENT_CHARACTERS: Final = 200
MAX_FILENAME_CHARACTERS: Final = 80
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
    return replace(guardian, name=normal_name(guardian.name), citizen_id_number=number.number)


def checked_statement(text: str) -> str:
    """The applicant's own words on one line, or none. Raises ``StatementError``."""
    line = text.strip()
    if len(line) > MAX_STATEMENT_CHARACTERS or not (line == "" or line.isprintable()):
        raise StatementError(
            f"a statement is one line of at most {MAX_STATEMENT_CHARACTERS} characters"
        )
    return line


def cleaned_filename(text: str) -> str:
    """What a file was called, fit for showing: no folders, nothing unprintable, not long."""
    name = text.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in name if character.isprintable()).strip()
    # From the end, where the suffix is.
    return printable[-MAX_FILENAME_CHARACTERS:]


def checked_materials(materials: Iterable[Material]) -> tuple[Material, ...]:
    """Documents as they are kept.

    Raises:
        ParticularsError: a digest that is none, a government's name that is none, or a document
            that is to prove nothing.
    """
    return tuple(_checked_material(given) for given in materials)


def _checked_material(given: Material) -> Material:
    if not _SHA256.fullmatch(given.sha256):
        raise ParticularsError("a document is named by its SHA-256, 64 hexadecimal digits")
    if (given.basis is None) == (given.whose is None):
        raise ParticularsError("a document speaks for a condition or for a person, for one of them")
    if len(given.government) > MAX_GOVERNMENT_CHARACTERS or not (
        given.government == "" or given.government.isprintable()
    ):
        raise ParticularsError(
            f"a government's name is one line of at most {MAX_GOVERNMENT_CHARACTERS} characters"
        )
    return replace(
        given,
        government=given.government.strip(),
        filename=cleaned_filename(given.filename),
    )


def permit_held(permits: Iterable[Permit]) -> Permit | None:
    """The one permit of a person that has not ended."""
    return next((held for held in permits if not held.ended), None)


def proven_before(applications: Iterable[Application], permit: Permit | None) -> frozenset[Basis]:
    """What documents of earlier applications that led to this permit spoke for."""
    return frozenset(
        basis
        for earlier in applications
        if permit is not None
        # What a replacement or a change names as its ground was weighed by nobody.
        and earlier.kind in NEEDS_BASIS
        and isinstance(earlier.state, Granted)
        and earlier.state.permit_number == permit.number
        for basis in earlier.bases & earlier.proven
    )


def needs_second_officer(facts: Facts) -> bool:
    """Whether an exemption decides that no officer has looked at before.

    Of a move the officers who looked were another county's, and so was the determination.
    """
    before = facts.proven_before if facts.kind is Kind.ENDORSEMENT else frozenset()
    return bool(facts.bases & (facts.proven - before) & EXEMPTIONS)


def facts_of(
    application: Application,
    registrations: Iterable[ResidenceRegistration],
    permits: Iterable[Permit],
    *,
    on: date,
    earlier: Iterable[Application] = (),
    materials_false: bool = False,
) -> Facts:
    """What the rules look at.

    Args:
        application: whose form and documents.
        registrations: every one of the person, ended ones too.
        permits: every one of the person, ended ones too.
        on: the day on which registrations have to hold.
        earlier: the person's applications, for what was proven before.
        materials_false: an officer found a document false.
    """
    held = permit_held(permits := list(permits))
    about = None if _about_another(application, held) else held
    known = [registration for registration in registrations if registration.holds_on(on)]
    return Facts(
        kind=application.kind,
        identity=application.applicant,
        county=application.county,
        registrations=tuple(known),
        permit_counties=tuple(permit.county for permit in permits if not permit.ended),
        permit=about,
        changes=_changes(application, known, about, on=on),
        guardian_applies=application.guardian is not None,
        bases=application.bases,
        proven=application.proven,
        proven_before=proven_before(earlier, about),
        materials_false=materials_false,
    )


def _about_another(application: Application, held: Permit | None) -> bool:
    """Whether the permit the person holds is none that this application could be about.

    Once handed in it is about one permit; a later one, perhaps elsewhere, is not touched by it.
    """
    if application.kind is Kind.FIRST_PERMIT or held is None:
        return True
    return application.submitted_at is not None and held.number != application.permit_number


def _changes(
    application: Application,
    registrations: Sequence[ResidenceRegistration],
    held: Permit | None,
    *,
    on: date,
) -> tuple[str, ...]:
    if application.kind is not Kind.CHANGE_OF_DATA or held is None:
        return ()
    try:
        now = particulars_of(application, registrations, on=on)
        resident = resident_of(now, today=on)
        place = address(now.residence_address)
    except NotEligibleError:
        return ()  # another ground says that no residence is registered
    return changes_between(held, resident, place, application.county)


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
