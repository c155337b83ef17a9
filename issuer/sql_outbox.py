"""The statements behind the outbox of text messages, for ``sql_register``."""

from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from issuer.outbox_storage import (
    MessageState,
    OutboxMessage,
    OutboxReading,
    OutboxTransaction,
)
from issuer.sql_tables import APPLICATIONS, METADATA, PERMITS, Instant

CONTACTS: Final = Table(
    "contacts",
    METADATA,
    Column("citizen_id_number", String(18), primary_key=True),
    Column("phone", String(20), nullable=False),
)

SMS_OUTBOX: Final = Table(
    "sms_outbox",
    METADATA,
    # Counts in the order of queuing, which instants need not: a clock may be set back.
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("subject", String(20), nullable=False, index=True),
    Column("county", String(6), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("params", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("last_error", String(64), nullable=False),
)

_C: Final = SMS_OUTBOX.c
# Written out, as in the index below: a database cannot know of a parameter that it fits it.
_WAITING: Final = literal_column("state").in_(
    [literal_column(f"'{state.value}'") for state in (MessageState.QUEUED, MessageState.SENDING)]
)
# The outbox is asked every minute and nearly all in it was sent long ago.
Index(
    "ix_sms_outbox_waiting",
    _C.next_try_at,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)


_WAITS_BEFORE: Final = SMS_OUTBOX.alias("waits_before")
_EARLIER: Final = exists().where(
    _WAITS_BEFORE.c.subject == _C.subject,
    _WAITS_BEFORE.c.place < _C.place,
    _WAITS_BEFORE.c.state.in_([MessageState.QUEUED.value, MessageState.SENDING.value]),
)
"""That another message about the same record was queued before, and is not through yet."""


class SqlOutboxReading(OutboxReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def contact(self, citizen_id_number: str) -> str | None:
        query = select(CONTACTS.c.phone).where(CONTACTS.c.citizen_id_number == citizen_id_number)
        row = self._connection.execute(query).first()
        return None if row is None else str(row.phone)

    def messages(
        self, *, county: str | None = None, state: MessageState | None = None, limit: int
    ) -> list[OutboxMessage]:
        query = select(SMS_OUTBOX)
        if county is not None:
            query = query.where(_C.county == county)
        if state is not None:
            query = query.where(_C.state == state.value)
        return self._messages(query.order_by(_C.place.desc()).limit(limit))

    def messages_about(self, subject: str) -> list[OutboxMessage]:
        return self._messages(select(SMS_OUTBOX).where(_C.subject == subject).order_by(_C.place))

    def due_messages(self, now: datetime) -> int:
        query = select(func.count()).select_from(SMS_OUTBOX).where(*_due(now))
        return int(self._connection.execute(query).scalar_one())

    def _messages(self, query: Select[Any]) -> list[OutboxMessage]:
        return [_message(row) for row in self._connection.execute(query)]


class QueuedMessages:
    """What keeps notices puts here the text message of each."""

    _connection: Connection

    def _queue_message(
        self, notice: Any, *, about: Column[str], person: Column[str], number: str
    ) -> None:
        """The text message of a notice about the record whose key column is ``about``."""
        query = (
            select(CONTACTS.c.phone)
            .join_from(about.table, CONTACTS, person == CONTACTS.c.citizen_id_number)
            .where(about == number)
        )
        row = self._connection.execute(query).first()
        message = OutboxMessage(
            id=uuid4().hex,
            subject=number,
            county=notice.county,
            phone="" if row is None else row.phone,
            kind=notice.kind,
            params=notice.params,
            state=MessageState.NO_PHONE if row is None else MessageState.QUEUED,
            tries=0,
            next_try_at=notice.at,
            created_at=notice.at,
        )
        self._connection.execute(insert(SMS_OUTBOX), _values(message))


class SqlOutboxTransaction(QueuedMessages, OutboxTransaction):
    """What can be done, on the connection of the transaction it is part of."""

    def put_contact(self, citizen_id_number: str, phone: str) -> None:
        held = CONTACTS.c.citizen_id_number == citizen_id_number
        self._connection.execute(delete(CONTACTS).where(held))
        values = {"citizen_id_number": citizen_id_number, "phone": phone}
        self._connection.execute(insert(CONTACTS), values)

    def forget_contact(self, citizen_id_number: str) -> None:
        held = CONTACTS.c.citizen_id_number == citizen_id_number
        self._connection.execute(delete(CONTACTS).where(held))
        theirs = union_all(
            *(
                select(table.c.number).where(table.c.citizen_id_number == citizen_id_number)
                for table in (PERMITS, APPLICATIONS)
            )
        )
        unsent = {"state": MessageState.NO_PHONE.value, "phone": ""}
        waiting = _WAITING & _C.subject.in_(theirs)
        self._connection.execute(update(SMS_OUTBOX).where(waiting).values(unsent))

    def take_messages(self, now: datetime, *, limit: int, until: datetime) -> list[OutboxMessage]:
        # Blocks run one after the other, so between the two statements nobody takes any.
        query = select(_C.place).where(*_due(now), ~_EARLIER)
        query = query.order_by(_C.next_try_at, _C.place)
        places = [row.place for row in self._connection.execute(query.limit(limit))]
        if not places:
            return []
        taken = {"state": MessageState.SENDING.value, "next_try_at": until, "tries": _C.tries + 1}
        mine = _C.place.in_(places)
        self._connection.execute(update(SMS_OUTBOX).where(mine).values(taken))
        rows = self._connection.execute(select(SMS_OUTBOX).where(mine).order_by(_C.place))
        return [_message(row) for row in rows]

    def keep_outcome(self, message: OutboxMessage) -> bool:
        # Each taking counts a try, so the number of tries tells the takings apart.
        mine = (_C.id == message.id) & (_C.tries == message.tries)
        taken = mine & (_C.state == MessageState.SENDING.value)
        changed = update(SMS_OUTBOX).where(taken).values(_values(message))
        return self._connection.execute(changed).rowcount == 1


def _due(now: datetime) -> tuple[Any, Any]:
    return _WAITING, _C.next_try_at <= now


def _values(message: OutboxMessage) -> dict[str, Any]:
    values = {name: getattr(message, name) for name in message.__struct_fields__}
    return values | {"state": message.state.value}


def _message(row: Row[Any]) -> OutboxMessage:
    values = {name: getattr(row, name) for name in OutboxMessage.__struct_fields__}
    return OutboxMessage(**(values | {"state": MessageState(row.state)}))
