"""The identity check before applying: who somebody is, from a register and never from a form.

A port [ZJ]: the province's real-name check by face stands behind it in service; embedded is a
simulation that knows invented people only. What comes back is what the permit will say of the
person, so a form has no field for any of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from issuer.errors import IdentityCheckError
from schemas.civil_id import Sex, normalise


class IdentityPurpose(StrEnum):
    """What a check is for; a provider may ask more for one than for another [ZJ]."""

    APPLY = "apply"
    PROGRESS = "progress"
    """Looking up, withdrawing and supplementing one's own applications."""
    COUNTER = "counter"
    """At a counter, where an officer sees person and document."""


class VerifiedIdentity(Struct, frozen=True):
    """A person as the population register has them, after the check passed."""

    name: str
    citizen_id_number: str
    """Eighteen characters; the identity number of another scheme for people outside this one."""
    sex: Sex
    birthdate: date
    ethnic_group: str
    """Two digits [GBT3304]."""
    household_code: str
    """Where the household registration lies, six digits [GBT2260]; not the number's region."""
    registered_address: str
    """The same in words."""
    portrait: bytes
    """The register's photograph, a small JPEG or PNG."""


class IdentityCheck(ABC):
    """The port. ``verify`` blocks, perhaps on a network."""

    @abstractmethod
    def verify(
        self, subject: str, *, purpose: IdentityPurpose = IdentityPurpose.APPLY
    ) -> VerifiedIdentity:
        """The person behind ``subject``, what the provider knows this check by.

        Raises:
            IdentityCheckError: the check was not passed, or there is no such person. Whether
                the number exists is not told.
        """


class SimulatedIdentityCheck(IdentityCheck):
    """Passes the people it was given, by citizen number; for demonstrations only."""

    def __init__(self, people: Mapping[str, VerifiedIdentity]) -> None:
        self._people = people

    def verify(
        self, subject: str, *, purpose: IdentityPurpose = IdentityPurpose.APPLY
    ) -> VerifiedIdentity:
        found = self._people.get(normalise(subject))
        if found is None:
            raise IdentityCheckError(
                "the identity check was not passed",
                remedy="Try again, or apply at the counter with the ID card.",
            )
        return found
