"""The statements behind the officers' accounts, for ``sql_register``."""

from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select, update

from issuer.errors import UnknownOfficerError
from issuer.officer_account import Account, AccountName
from issuer.officer_storage import OfficerReading, OfficerTransaction
from issuer.sql_tables import METADATA

OFFICER_ACCOUNTS: Final = Table(
    "officer_accounts",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("id", String(20), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(Account).decode
_C: Final = OFFICER_ACCOUNTS.c


class SqlOfficerReading(OfficerReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def account(self, name: AccountName) -> Account:
        mine = (_C.county == name.county) & (_C.id == name.id)
        row = self._connection.execute(select(_C.document).where(mine)).first()
        if row is None:
            raise _unknown(name)
        return _decode(row.document)

    def accounts(self, county: str | None = None) -> list[Account]:
        query = select(_C.document)
        if county is not None:
            query = query.where(_C.county == county)
        held = [_decode(row.document) for row in self._connection.execute(query)]
        # Put in order here: databases differ in where they put a hyphen.
        return sorted(held, key=lambda account: account.account_name)


class SqlOfficerTransaction(OfficerTransaction):
    """What can be done, on the connection of the transaction it is part of."""

    _connection: Connection

    def add_account(self, account: Account) -> None:
        self._connection.execute(insert(OFFICER_ACCOUNTS), _row(account))

    def replace_account(self, account: Account) -> None:
        mine = (_C.county == account.county) & (_C.id == account.id)
        replaced = update(OFFICER_ACCOUNTS).where(mine).values(_row(account))
        if self._connection.execute(replaced).rowcount != 1:
            raise _unknown(account.account_name)


def _row(account: Account) -> dict[str, Any]:
    return {"county": account.county, "id": account.id, "document": _encode(account)}


def _unknown(name: AccountName) -> UnknownOfficerError:
    return UnknownOfficerError(
        f"county {name.county} has no officer of this id",
        remedy="python -m issuer officer list shows who there is.",
    )
