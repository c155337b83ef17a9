"""The issuer's memory as a port. This text is the contract every adapter keeps.

**Consistency.** All writes happen inside ``transaction()``. What was done in one block is
seen by others entirely or not at all: leaving the block normally commits, leaving it by any
exception undoes everything, the death of the process included. So a permit, its audit entry,
its status value and its notice stand or fall together.

**Durability.** When ``transaction()`` has been left normally, the changes survive SIGKILL
and loss of power.

**Concurrency.** Transactions of all threads and processes run one after the other; each sees
everything committed before it began, so a check made inside one still holds when it commits.
One that cannot begin within the adapter's timeout raises ``StorageError``, having done nothing.
Blocks must be short: no network, no waiting for people, no second ``transaction()`` inside.
``reading()`` sees one consistent state without waiting for writers, and cannot write.
All methods block; asynchronous callers go through ``asyncio.to_thread``.

**Errors.** ``StorageError`` for everything the database does wrong (``UnknownPermitError``
and ``UnknownStatusListError`` where a method names them). Adding what is there already, or
replacing what is not, is a ``StorageError``: a fault of the caller.

Instants are aware, UTC, kept to the microsecond; days are Asia/Shanghai.
"""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from issuer.application_storage import ApplicationReading, ApplicationTransaction
from issuer.audit_storage import AuditReading, AuditTransaction
from issuer.campaign_storage import CampaignReading, CampaignTransaction
from issuer.count_storage import CountReading
from issuer.officer_storage import OfficerReading, OfficerTransaction
from issuer.outbox_storage import OutboxReading, OutboxTransaction
from issuer.permit import Permit


class Offer(Struct, frozen=True):
    """A credential offer that waits for its wallet [OID4VCI §4.1]."""

    reference: str
    """Random name under which the offer can be fetched; the key."""
    permit_number: str
    county: str
    code_digest: str
    """Digest of the pre-authorized code, which itself is never kept. Unique."""
    tx_code_digest: str | None
    configuration_ids: tuple[str, ...]
    expires_at: datetime
    state: Literal["open", "redeemed", "dead"] = "open"
    wrong_tries: int = 0
    """Wrong transaction codes so far."""


class Grant(Struct, frozen=True):
    """What a wallet may fetch, once its offer is redeemed [OID4VCI §6]."""

    id: str
    permit_number: str
    county: str
    configuration_ids: tuple[str, ...]
    access_digest: str
    """Digest of the present access token. Unique."""
    access_expires_at: datetime
    refresh_digest: str
    """Digest of the present refresh token. Unique."""
    refresh_family_digest: str | None
    """Digest of what all refresh tokens of this grant begin with: any used one that turns up
    again is recognised by it, and was in two hands."""
    expires_at: datetime
    """When refreshing ends."""
    state: Literal["live", "dead"] = "live"
    previous_refresh_digest: str | None = None
    """Digest of the refresh token before the present one, until what replaced it is used."""


class Notice(Struct, frozen=True):
    """An SMS to be sent, without personal data in it [ZJ]."""

    permit_number: str
    county: str
    kind: str
    """granted, endorsed, suspended, restored, revoked or cancelled."""
    at: datetime
    params: dict[str, str] = {}


class StatusEntry(NamedTuple):
    """The place of one credential: which list of its county, and where in it."""

    list_number: int
    idx: int


class IssuerReading(
    AuditReading,
    ApplicationReading,
    OfficerReading,
    CampaignReading,
    OutboxReading,
    CountReading,
):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def permit(self, number: str) -> Permit:
        """The permit. Raises ``UnknownPermitError``."""

    @abstractmethod
    def permits(self, county: str | None = None) -> list[Permit]:
        """All permits, or one county's, by number."""

    @abstractmethod
    def permits_of(self, citizen_id_number: str) -> list[Permit]:
        """Every permit ever granted to one person, in any county, by number."""

    @abstractmethod
    def notices(self, permit_number: str) -> list[Notice]:
        """Notices about one permit, oldest first."""

    @abstractmethod
    def offer_by_code(self, code_digest: str) -> Offer | None:
        """The offer with this pre-authorized code, whatever its state."""

    @abstractmethod
    def offer_by_reference(self, reference: str) -> Offer | None:
        """The offer of this name, whatever its state."""

    @abstractmethod
    def grant_by_access_token(self, digest: str) -> Grant | None:
        """The grant whose present access token this is, whatever its state and age."""

    @abstractmethod
    def grant_by_refresh_token(self, digest: str) -> Grant | None:
        """The grant with this digest of its present refresh token, or of its family's name."""

    @abstractmethod
    def status_lists(self, county: str) -> list[int]:
        """Numbers of the county's status lists, ascending from 0; empty at first."""

    @abstractmethod
    def status_version(self, county: str, list_number: int) -> int:
        """Grows by at least one in every transaction that changes a value of the list.

        Equal versions mean equal values. Raises ``UnknownStatusListError``.
        """

    @abstractmethod
    def status_values(self, county: str, list_number: int) -> dict[int, int]:
        """Every entry that is not 0, by index. Raises ``UnknownStatusListError``."""


class IssuerTransaction(
    IssuerReading,
    AuditTransaction,
    ApplicationTransaction,
    OfficerTransaction,
    CampaignTransaction,
    OutboxTransaction,
):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def next_permit_serial(self, county: str, year: int) -> int:
        """1, 2, 3… in each county and year; never the same twice once committed."""

    @abstractmethod
    def add_permit(self, permit: Permit) -> None:
        """Keep a new permit, with status value 0."""

    @abstractmethod
    def replace_permit(self, permit: Permit) -> None:
        """Keep the next state of a permit. Raises ``UnknownPermitError``."""

    @abstractmethod
    def add_notice(self, notice: Notice) -> None:
        """Queue a notice."""

    @abstractmethod
    def add_offer(self, offer: Offer) -> None:
        """Keep a new offer."""

    @abstractmethod
    def replace_offer(self, offer: Offer) -> None:
        """Keep the next state of the offer with this ``reference``."""

    @abstractmethod
    def add_grant(self, grant: Grant) -> None:
        """Keep a new grant."""

    @abstractmethod
    def replace_grant(self, grant: Grant) -> None:
        """Keep the next state of the grant with this ``id``."""

    @abstractmethod
    def allocate_status(
        self,
        county: str,
        permit_number: str,
        count: int,
        *,
        expires_on: date,
        signed_by: str | None = None,
    ) -> list[StatusEntry]:
        """``count`` fresh places for credentials of a permit, unguessable and never used twice.

        They carry the permit's present status value from the start. A new list is begun when
        the last one is full. ``expires_on`` is the last day on which the credentials matter,
        ``signed_by`` the thumbprint of the key that signs them [RFC7638].
        Raises ``UnknownPermitError``.
        """

    @abstractmethod
    def set_permit_status(self, permit_number: str, value: int) -> None:
        """Give every credential ever issued for the permit this value, and all later ones.

        Values are those of ``schemas.status_list``. Raises ``UnknownPermitError``.
        """


class IssuerStorage(ABC):
    """The port itself; safe to share between threads."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[IssuerTransaction]:
        """A block that writes: commits when left normally, undoes everything otherwise."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[IssuerReading]:
        """A block that reads one consistent state and blocks nobody."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections; the object is of no use afterwards."""
