"""The part of the storage port that keeps the outbox of text messages, and telephone numbers.

The promises are those of ``storage.py``, of which this is a part. ``add_notice`` and
``add_application_notice`` put a text message into the outbox in the same transaction, to the
number known for the person at that moment; where none is known the message is kept as
``no_phone``, and the notice is seen under progress only [ZJ].
"""

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class MessageState(StrEnum):
    """Where a text message stands."""

    QUEUED = "queued"
    """Waits for ``next_try_at``."""
    SENDING = "sending"
    """Taken by a sender until ``next_try_at``; then another may take it."""
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or tried too often."""
    NO_PHONE = "no_phone"
    """There is no number to send it to."""


class OutboxMessage(Struct, frozen=True):
    """A notice on its way to a telephone. Its text is made when it is sent."""

    id: str
    """Random; also the idempotency key at the gateway."""
    subject: str
    """Number of the permit or application it is about."""
    county: str
    phone: str
    """Cut down to its masked form when the message has gone its way, sent or failed; empty
    where none is known."""
    kind: str
    params: dict[str, str]
    state: MessageState
    tries: int
    next_try_at: datetime
    created_at: datetime
    sent_at: datetime | None = None
    last_error: str = ""
    """Code of what went wrong last: http_503, timeout, not_reached…"""


class OutboxReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def contact(self, citizen_id_number: str) -> str | None:
        """The telephone number of a person, if one is known."""

    @abstractmethod
    def messages(
        self, *, county: str | None = None, state: MessageState | None = None, limit: int
    ) -> list[OutboxMessage]:
        """At most ``limit`` messages, latest first."""

    @abstractmethod
    def messages_about(self, subject: str) -> list[OutboxMessage]:
        """Messages about one permit or application, oldest first."""

    @abstractmethod
    def due_messages(self, now: datetime) -> int:
        """How many messages are due at ``now``, those included that wait for an earlier one."""


class OutboxTransaction(OutboxReading):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def put_contact(self, citizen_id_number: str, phone: str) -> None:
        """Keep a person's number, in place of what was held; see ``phone_numbers``."""

    @abstractmethod
    def forget_contact(self, citizen_id_number: str) -> None:
        """No text message reaches this person's telephone any more.

        The number is forgotten, and what waits to be sent about any permit or application of
        theirs becomes ``no_phone``; so does what is queued from now on.
        """

    @abstractmethod
    def take_messages(self, now: datetime, *, limit: int, until: datetime) -> list[OutboxMessage]:
        """The messages due longest, now ``sending`` until then, with the try counted.

        Never one about a record of which an earlier one is still on its way: "suspended" must
        not arrive after "restored".
        """

    @abstractmethod
    def keep_outcome(self, message: OutboxMessage) -> bool:
        """Keep what became of a message that was taken, and say whether it was kept.

        It is not where another sender has taken the message since, because the time of this
        one was over, or where its number was forgotten meanwhile.
        """
