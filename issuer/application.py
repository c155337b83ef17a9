"""What an application holds, and the states it can be in. ``application_steps`` moves it on.

Who the applicant is comes from the identity check and stays as it was found then; a form adds
what it is about. Instants are aware, days are Asia/Shanghai. Sources: [ZJ], [SC663 §9].
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.decision_deadline import Awaited, Deadline, decision_deadline
from issuer.eligibility import EXEMPTIONS, Basis, Finding
from issuer.identity_check import VerifiedIdentity
from schemas.endorsement_window import day_of


class Kind(StrEnum):
    """What is asked for [ZJ]."""

    FIRST_PERMIT = "first_permit"
    ENDORSEMENT = "endorsement"
    REPLACEMENT = "replacement"
    CHANGE_OF_DATA = "change_of_data"
    MOVE = "move"


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


class Guardian(Struct, frozen=True):
    """Who applies for somebody under 16 or hardly able to come [SC663 §9]."""

    name: str
    citizen_id_number: str


class Material(Struct, frozen=True):
    """A document handed in, by what it is; the file itself is kept elsewhere."""

    basis: Basis
    """What it is to prove."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    government: str = ""
    """For an exemption: which government at county level or above determined it [ZJ]."""


class Supplement(Struct, frozen=True):
    """What was lacking, told once and completely [SC663 §9]."""

    asked_at: datetime
    asked_by: str
    wanted: tuple[str, ...]
    supplied_at: datetime | None = None


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


class Abandoned(Struct, frozen=True, tag="abandoned"):
    """A draft that was given up."""

    at: datetime


State = Draft | Submitted | NeedsSupplement | Granted | Refused | Withdrawn | Abandoned
_OPEN: Final = (Draft, Submitted, NeedsSupplement)


class Application(Struct, frozen=True, kw_only=True):
    """One application. ``number`` never changes; once submitted it is the receipt's."""

    number: str
    kind: Kind
    channel: Channel
    county: str
    """The county applied in, six digits [GBT2260]."""
    applicant: VerifiedIdentity
    bases: frozenset[Basis]
    guardian: Guardian | None = None
    materials: tuple[Material, ...] = ()
    commitment: Commitment | None = None
    submitted_at: datetime | None = None
    supplements: tuple[Supplement, ...] = ()
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
            if given.basis not in EXEMPTIONS or given.government.strip()
        )

    def deadline(self, today: date) -> Deadline | None:
        """Both clocks, as seen ``today`` in Asia/Shanghai; None for a draft."""
        if self.submitted_at is None:
            return None
        awaited = [
            Awaited(
                since=day_of(asked.asked_at),
                until=None if asked.supplied_at is None else day_of(asked.supplied_at),
            )
            for asked in self.supplements
        ]
        return decision_deadline(day_of(self.submitted_at), today=today, awaited=awaited)
