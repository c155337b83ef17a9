"""The statements that count what a county did, for ``sql_register``."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from issuer.application_brief import ApplicationBrief
from issuer.count_storage import CountReading, DecidedBrief
from issuer.outbox_storage import MessageState
from issuer.sql_outbox import SMS_OUTBOX
from issuer.sql_tables import APPLICATIONS, AUDIT_ENTRIES

_decode_brief: Final = msgspec.json.Decoder(ApplicationBrief).decode
_C: Final = AUDIT_ENTRIES.c


class SqlCountReading(CountReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def act_counts(self, county: str, since: datetime) -> dict[str, int]:
        counted = select(_C.act, func.count().label("times")).where(
            _C.county == county, _C.at >= since
        )
        return {row.act: row.times for row in self._connection.execute(counted.group_by(_C.act))}

    def act_instants(self, county: str, act: str, since: datetime) -> list[datetime]:
        done = select(_C.at).where(_C.county == county, _C.act == act, _C.at >= since)
        return list(self._connection.execute(done).scalars())

    def decided_briefs(
        self, county: str, acts: Collection[str], since: datetime
    ) -> list[DecidedBrief]:
        decided = (
            select(APPLICATIONS.c.brief, _C.at)
            .join(APPLICATIONS, APPLICATIONS.c.number == _C.permit_number)
            .where(_C.county == county, _C.act.in_(acts), _C.at >= since)
        )
        return [
            DecidedBrief(_decode_brief(row.brief), row.at)
            for row in self._connection.execute(decided)
        ]

    def message_counts(self, county: str, since: datetime) -> dict[MessageState, int]:
        column = SMS_OUTBOX.c
        counted = select(column.state, func.count().label("times")).where(
            column.county == county, column.created_at >= since
        )
        rows = self._connection.execute(counted.group_by(column.state))
        return {MessageState(row.state): row.times for row in rows}
