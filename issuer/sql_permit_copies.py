"""The statements that end the copies of a permit while the permit goes on, for the register."""

from sqlalchemy import Connection, update

from issuer import sql_status
from issuer.sql_tables import GRANTS, OFFERS
from schemas.status_list import INVALID


class RetiredCopies:
    """What can be done, on the connection of the transaction it is part of."""

    _connection: Connection

    def retire_copies(self, permit_number: str) -> None:
        """See ``ApplicationTransaction``."""
        sql_status.retire(self._connection, permit_number, INVALID)
        for table, live in ((OFFERS, "open"), (GRANTS, "live")):
            mine = (table.c.permit_number == permit_number) & (table.c.state == live)
            self._connection.execute(update(table).where(mine).values(state="dead"))
