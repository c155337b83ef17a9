"""The statements behind lists of applications, named documents and identity checks.

For ``sql_applications``, which keeps the applications themselves.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from issuer.application import Application
from issuer.application_brief import ApplicationBrief
from issuer.application_storage import ApplicationReading, BriefQuery, IdentityTries
from issuer.sql_tables import APPLICATIONS, METADATA, Instant

APPLICATION_DOCUMENTS: Final = Table(
    "application_documents",
    METADATA,
    Column("application_number", String(20), ForeignKey("applications.number"), primary_key=True),
    Column("sha256", String(64), primary_key=True, index=True),
)

IDENTITY_TRIES: Final = Table(
    "identity_tries",
    METADATA,
    Column("subject_digest", String(64), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("locked_until", Instant),
)

encode_brief: Final = msgspec.json.Encoder(order="deterministic").encode
_decode_brief: Final = msgspec.json.Decoder(ApplicationBrief).decode
_C: Final = APPLICATIONS.c


class SqlApplicationLists(ApplicationReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def application_briefs(self, query: BriefQuery) -> list[ApplicationBrief]:
        wanted = select(_C.brief).where(*_conditions(query)).order_by(_C.number)
        if query.newest is not None:
            wanted = wanted.order_by(None).order_by(_C.number.desc()).limit(query.newest)
        found = [_decode_brief(row.brief) for row in self._connection.execute(wanted)]
        return found if query.newest is None else found[::-1]

    def application_counts(self, county: str) -> dict[tuple[str, str], int]:
        counted = (
            select(_C.kind, _C.stage, func.count().label("times"))
            .where(_C.county == county, _C.stage.not_in(_NOT_HANDED_IN))
            .group_by(_C.kind, _C.stage)
        )
        return {(row.kind, row.stage): row.times for row in self._connection.execute(counted)}

    def awaiting_applicants(self) -> list[str]:
        waiting = select(_C.number).where(_C.stage == "needs_supplement", _C.is_open != 0)
        return list(self._connection.execute(waiting.order_by(_C.number)).scalars())

    def documents_named(self, digests: Iterable[str]) -> set[str]:
        named = APPLICATION_DOCUMENTS.c.sha256
        query = select(named).where(named.in_(list(digests))).distinct()
        return set(self._connection.execute(query).scalars())

    def identity_tries(self, subject_digest: str) -> IdentityTries | None:
        mine = IDENTITY_TRIES.c.subject_digest == subject_digest
        row = self._connection.execute(select(IDENTITY_TRIES).where(mine)).first()
        return None if row is None else IdentityTries(**row._mapping)


def keep_documents(connection: Connection, application: Application) -> None:
    """Note which documents an application names now."""
    forget_documents(connection, application.number)
    rows = [
        {"application_number": application.number, "sha256": digest}
        for digest in sorted({given.sha256 for given in application.materials})
    ]
    if rows:
        connection.execute(insert(APPLICATION_DOCUMENTS), rows)


def forget_documents(connection: Connection, number: str) -> None:
    """Let go of the names; the documents themselves are the store's."""
    mine = APPLICATION_DOCUMENTS.c.application_number == number
    connection.execute(delete(APPLICATION_DOCUMENTS).where(mine))


def put_identity_tries(connection: Connection, tries: IdentityTries) -> None:
    """Keep them in place of what was held for the subject."""
    mine = IDENTITY_TRIES.c.subject_digest == tries.subject_digest
    connection.execute(delete(IDENTITY_TRIES).where(mine))
    values: dict[str, Any] = {name: getattr(tries, name) for name in tries.__struct_fields__}
    connection.execute(insert(IDENTITY_TRIES), values)


def forget_identity_tries(connection: Connection, before: datetime) -> None:
    """Forget all whose last check lies before that instant."""
    connection.execute(delete(IDENTITY_TRIES).where(IDENTITY_TRIES.c.last_at < before))


_NOT_HANDED_IN: Final = ("draft", "abandoned")


def _conditions(query: BriefQuery) -> Iterator[ColumnElement[bool]]:
    if query.county is not None:
        yield _C.county == query.county
    if query.only_open is not None:
        yield _C.is_open == int(query.only_open)
    if not query.drafts:
        yield _C.stage.not_in(_NOT_HANDED_IN)
    for column, value in (
        (_C.stage, query.stage),
        (_C.kind, query.kind),
        (_C.channel, query.channel),
    ):
        if value:
            yield column == value
    if query.number_holds:
        yield _C.number.contains(query.number_holds, autoescape=True)
