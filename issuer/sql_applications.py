"""The statements behind applications and residence registrations, for ``sql_register``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from issuer.application import Application
from issuer.application_brief import brief_of
from issuer.application_storage import (
    ApplicationNotice,
    ApplicationReading,
    ApplicationTransaction,
    IdentityTries,
)
from issuer.errors import UnknownApplicationError
from issuer.residence_register import ResidenceRegistration
from issuer.sql_application_lists import (
    SqlApplicationLists,
    encode_brief,
    forget_documents,
    forget_identity_tries,
    keep_documents,
    put_identity_tries,
)
from issuer.sql_audit import NotedChanges
from issuer.sql_outbox import QueuedMessages
from issuer.sql_permit_copies import RetiredCopies
from issuer.sql_tables import (
    APPLICATION_NOTICES,
    APPLICATION_SERIALS,
    APPLICATIONS,
    RESIDENCE_REGISTRATIONS,
)

# Deterministic: sets are written in order, so equal applications are equal bytes.
_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(Application).decode


class SqlApplicationReading(SqlApplicationLists, ApplicationReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def application(self, number: str) -> Application:
        columns = APPLICATIONS.c
        named = columns.number == number
        if number:
            named |= columns.draft_number == number
        row = self._connection.execute(select(columns.document).where(named)).first()
        if row is None:
            raise _unknown_application()
        return _decode(row.document)

    def applications(
        self, county: str | None = None, *, open_only: bool = False
    ) -> list[Application]:
        query = select(APPLICATIONS.c.document)
        if county is not None:
            query = query.where(APPLICATIONS.c.county == county)
        if open_only:
            query = query.where(APPLICATIONS.c.is_open != 0)
        return self._applications(query)

    def applications_of(self, citizen_id_number: str) -> list[Application]:
        mine = APPLICATIONS.c.citizen_id_number == citizen_id_number
        return self._applications(select(APPLICATIONS.c.document).where(mine))

    def application_notices(self, number: str) -> list[ApplicationNotice]:
        about = APPLICATION_NOTICES.c.application_number == number
        query = select(APPLICATION_NOTICES).where(about).order_by(APPLICATION_NOTICES.c.id)
        fields = ApplicationNotice.__struct_fields__
        return [
            ApplicationNotice(**{name: getattr(row, name) for name in fields})
            for row in self._connection.execute(query)
        ]

    def registrations_of(self, citizen_id_number: str) -> list[ResidenceRegistration]:
        mine = RESIDENCE_REGISTRATIONS.c.citizen_id_number == citizen_id_number
        query = select(RESIDENCE_REGISTRATIONS).where(mine)
        rows = self._connection.execute(query.order_by(RESIDENCE_REGISTRATIONS.c.county))
        return [ResidenceRegistration(**row._mapping) for row in rows]

    def _applications(self, query: Select[Any]) -> list[Application]:
        rows = self._connection.execute(query.order_by(APPLICATIONS.c.number))
        return [_decode(row.document) for row in rows]


class SqlApplicationTransaction(
    NotedChanges, QueuedMessages, RetiredCopies, ApplicationTransaction
):
    """What can be done, on the connection of the transaction it is part of."""

    _connection: Connection

    def next_application_serial(self, county: str, year: int) -> int:
        mine = (APPLICATION_SERIALS.c.county == county) & (APPLICATION_SERIALS.c.year == year)
        counted = (
            update(APPLICATION_SERIALS)
            .where(mine)
            .values(last=APPLICATION_SERIALS.c.last + 1)
            .returning(APPLICATION_SERIALS.c.last)
        )
        row = self._connection.execute(counted).first()
        if row is not None:
            return int(row.last)
        first = {"county": county, "year": year, "last": 1}
        self._connection.execute(insert(APPLICATION_SERIALS), first)
        return 1

    def add_application(self, application: Application) -> None:
        row = _row(application)
        self._note_change(APPLICATIONS, application.number, row["document"])
        self._connection.execute(insert(APPLICATIONS), row)
        keep_documents(self._connection, application)

    def replace_application(self, application: Application) -> None:
        row = _row(application)
        self._note_change(APPLICATIONS, application.number, row["document"])
        held = APPLICATIONS.c.number == row.pop("number")
        if self._connection.execute(update(APPLICATIONS).where(held).values(row)).rowcount != 1:
            raise _unknown_application()
        keep_documents(self._connection, application)

    def remove_draft(self, number: str) -> None:
        forget_documents(self._connection, number)
        mine = (APPLICATIONS.c.number == number) & (APPLICATIONS.c.stage == "draft")
        if self._connection.execute(delete(APPLICATIONS).where(mine)).rowcount != 1:
            raise _unknown_application()

    def put_identity_tries(self, tries: IdentityTries) -> None:
        put_identity_tries(self._connection, tries)

    def forget_identity_tries(self, *, before: datetime) -> None:
        forget_identity_tries(self._connection, before)

    def add_application_notice(self, notice: ApplicationNotice) -> None:
        values = {name: getattr(notice, name) for name in notice.__struct_fields__}
        self._connection.execute(insert(APPLICATION_NOTICES), values)
        self._queue_message(
            notice,
            about=APPLICATIONS.c.number,
            person=APPLICATIONS.c.citizen_id_number,
            number=notice.application_number,
        )

    def put_registrations(self, registrations: Iterable[ResidenceRegistration]) -> None:
        rows = [
            {name: getattr(registration, name) for name in registration.__struct_fields__}
            for registration in registrations
        ]
        if not rows:
            return
        columns = RESIDENCE_REGISTRATIONS.c
        # Deleted and inserted: the one way to replace that every database spells the same.
        old = delete(RESIDENCE_REGISTRATIONS).where(
            columns.citizen_id_number == bindparam("old_number"),
            columns.county == bindparam("old_county"),
        )
        self._connection.execute(
            old,
            [{"old_number": r["citizen_id_number"], "old_county": r["county"]} for r in rows],
        )
        self._connection.execute(insert(RESIDENCE_REGISTRATIONS), rows)


def _row(application: Application) -> dict[str, Any]:
    return {
        "number": application.number,
        "county": application.county,
        "citizen_id_number": application.applicant.citizen_id_number,
        "kind": application.kind.value,
        "channel": application.channel.value,
        "stage": application.stage,
        "draft_number": application.draft_number,
        "is_open": int(application.open),
        "brief": encode_brief(brief_of(application)),
        "document": _encode(application),
    }


def _unknown_application() -> UnknownApplicationError:
    return UnknownApplicationError(
        "no application has this number", remedy="Compare it with the receipt."
    )
