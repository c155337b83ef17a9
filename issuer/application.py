"""What an application holds, and the states it can be in. ``application_steps`` moves it on.

Who the applicant is comes from the identity check and stays as it was found then; a form adds
what it is about. Instants are aware, days are Asia/Shanghai. Sources: [ZJ], [SC663 §9].
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.decision_deadline import Awaited, Deadline, decision_deadline
from issuer.eligibility_facts import EXEMPTIONS, Basis, Finding, Kind
from issuer.identity_check import VerifiedIdentity
from schemas.endorsement_window import day_of

__all__ = [
    "Abandoned",
    "Application",
    "Channel",
    "Commitment",
    "Draft",
    "Granted",
    "Guardian",
    "IdentityDocument",
    "Kind",
    "Lapsed",
    "Material",
    "NeedsSupplement",
    "ProposedGrant",
    "Refused",
    "Relation",
    "SeenDocument",
    "State",
    "Submitted",
    "Supplement",
    "Whose",
    "Withdrawn",
]


class Channel(StrEnum):
    """Where it was handed in; conditions are the same everywhere [ZJ]."""

    APP = "app"
    WEB = "web"
    COUNTER = "counter"


class Commitment(Struct, frozen=True):
    """That the applicant read what is asked, and stands for its truth [ZJ]."""

    text_version: str
    text_sha256: str
    """Of the text as it was shown, in hexadecimal."""
    given_at: datetime


class Relation(StrEnum):
    """What somebody who applies for another is to them [SC663 §9]."""

    GUARDIAN = "guardian"
    NEAR_RELATIVE = "near_relative"


class Guardian(Struct, frozen=True):
    """Who applies for somebody under 16 or hardly able to come [SC663 §9]."""

    name: str
    citizen_id_number: str
    relation: Relation = Relation.GUARDIAN


class Whose(StrEnum):
    """The person whom a document of a person is about."""

    APPLICANT = "applicant"
    GUARDIAN = "guardian"


class IdentityDocument(StrEnum):
    """What a person shows to say who they are."""

    ID_CARD = "id_card"
    TEMPORARY_ID_CARD = "temporary_id_card"
    HOUSEHOLD_REGISTER = "household_register"


class SeenDocument(Struct, frozen=True):
    """Who stood at the counter, and by which document the officer knew them [SC663 §9]."""

    whose: Whose
    document: IdentityDocument
    by: str
    at: datetime


class Material(Struct, frozen=True):
    """A document handed in, by what it is; the file itself is kept elsewhere."""

    basis: Basis | None
    """What it is to prove; None for a document about a person."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    government: str = ""
    """For an exemption: which government at county level or above determined it [ZJ]."""
    media_type: str = ""
    """By its content; empty where only the digest was handed in."""
    filename: str = ""
    """As it was called where it came from, cleaned for showing; never a path."""
    whose: Whose | None = None
    """For a document about a person: whom."""


class Supplement(Struct, frozen=True):
    """What was lacking, told once and completely [SC663 §9]."""

    asked_at: datetime
    asked_by: str
    wanted: tuple[str, ...]
    supplied_at: datetime | None = None


class ProposedGrant(Struct, frozen=True):
    """One officer would grant an exemption; it takes another one to do it."""

    by: str
    at: datetime


class Draft(Struct, frozen=True, tag="draft"):
    """Not handed in yet."""


class Submitted(Struct, frozen=True, tag="submitted"):
    """Waits for the county's decision."""


class NeedsSupplement(Struct, frozen=True, tag="needs_supplement"):
    """Waits for the applicant; the clocks stand still."""


class Granted(Struct, frozen=True, tag="granted"):
    """Decided for the applicant."""

    at: datetime
    by: str
    permit_number: str


class Refused(Struct, frozen=True, tag="refused"):
    """Decided against the applicant."""

    at: datetime
    by: str
    grounds: tuple[Finding, ...]
    """Each that failed; never empty."""


class Withdrawn(Struct, frozen=True, tag="withdrawn"):
    """Taken back by the applicant."""

    at: datetime


class Lapsed(Struct, frozen=True, tag="lapsed"):
    """What was lacking did not come in time."""

    at: datetime


class Abandoned(Struct, frozen=True, tag="abandoned"):
    """A draft that was given up."""

    at: datetime


State = Draft | Submitted | NeedsSupplement | Granted | Refused | Withdrawn | Lapsed | Abandoned
_OPEN: Final = (Draft, Submitted, NeedsSupplement)


class Application(Struct, frozen=True, kw_only=True):
    """One application."""

    number: str
    """Of a draft its own, which begins with CG; once submitted the receipt's, with SQ."""
    draft_number: str = ""
    """What a submitted one was called before; empty if it was never a draft of its own."""
    revision: int = 0
    """Grows with every change to a draft, so that a form made from an older one is noticed."""
    kind: Kind
    channel: Channel
    county: str
    """The county applied in, six digits [GBT2260]; empty in a draft until it is chosen."""
    permit_number: str = ""
    """The permit it is about; empty for a first one."""
    applicant: VerifiedIdentity
    bases: frozenset[Basis]
    guardian: Guardian | None = None
    contact_phone: str = ""
    """Where messages go, eleven digits; may be empty."""
    statement: str = ""
    """In the applicant's own words, one line: why a replacement, what has changed."""
    materials: tuple[Material, ...] = ()
    seen: tuple[SeenDocument, ...] = ()
    """Documents of persons that an officer saw at the counter."""
    commitment: Commitment | None = None
    submitted_at: datetime | None = None
    supplements: tuple[Supplement, ...] = ()
    proposal: ProposedGrant | None = None
    state: State = Draft()

    @property
    def open(self) -> bool:
        """Whether something can still follow; a person has one open application of a kind."""
        return isinstance(self.state, _OPEN)

    @property
    def stage(self) -> str:
        """The state's name."""
        return str(self.state.__struct_config__.tag)

    @property
    def proven(self) -> frozenset[Basis]:
        """What documents speak for; an exemption only if its government is named."""
        return frozenset(
            given.basis
            for given in self.materials
            if given.basis is not None
            and (given.basis not in EXEMPTIONS or given.government.strip())
        )

    @property
    def awaited(self) -> tuple[Awaited, ...]:
        """The times in which the applicant was asked for more."""
        return tuple(
            Awaited(
                since=day_of(asked.asked_at),
                until=None if asked.supplied_at is None else day_of(asked.supplied_at),
            )
            for asked in self.supplements
        )

    def deadline(self, today: date) -> Deadline | None:
        """Both clocks, as seen ``today`` in Asia/Shanghai; None for a draft."""
        if self.submitted_at is None:
            return None
        return decision_deadline(day_of(self.submitted_at), today=today, awaited=self.awaited)
