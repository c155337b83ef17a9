"""The part of the storage port that keeps applications and residence registrations.

The promises are those of ``storage.py``, of which this is a part: one block is seen entirely
or not at all, and blocks run one after the other. A person has one open application of a kind
at most [ZJ]; the adapter holds to that by itself, whatever its caller checked before.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from issuer.application import Application
from issuer.residence_register import ResidenceRegistration


class ApplicationNotice(Struct, frozen=True):
    """An SMS about an application, without personal data in it [ZJ]."""

    application_number: str
    county: str
    kind: str
    """submitted, supplement_wanted, granted or refused."""
    at: datetime
    params: dict[str, str] = {}


class ApplicationReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def application(self, number: str) -> Application:
        """The application. Raises ``UnknownApplicationError``."""

    @abstractmethod
    def applications(
        self, county: str | None = None, *, open_only: bool = False
    ) -> list[Application]:
        """All applications, or one county's, or only those still open, by number."""

    @abstractmethod
    def applications_of(self, citizen_id_number: str) -> list[Application]:
        """Every application of one person, in any county, by number."""

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
    def add_application_notice(self, notice: ApplicationNotice) -> None:
        """Queue a notice about an application that is kept."""

    @abstractmethod
    def put_registrations(self, registrations: Iterable[ResidenceRegistration]) -> None:
        """Keep them, each in place of what was held for the same person and county."""
