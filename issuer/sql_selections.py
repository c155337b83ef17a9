"""The statements that choose permits for campaigns, mass acts and notices; no permit is decoded.

What permits were granted and endorsed by whom and when stands in a table of its own, kept
beside their documents by ``keep_endorsement``.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Insert,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
)

from issuer.application import Kind
from issuer.campaign import DuePermit
from issuer.campaign_storage import CampaignReading, CohortPermit, ExpiringPermit, SaidNotice
from issuer.eligibility import Basis
from issuer.mass_act import Criteria
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.sql_tables import (
    APPLICATIONS,
    METADATA,
    NOTICES,
    PERMITS,
    RESIDENCE_REGISTRATIONS,
    STATUS_ENTRIES,
)
from schemas.status_list import INVALID, VALID

PERMIT_ENDORSEMENTS: Final = Table(
    "permit_endorsements",
    METADATA,
    Column("permit_number", String(20), ForeignKey("permits.number"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("county", String(6), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("made_by", String(64), nullable=False),
)

Index(
    "ix_permit_endorsements_made",
    PERMIT_ENDORSEMENTS.c.county,
    PERMIT_ENDORSEMENTS.c.made_by,
    PERMIT_ENDORSEMENTS.c.made_on,
)

AT_ONCE: Final = 500
"""Values in one statement; databases take some tens of thousands at most."""

_decode_permit: Final = msgspec.json.Decoder(Permit).decode
T = TypeVar("T")


class _Granted(Struct, frozen=True):
    """The state of an application, as far as it says for which permit it was granted."""

    type: str
    permit_number: str = ""


class _ApplicationGround(Struct, frozen=True):
    """Two members of an application; the portrait and the rest are passed over unread."""

    bases: tuple[Basis, ...]
    state: _Granted


_decode_ground: Final = msgspec.json.Decoder(_ApplicationGround).decode


def _insert_if_new() -> Insert:
    """Built once: it runs with every change of a permit, by the thousand in a campaign."""
    columns = PERMIT_ENDORSEMENTS.c
    values = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    there = exists().where(
        columns.permit_number == values["permit_number"], columns.sequence == values["sequence"]
    )
    row = select(*(value.label(name) for name, value in values.items())).where(~there)
    return insert(PERMIT_ENDORSEMENTS).from_select(list(values), row)


_INSERT_IF_NEW: Final = _insert_if_new()


def keep_endorsement(connection: Connection, permit: Permit) -> None:
    """See to it that the permit's latest endorsement is in the table."""
    made = permit.endorsement
    row = {
        "permit_number": permit.number,
        "sequence": made.sequence,
        "county": permit.county,
        "made_on": made.on,
        "made_by": made.by,
    }
    connection.execute(_INSERT_IF_NEW, row)


class SqlSelections(CampaignReading):
    """The part of the port that chooses permits."""

    _connection: Connection

    def due_permits(self, county: str, first: date, last: date) -> list[DuePermit]:
        columns = PERMITS.c
        query = select(
            columns.number, columns.citizen_id_number, columns.usable_through, columns.status_value
        ).where(
            columns.county == county,
            columns.usable_through.between(first, last),
            columns.status_value != INVALID,
        )
        return [
            DuePermit(
                number=row.number,
                citizen_id_number=row.citizen_id_number,
                usable_through=row.usable_through,
                suspended=row.status_value != VALID,
            )
            for row in self._connection.execute(query.order_by(columns.number))
        ]

    def cohort(self, county: str, criteria: Criteria) -> list[CohortPermit]:
        query = select(PERMITS.c.number, PERMITS.c.status_value).where(PERMITS.c.county == county)
        for chosen in (_made(county, criteria), _signed(county, criteria)):
            if chosen is not None:
                query = query.where(PERMITS.c.number.in_(chosen))
        rows = self._connection.execute(query.order_by(PERMITS.c.number))
        found = [CohortPermit(*row) for row in rows]
        if criteria.basis is None:
            return found
        on_this_ground = set(self._granted_on(county, criteria.basis))
        return [permit for permit in found if permit.number in on_this_ground]

    def signing_keys(self, county: str) -> dict[str, int]:
        key = STATUS_ENTRIES.c.signed_by
        query = select(func.coalesce(key, ""), func.count()).where(
            STATUS_ENTRIES.c.county == county
        )
        return {row[0]: int(row[1]) for row in self._connection.execute(query.group_by(key))}

    def endorsement_applicants(self, citizen_id_numbers: Collection[str]) -> set[str]:
        found: set[str] = set()
        for numbers in portions(citizen_id_numbers):
            query = select(APPLICATIONS.c.citizen_id_number).where(
                APPLICATIONS.c.citizen_id_number.in_(numbers),
                APPLICATIONS.c.kind == Kind.ENDORSEMENT.value,
                APPLICATIONS.c.is_open != literal_column("0"),
                # A draft that was forgotten must not let a permit lapse.
                APPLICATIONS.c.stage != "draft",
            )
            found.update(self._connection.execute(query).scalars())
        return found

    def registrations_of_each(
        self, citizen_id_numbers: Collection[str]
    ) -> dict[str, list[ResidenceRegistration]]:
        columns = RESIDENCE_REGISTRATIONS.c
        found: dict[str, list[ResidenceRegistration]] = {n: [] for n in citizen_id_numbers}
        for numbers in portions(found):
            query = select(RESIDENCE_REGISTRATIONS).where(columns.citizen_id_number.in_(numbers))
            for row in self._connection.execute(query.order_by(columns.county)):
                found[row.citizen_id_number].append(ResidenceRegistration(**row._mapping))
        return found

    def permits_numbered(self, numbers: Collection[str]) -> dict[str, Permit]:
        found: dict[str, Permit] = {}
        for some in portions(sorted(numbers)):
            query = select(PERMITS.c.number, PERMITS.c.document).where(PERMITS.c.number.in_(some))
            for row in self._connection.execute(query.order_by(PERMITS.c.number)):
                found[row.number] = _decode_permit(row.document)
        return found

    def expiring_permits(
        self, first: date, last: date, *, after: ExpiringPermit | None = None, limit: int
    ) -> list[ExpiringPermit]:
        # In the order of the index, so that all portions together are one way through it.
        columns = (PERMITS.c.county, PERMITS.c.usable_through, PERMITS.c.number)
        query = select(*columns).where(
            PERMITS.c.usable_through.between(first, last), PERMITS.c.status_value == VALID
        )
        if after is not None:
            query = query.where(tuple_(*columns) > tuple_(*after))
        rows = self._connection.execute(query.order_by(*columns).limit(limit))
        return [ExpiringPermit(*row) for row in rows]

    def said_notices(
        self, permit_numbers: Collection[str], kinds: Collection[str]
    ) -> list[SaidNotice]:
        return [
            SaidNotice(row.permit_number, row.kind, row.params)
            for numbers in portions(permit_numbers)
            for row in self._connection.execute(
                select(NOTICES).where(
                    NOTICES.c.permit_number.in_(numbers), NOTICES.c.kind.in_(kinds)
                )
            )
        ]

    def _granted_on(self, county: str, basis: Basis) -> Iterator[str]:
        """Permits that applications resting on ``basis`` were granted for."""
        query = select(APPLICATIONS.c.document).where(
            APPLICATIONS.c.county == county, APPLICATIONS.c.is_open == 0
        )
        # Documents hold pictures: a few at a time, not a county's.
        rows = self._connection.execute(query.execution_options(yield_per=AT_ONCE))
        for row in rows:
            ground = _decode_ground(row.document)
            if ground.state.permit_number and basis in ground.bases:
                yield ground.state.permit_number


def _made(county: str, criteria: Criteria) -> Select[Any] | None:
    """Permits granted or endorsed by the officer on the days named."""
    table = PERMIT_ENDORSEMENTS.c
    conditions: list[ColumnElement[bool]] = []
    if criteria.officer:
        conditions.append(table.made_by == criteria.officer)
    if criteria.first_day is not None:
        conditions.append(table.made_on >= criteria.first_day)
    if criteria.last_day is not None:
        conditions.append(table.made_on <= criteria.last_day)
    if not conditions:
        return None
    return select(table.permit_number).where(table.county == county, *conditions)


def _signed(county: str, criteria: Criteria) -> Select[Any] | None:
    """Permits with a copy signed by the key named."""
    if not criteria.signing_key:
        return None
    entries = STATUS_ENTRIES.c
    return select(entries.permit_number).where(
        entries.county == county, entries.signed_by == criteria.signing_key
    )


def portions(values: Collection[T]) -> Iterator[list[T]]:
    """The values, as many at once as one statement is given."""
    listed = list(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
