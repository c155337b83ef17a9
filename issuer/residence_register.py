"""The register of residence registrations: who lives where, since when.

A port, so that a population system of the police can stand there; embedded are rows imported
into the issuer's own database. A registration is declared with the police or arises at a
school [ZJ-REG §12]; half a year counts from the day of declaration [ZJ-REG §16].
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date

from msgspec import Struct


class ResidenceRegistration(Struct, frozen=True):
    """That a person lives at an address in a county; one a person and county."""

    citizen_id_number: str
    county: str
    """Six digits [GBT2260]."""
    address: str
    registered_on: date
    """Asia/Shanghai; the day of declaration."""
    ended_on: date | None = None
    """First day on which it no longer holds."""

    def holds_on(self, day: date) -> bool:
        """Whether it had begun and not ended on ``day``."""
        return self.registered_on <= day and (self.ended_on is None or day < self.ended_on)


class ResidenceRegister(ABC):
    """The port. Reading blocks, perhaps on a network."""

    @abstractmethod
    def registrations_of(self, citizen_id_number: str) -> list[ResidenceRegistration]:
        """Everything registered for one person, ended ones too, by county.

        Raises:
            schemas.errors.ServiceError: the register cannot be read; nothing is decided then.
        """

    def registrations_of_each(
        self, citizen_id_numbers: Collection[str]
    ) -> dict[str, list[ResidenceRegistration]]:
        """The same for several people, by citizen number; raises as ``registrations_of``.

        A register that can be asked for many at once does better than this.
        """
        return {number: self.registrations_of(number) for number in citizen_id_numbers}
