"""The part of the storage port that keeps campaigns, mass acts, proposals and what chooses permits.

The promises are those of ``storage.py``, of which this is a part. What chooses permits reads
columns beside their documents and decodes no permit, however many a county has.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from issuer.batch import BatchItem, Counts, Outcome
from issuer.campaign import Campaign, DuePermit
from issuer.mass_act import Criteria, MassAct
from issuer.permit import Permit
from issuer.proposal import Proposal
from issuer.residence_register import ResidenceRegistration

Batch = Campaign | MassAct


class CohortPermit(NamedTuple):
    """A permit of a cohort; ``status_value`` is that of ``schemas.status_list``."""

    number: str
    status_value: int


class WaitingPermit(NamedTuple):
    """A permit of a batch whose turn has not come."""

    number: str
    citizen_id_number: str


class ExpiringPermit(NamedTuple):
    """A permit under no order, and the last day of its use; they sort by county and day."""

    county: str
    usable_through: date
    number: str


class SaidNotice(NamedTuple):
    """A notice that was queued, as far as it says whether to queue another."""

    permit_number: str
    kind: str
    params: dict[str, str]


class CampaignReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def due_permits(self, county: str, first: date, last: date) -> list[DuePermit]:
        """The county's permits usable through one of these days, without ended ones; by number."""

    @abstractmethod
    def cohort(self, county: str, criteria: Criteria) -> list[CohortPermit]:
        """The county's permits for which all criteria hold, ended ones too, by number."""

    @abstractmethod
    def signing_keys(self, county: str) -> dict[str, int]:
        """How many copies each key signed, by thumbprint; empty: copies from before it was kept."""

    @abstractmethod
    def endorsement_applicants(self, citizen_id_numbers: Collection[str]) -> set[str]:
        """Those of them whose application for endorsement is handed in and not decided."""

    @abstractmethod
    def registrations_of_each(
        self, citizen_id_numbers: Collection[str]
    ) -> dict[str, list[ResidenceRegistration]]:
        """Residence registrations of each of these people, ended ones too, by county."""

    @abstractmethod
    def permits_numbered(self, numbers: Collection[str]) -> dict[str, Permit]:
        """Those of these permits that there are, in the order of their numbers."""

    @abstractmethod
    def expiring_permits(
        self, first: date, last: date, *, after: ExpiringPermit | None = None, limit: int
    ) -> list[ExpiringPermit]:
        """Permits of all counties under no order, usable through one of these days.

        By county, day and number, and only those that follow ``after``.
        """

    @abstractmethod
    def said_notices(
        self, permit_numbers: Collection[str], kinds: Collection[str]
    ) -> list[SaidNotice]:
        """Notices about any of these permits that are of any of these kinds."""

    @abstractmethod
    def batch(self, batch_id: str) -> Batch:
        """The campaign or mass act. Raises ``UnknownBatchError``."""

    @abstractmethod
    def batches(self, county: str) -> list[Batch]:
        """The county's campaigns and mass acts, the latest first."""

    @abstractmethod
    def batch_counts(self, batch_id: str) -> Counts:
        """What the permits of a batch came to so far."""

    @abstractmethod
    def batch_items(
        self, batch_id: str, *, after: str = "", limit: int, outcome: Outcome | None = None
    ) -> list[BatchItem]:
        """Items whose permit number follows ``after``, by number; only those of ``outcome``."""

    @abstractmethod
    def items_numbered(self, batch_id: str, numbers: Collection[str]) -> dict[str, BatchItem]:
        """Those of these permits that are in the batch, by number."""

    @abstractmethod
    def waiting_permits(self, batch_id: str, limit: int) -> list[WaitingPermit]:
        """The next permits whose turn has not come, by number."""

    @abstractmethod
    def proposal(self, proposal_id: str) -> Proposal:
        """The proposal. Raises ``UnknownProposalError``."""

    @abstractmethod
    def proposals(self, county: str, *, open_only: bool = False) -> list[Proposal]:
        """The county's proposals, or only those that wait, the oldest first."""


class CampaignTransaction(ABC):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def next_batch_serial(self, county: str, year: int) -> int:
        """1, 2, 3… in each county and year; the next batch kept must carry it."""

    @abstractmethod
    def add_batch(self, batch: Batch) -> None:
        """Keep a new one; its id taken is a ``StorageError``."""

    @abstractmethod
    def add_batch_items(self, batch_id: str, permit_numbers: Iterable[str]) -> None:
        """Put permits into a batch; one that is in it already is a ``StorageError``."""

    @abstractmethod
    def replace_batch(self, batch: Batch) -> None:
        """Keep the next state of the one with this id. Raises ``UnknownBatchError``."""

    @abstractmethod
    def settle_items(self, batch_id: str, outcomes: dict[str, Outcome], at: datetime) -> None:
        """Say what became of permits whose turn had not come.

        One that is not in the batch, or whose turn had come, is a ``StorageError``.
        """

    @abstractmethod
    def next_proposal_serial(self, county: str, year: int) -> int:
        """1, 2, 3… in each county and year; the next proposal kept must carry it."""

    @abstractmethod
    def add_proposal(self, proposal: Proposal) -> None:
        """Keep a new one; another open one of this permit is a ``StorageError``."""

    @abstractmethod
    def replace_proposal(self, proposal: Proposal) -> None:
        """Keep the next state of the one with this id. Raises ``UnknownProposalError``."""
