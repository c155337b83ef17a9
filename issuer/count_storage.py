"""The part of the storage port that counts what a county did.

The promises are those of ``storage.py``, of which this is a part. Counts come from columns and
briefs: no permit, no application and no portrait is read for them.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from issuer.application_brief import ApplicationBrief
from issuer.outbox_storage import MessageState


class DecidedBrief(NamedTuple):
    """An application that was decided, and when."""

    brief: ApplicationBrief
    decided_at: datetime


class CountReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def act_counts(self, county: str, since: datetime) -> dict[str, int]:
        """How often each act stands in the county's audit log, from an instant on."""

    @abstractmethod
    def act_instants(self, county: str, act: str, since: datetime) -> list[datetime]:
        """When this act was done in the county, from an instant on; in no order."""

    @abstractmethod
    def decided_briefs(
        self, county: str, acts: Collection[str], since: datetime
    ) -> list[DecidedBrief]:
        """The county's applications that one of these acts decided, from an instant on."""

    @abstractmethod
    def message_counts(self, county: str, since: datetime) -> dict[MessageState, int]:
        """How many of the county's text messages queued from an instant on stand how."""
