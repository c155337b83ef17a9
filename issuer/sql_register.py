"""The statements behind the register's port, on one connection inside one transaction."""

from datetime import date
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, Table, insert, or_, select, update

from issuer import sql_status
from issuer.errors import StorageError, UnknownPermitError
from issuer.permit import Permit
from issuer.sql_applications import SqlApplicationReading, SqlApplicationTransaction
from issuer.sql_audit import SqlAuditReading, SqlAuditTransaction
from issuer.sql_campaigns import SqlCampaignReading, SqlCampaignTransaction
from issuer.sql_counts import SqlCountReading
from issuer.sql_officers import SqlOfficerReading, SqlOfficerTransaction
from issuer.sql_outbox import SqlOutboxReading, SqlOutboxTransaction
from issuer.sql_selections import keep_endorsement
from issuer.sql_tables import (
    GRANTS,
    NOTICES,
    OFFERS,
    PERMIT_SERIALS,
    PERMITS,
)
from issuer.storage import (
    Grant,
    IssuerReading,
    IssuerTransaction,
    Notice,
    Offer,
    StatusEntry,
)

S = TypeVar("S", bound=Struct)

_encode_permit: Final = msgspec.json.Encoder().encode
_decode_permit: Final = msgspec.json.Decoder(Permit).decode


class SqlReading(
    SqlAuditReading,
    SqlApplicationReading,
    SqlOfficerReading,
    SqlCampaignReading,
    SqlOutboxReading,
    SqlCountReading,
    IssuerReading,
):
    """One consistent state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def permit(self, number: str) -> Permit:
        row = self._first(select(PERMITS.c.document).where(PERMITS.c.number == number))
        if row is None:
            raise _unknown_permit()
        return _decode_permit(row.document)

    def permits(self, county: str | None = None) -> list[Permit]:
        return self._permits(select(PERMITS.c.document), PERMITS.c.county == county, county)

    def permits_of(self, citizen_id_number: str) -> list[Permit]:
        mine = PERMITS.c.citizen_id_number == citizen_id_number
        return self._permits(select(PERMITS.c.document), mine, citizen_id_number)

    def notices(self, permit_number: str) -> list[Notice]:
        query = select(NOTICES).where(NOTICES.c.permit_number == permit_number)
        return self._all(Notice, query.order_by(NOTICES.c.id))

    def offer_by_code(self, code_digest: str) -> Offer | None:
        return self._one(Offer, select(OFFERS).where(OFFERS.c.code_digest == code_digest))

    def offer_by_reference(self, reference: str) -> Offer | None:
        return self._one(Offer, select(OFFERS).where(OFFERS.c.reference == reference))

    def grant_by_access_token(self, digest: str) -> Grant | None:
        return self._one(Grant, select(GRANTS).where(GRANTS.c.access_digest == digest))

    def grant_by_refresh_token(self, digest: str) -> Grant | None:
        either = or_(GRANTS.c.refresh_digest == digest, GRANTS.c.refresh_family_digest == digest)
        return self._one(Grant, select(GRANTS).where(either))

    def status_lists(self, county: str) -> list[int]:
        return sql_status.list_numbers(self._connection, county)

    def status_version(self, county: str, list_number: int) -> int:
        return sql_status.version_of(self._connection, county, list_number)

    def status_values(self, county: str, list_number: int) -> dict[int, int]:
        return sql_status.values_of(self._connection, county, list_number)

    def _permits(self, query: Select[Any], condition: Any, value: str | None) -> list[Permit]:
        if value is not None:
            query = query.where(condition)
        return [_decode_permit(row.document) for row in self._rows(query.order_by("number"))]

    def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        return list(self._connection.execute(query))

    def _first(self, query: Select[Any]) -> Row[Any] | None:
        return self._connection.execute(query).first()

    def _all(self, struct: type[S], query: Select[Any]) -> list[S]:
        return [_struct(struct, row) for row in self._rows(query)]

    def _one(self, struct: type[S], query: Select[Any]) -> S | None:
        row = self._first(query)
        return None if row is None else _struct(struct, row)


class SqlTransaction(
    SqlReading,
    SqlAuditTransaction,
    SqlApplicationTransaction,
    SqlOfficerTransaction,
    SqlCampaignTransaction,
    SqlOutboxTransaction,
    IssuerTransaction,
):
    """The same, with writing."""

    def __init__(self, connection: Connection, *, half_bits: int) -> None:
        super().__init__(connection)
        self._half_bits = half_bits
        self._changes = {}

    def next_permit_serial(self, county: str, year: int) -> int:
        mine = (PERMIT_SERIALS.c.county == county) & (PERMIT_SERIALS.c.year == year)
        row = self._connection.execute(
            update(PERMIT_SERIALS)
            .where(mine)
            .values(last=PERMIT_SERIALS.c.last + 1)
            .returning(PERMIT_SERIALS.c.last)
        ).first()
        if row is not None:
            return int(row.last)
        self._connection.execute(
            insert(PERMIT_SERIALS), {"county": county, "year": year, "last": 1}
        )
        return 1

    def add_permit(self, permit: Permit) -> None:
        document = _encode_permit(permit)
        self._note_change(PERMITS, permit.number, document)
        values = {
            "number": permit.number,
            "county": permit.county,
            "citizen_id_number": permit.resident.citizen_id_number,
            "status_value": 0,
            "document": document,
            "usable_through": permit.usable_through,
        }
        self._connection.execute(insert(PERMITS), values)
        keep_endorsement(self._connection, permit)

    def replace_permit(self, permit: Permit) -> None:
        document = _encode_permit(permit)
        self._note_change(PERMITS, permit.number, document)
        changed = self._connection.execute(
            update(PERMITS)
            .where(PERMITS.c.number == permit.number)
            .values(
                county=permit.county,
                citizen_id_number=permit.resident.citizen_id_number,
                document=document,
                usable_through=permit.usable_through,
            )
        )
        if changed.rowcount != 1:
            raise _unknown_permit()
        keep_endorsement(self._connection, permit)

    def add_notice(self, notice: Notice) -> None:
        self._connection.execute(insert(NOTICES), _values(notice))
        self._queue_message(
            notice,
            about=PERMITS.c.number,
            person=PERMITS.c.citizen_id_number,
            number=notice.permit_number,
        )

    def add_offer(self, offer: Offer) -> None:
        self._connection.execute(insert(OFFERS), _values(offer))

    def replace_offer(self, offer: Offer) -> None:
        self._replace(OFFERS, "reference", offer)

    def add_grant(self, grant: Grant) -> None:
        self._connection.execute(insert(GRANTS), _values(grant))

    def replace_grant(self, grant: Grant) -> None:
        self._replace(GRANTS, "id", grant)

    def _replace(self, table: Table, key: str, struct: Struct) -> None:
        values = _values(struct)
        held = table.c[key] == values.pop(key)
        if self._connection.execute(update(table).where(held).values(values)).rowcount != 1:
            raise StorageError(f"there is nothing in {table.name} to replace")

    def allocate_status(
        self,
        county: str,
        permit_number: str,
        count: int,
        *,
        expires_on: date,
        signed_by: str | None = None,
    ) -> list[StatusEntry]:
        value = self._status_value(permit_number)
        places: list[StatusEntry] = []
        while len(places) < count:
            places += sql_status.take_places(
                self._connection, county, count - len(places), half_bits=self._half_bits
            )
        sql_status.add_entries(
            self._connection,
            county,
            permit_number,
            places,
            value=value,
            expires_on=expires_on,
            signed_by=signed_by,
        )
        return places

    def set_permit_status(self, permit_number: str, value: int) -> None:
        changed = self._connection.execute(
            update(PERMITS).where(PERMITS.c.number == permit_number).values(status_value=value)
        )
        if changed.rowcount != 1:
            raise _unknown_permit()
        sql_status.set_value(self._connection, permit_number, value)

    def _status_value(self, permit_number: str) -> int:
        row = self._first(select(PERMITS.c.status_value).where(PERMITS.c.number == permit_number))
        if row is None:
            raise _unknown_permit()
        return int(row.status_value)


def _unknown_permit() -> UnknownPermitError:
    return UnknownPermitError("no permit has this number", remedy="Compare it with the permit.")


def _values(struct: Struct) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _struct(struct: type[S], row: Row[Any]) -> S:
    values = {name: getattr(row, name) for name in struct.__struct_fields__}
    return msgspec.convert(values, struct)
