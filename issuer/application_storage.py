"""The part of the storage port that keeps applications, registrations and identity checks.

The promises are those of ``storage.py``, of which this is a part: one block is seen entirely
or not at all, and blocks run one after the other. A person has one open application of a kind
at most [ZJ]; the adapter holds to that by itself, whatever its caller checked before. Lists
come from what is kept in brief beside each application, so they load nobody's portrait.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from issuer.application import Application
from issuer.application_brief import ApplicationBrief
from issuer.residence_register import ResidenceRegistration


class ApplicationNotice(Struct, frozen=True):
    """An SMS about an application, without personal data in it [ZJ]."""

    application_number: str
    county: str
    kind: str
    """submitted, supplement_wanted, refused, endorsement_refused or lapsed."""
    at: datetime
    params: dict[str, str] = {}


class IdentityTries(Struct, frozen=True):
    """Identity checks of one subject that failed in a row."""

    subject_digest: str
    failed: int
    last_at: datetime
    locked_until: datetime | None = None


class BriefQuery(Struct, frozen=True, kw_only=True):
    """Which applications a list is about; what is left empty does not narrow it."""

    county: str | None = None
    only_open: bool | None = None
    """True: open ones; False: closed ones."""
    stage: str = ""
    kind: str = ""
    channel: str = ""
    number_holds: str = ""
    """Part of the number: letters and digits."""
    drafts: bool = False
    """Drafts too, which no list of submitted ones holds."""
    newest: int | None = None
    """At most so many, those with the highest numbers."""


class ApplicationReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def application(self, number: str) -> Application:
        """The application of this number; of a submitted one its draft's number finds it too.

        Raises:
            UnknownApplicationError: there is none.
        """

    @abstractmethod
    def applications(
        self, county: str | None = None, *, open_only: bool = False
    ) -> list[Application]:
        """All applications, or one county's, or only those still open, by number."""

    @abstractmethod
    def applications_of(self, citizen_id_number: str) -> list[Application]:
        """Every application of one person, in any county, by number."""

    @abstractmethod
    def application_briefs(self, query: BriefQuery) -> list[ApplicationBrief]:
        """Those that ``query`` is about, in brief, by number."""

    @abstractmethod
    def application_counts(self, county: str) -> dict[tuple[str, str], int]:
        """How many of the county's there are, by kind and stage; drafts do not count."""

    @abstractmethod
    def awaiting_applicants(self) -> list[str]:
        """Numbers of all that wait for a supplement, by number."""

    @abstractmethod
    def documents_named(self, digests: Iterable[str]) -> set[str]:
        """Those of ``digests`` that an application names, at most 500 at once."""

    @abstractmethod
    def identity_tries(self, subject_digest: str) -> IdentityTries | None:
        """Failed checks of one subject, if any are remembered."""

    @abstractmethod
    def application_notices(self, number: str) -> list[ApplicationNotice]:
        """Notices about one application, oldest first."""

    @abstractmethod
    def registrations_of(self, citizen_id_number: str) -> list[ResidenceRegistration]:
        """Residence registrations of one person, ended ones too, by county."""


class ApplicationTransaction(ABC):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def next_application_serial(self, county: str, year: int) -> int:
        """1, 2, 3… in each county and year; never the same twice once committed."""

    @abstractmethod
    def add_application(self, application: Application) -> None:
        """Keep a new one.

        Its number taken, or another open one of this person and kind, is a ``StorageError``.
        """

    @abstractmethod
    def replace_application(self, application: Application) -> None:
        """Keep the next state of the one with this number. Raises ``UnknownApplicationError``."""

    @abstractmethod
    def remove_draft(self, number: str) -> None:
        """Forget a draft that goes on under another number. Raises ``UnknownApplicationError``."""

    @abstractmethod
    def retire_copies(self, permit_number: str) -> None:
        """End every copy of a permit that is out, but not the permit.

        Their status is invalid from now on whatever becomes of the permit; open offers and
        live grants are dead. Copies made later are good.
        """

    @abstractmethod
    def put_identity_tries(self, tries: IdentityTries) -> None:
        """Keep them in place of what was held for the subject."""

    @abstractmethod
    def forget_identity_tries(self, *, before: datetime) -> None:
        """Forget all whose last check lies before that instant."""

    @abstractmethod
    def add_application_notice(self, notice: ApplicationNotice) -> None:
        """Queue a notice about an application that is kept."""

    @abstractmethod
    def put_registrations(self, registrations: Iterable[ResidenceRegistration]) -> None:
        """Keep them, each in place of what was held for the same person and county."""
