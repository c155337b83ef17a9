"""What the rules about an application look at, and what they answer.

Kinds of application, what one rests on, the grounds that are looked at, and the finding that
comes out of each. The rules themselves are ``eligibility``'s and ``permit_grounds``'. Sources:
[ZJ], [ZJ-REG §19], [SC663 §2, §9].
"""

from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.identity_check import VerifiedIdentity
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from schemas.divisions import County


class Kind(StrEnum):
    """What is asked for [ZJ]."""

    FIRST_PERMIT = "first_permit"
    ENDORSEMENT = "endorsement"
    REPLACEMENT = "replacement"
    CHANGE_OF_DATA = "change_of_data"
    MOVE = "move"


NEEDS_BASIS: Final = frozenset({Kind.FIRST_PERMIT, Kind.ENDORSEMENT, Kind.MOVE})
"""Kinds that rest on a condition or an exemption; of others nobody looks at one."""
STAYS_IN_COUNTY: Final = frozenset({Kind.ENDORSEMENT, Kind.REPLACEMENT})
"""Kinds for which the permit's county decides."""


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
    PERMIT = "permit"
    WINDOW = "window"
    CONTINUED = "continued"
    FLOATING_POPULATION = "floating_population"
    REGISTRATION = "registration"
    JURISDICTION = "jurisdiction"
    UNIT = "unit"
    DUPLICATE = "duplicate"
    GUARDIAN = "guardian"
    EXEMPTION = "exemption"
    HALF_YEAR = "half_year"
    CONDITION = "condition"
    MATERIALS = "materials"
    CHANGE = "change"


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

    kind: Kind = Kind.FIRST_PERMIT
    identity: VerifiedIdentity
    identity_verified: bool = True
    county: str
    """The county applied in, six digits [GBT2260]."""
    registrations: tuple[ResidenceRegistration, ...]
    """Every residence registration of this person that has not ended."""
    permit_counties: tuple[str, ...] = ()
    """Counties of permits of this person that have not ended."""
    permit: Permit | None = None
    """The permit the application is about, if it has not ended; none for a first one."""
    changes: tuple[str, ...] = ()
    """Fields in which that permit differs from identity check and registration."""
    guardian_applies: bool = False
    bases: frozenset[Basis]
    proven: frozenset[Basis]
    """Those of them that a document handed in speaks for; an exemption only by a
    determination that names its government."""
    proven_before: frozenset[Basis] = frozenset()
    """What documents spoke for when that permit was granted or last endorsed; looked at where
    it is endorsed again."""
    materials_false: bool = False
    """An officer found a document false."""


class Case(Struct, frozen=True):
    """The facts with what several grounds ask of them."""

    facts: Facts
    today: date
    """The day of application, Asia/Shanghai."""
    place: County
    """The county applied in."""
    here: ResidenceRegistration | None
    """The registration there that holds, the earliest if there are several."""


Answer = str | bool
"""A code that failed, True that passed, False that was not needed."""
