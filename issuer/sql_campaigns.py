"""The statements behind campaigns, mass acts and proposals, for ``sql_register``."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from issuer.batch import SERIAL_DIGITS, BatchItem, Counts, Outcome, batch_id
from issuer.campaign_storage import Batch, CampaignTransaction, WaitingPermit
from issuer.errors import StorageError, UnknownBatchError, UnknownProposalError
from issuer.proposal import Proposal, proposal_id
from issuer.sql_selections import SqlSelections, portions
from issuer.sql_tables import METADATA, PERMITS, Instant

BATCHES: Final = Table(
    "batches",
    METADATA,
    Column("id", String(20), primary_key=True),
    Column("county", String(6), nullable=False, index=True),
    Column("document", LargeBinary, nullable=False),
)

BATCH_ITEMS: Final = Table(
    "batch_items",
    METADATA,
    Column("batch_id", String(20), ForeignKey("batches.id"), primary_key=True),
    Column("permit_number", String(20), ForeignKey("permits.number"), primary_key=True),
    # Empty until its turn comes.
    Column("outcome", String(16), nullable=False),
    Column("at", Instant),
)

# The next portion is found at once, however much of the batch is done.
Index(
    "ix_batch_items_waiting",
    BATCH_ITEMS.c.batch_id,
    BATCH_ITEMS.c.permit_number,
    sqlite_where=BATCH_ITEMS.c.outcome == "",
    postgresql_where=BATCH_ITEMS.c.outcome == "",
)

PROPOSALS: Final = Table(
    "proposals",
    METADATA,
    Column("id", String(20), primary_key=True),
    Column("county", String(6), nullable=False, index=True),
    Column("permit_number", String(20), ForeignKey("permits.number"), nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

# One open proposal a permit, also where two are made at once.
Index(
    "ix_proposals_one_open",
    PROPOSALS.c.permit_number,
    unique=True,
    sqlite_where=PROPOSALS.c.is_open != 0,
    postgresql_where=PROPOSALS.c.is_open != 0,
)

_encode: Final = msgspec.json.Encoder().encode
_decode_batch: Final[Callable[[bytes], Batch]] = msgspec.json.Decoder(Batch).decode
_decode_proposal: Final = msgspec.json.Decoder(Proposal).decode
# Written out, not bound, so that the database sees that the partial index answers it.
_WAITING: Final = BATCH_ITEMS.c.outcome == literal_column("''")


class SqlCampaignReading(SqlSelections):
    """What can be asked, on the connection of the reading it is part of."""

    def batch(self, batch_id: str) -> Batch:
        query = select(BATCHES.c.document).where(BATCHES.c.id == batch_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise _unknown_batch()
        return _decode_batch(row.document)

    def batches(self, county: str) -> list[Batch]:
        query = select(BATCHES.c.document).where(BATCHES.c.county == county)
        rows = self._connection.execute(query.order_by(BATCHES.c.id.desc()))
        return [_decode_batch(row.document) for row in rows]

    def batch_counts(self, batch_id: str) -> Counts:
        query = select(BATCH_ITEMS.c.outcome, func.count().label("number"))
        query = query.where(BATCH_ITEMS.c.batch_id == batch_id).group_by(BATCH_ITEMS.c.outcome)
        counted = {row.outcome: int(row.number) for row in self._connection.execute(query)}
        waiting, done = counted.pop("", 0), counted.pop(Outcome.DONE, 0)
        return Counts(waiting, done, {Outcome(name): counted[name] for name in sorted(counted)})

    def batch_items(
        self, batch_id: str, *, after: str = "", limit: int, outcome: Outcome | None = None
    ) -> list[BatchItem]:
        query = select(BATCH_ITEMS).where(
            BATCH_ITEMS.c.batch_id == batch_id, BATCH_ITEMS.c.permit_number > after
        )
        if outcome is not None:
            query = query.where(BATCH_ITEMS.c.outcome == outcome)
        rows = self._connection.execute(query.order_by(BATCH_ITEMS.c.permit_number).limit(limit))
        return [_item(row) for row in rows]

    def items_numbered(self, batch_id: str, numbers: Collection[str]) -> dict[str, BatchItem]:
        found: dict[str, BatchItem] = {}
        for some in portions(numbers):
            query = select(BATCH_ITEMS).where(
                BATCH_ITEMS.c.batch_id == batch_id, BATCH_ITEMS.c.permit_number.in_(some)
            )
            for row in self._connection.execute(query):
                found[row.permit_number] = _item(row)
        return found

    def waiting_permits(self, batch_id: str, limit: int) -> list[WaitingPermit]:
        query = (
            select(PERMITS.c.number, PERMITS.c.citizen_id_number)
            .join(BATCH_ITEMS, BATCH_ITEMS.c.permit_number == PERMITS.c.number)
            .where(BATCH_ITEMS.c.batch_id == batch_id, _WAITING)
            .order_by(BATCH_ITEMS.c.permit_number)
            .limit(limit)
        )
        return [WaitingPermit(*row) for row in self._connection.execute(query)]

    def proposal(self, proposal_id: str) -> Proposal:
        query = select(PROPOSALS.c.document).where(PROPOSALS.c.id == proposal_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise _unknown_proposal()
        return _decode_proposal(row.document)

    def proposals(self, county: str, *, open_only: bool = False) -> list[Proposal]:
        query = select(PROPOSALS.c.document).where(PROPOSALS.c.county == county)
        if open_only:
            query = query.where(PROPOSALS.c.is_open != 0)
        rows = self._connection.execute(query.order_by(PROPOSALS.c.id))
        return [_decode_proposal(row.document) for row in rows]


class SqlCampaignTransaction(SqlCampaignReading, CampaignTransaction):
    """What can be done, on the connection of the transaction it is part of."""

    def next_batch_serial(self, county: str, year: int) -> int:
        return self._next_serial(BATCHES, batch_id(county, year, 0))

    def add_batch(self, batch: Batch) -> None:
        row = {"id": batch.id, "county": batch.county, "document": _encode(batch)}
        self._connection.execute(insert(BATCHES), row)

    def add_batch_items(self, batch_id: str, permit_numbers: Iterable[str]) -> None:
        rows = [
            {"batch_id": batch_id, "permit_number": number, "outcome": "", "at": None}
            for number in permit_numbers
        ]
        if rows:
            self._connection.execute(insert(BATCH_ITEMS), rows)

    def replace_batch(self, batch: Batch) -> None:
        held = update(BATCHES).where(BATCHES.c.id == batch.id)
        if self._connection.execute(held.values(document=_encode(batch))).rowcount != 1:
            raise _unknown_batch()

    def settle_items(self, batch_id: str, outcomes: dict[str, Outcome], at: datetime) -> None:
        if not outcomes:
            return
        waiting = update(BATCH_ITEMS).where(
            BATCH_ITEMS.c.batch_id == batch_id,
            BATCH_ITEMS.c.permit_number == bindparam("number"),
            _WAITING,
        )
        settled = self._connection.execute(
            waiting.values(outcome=bindparam("became"), at=at),
            [{"number": number, "became": became} for number, became in outcomes.items()],
        )
        if settled.rowcount != len(outcomes):
            raise StorageError("a permit is not in the batch, or had its turn")

    def next_proposal_serial(self, county: str, year: int) -> int:
        return self._next_serial(PROPOSALS, proposal_id(county, year, 0))

    def add_proposal(self, proposal: Proposal) -> None:
        self._connection.execute(insert(PROPOSALS), _proposal_row(proposal))

    def replace_proposal(self, proposal: Proposal) -> None:
        row = _proposal_row(proposal)
        held = PROPOSALS.c.id == row.pop("id")
        if self._connection.execute(update(PROPOSALS).where(held).values(row)).rowcount != 1:
            raise _unknown_proposal()

    def _next_serial(self, table: Table, first_id: str) -> int:
        """Ids are never given up, so those there are count up to the last one."""
        same_year = table.c.id.startswith(first_id.removesuffix("0" * SERIAL_DIGITS))
        query = select(func.count()).select_from(table).where(same_year)
        return int(self._connection.execute(query).scalar_one()) + 1


def _item(row: Row[Any]) -> BatchItem:
    return BatchItem(row.permit_number, Outcome(row.outcome) if row.outcome else None, row.at)


def _proposal_row(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "county": proposal.county,
        "permit_number": proposal.permit_number,
        "is_open": int(proposal.open),
        "document": _encode(proposal),
    }


def _unknown_batch() -> UnknownBatchError:
    return UnknownBatchError(
        "no campaign or mass act has this number", remedy="Take it from the list."
    )


def _unknown_proposal() -> UnknownProposalError:
    return UnknownProposalError("no proposal has this number", remedy="Take it from the list.")
