"""Who could be the second of two officers, so that a page can name them.

The services decide by the account of the moment; this only tells whom to ask. Methods block.
"""

from collections.abc import Collection

from msgspec import Struct

from issuer.officer import DECIDERS, READERS, Officer, require
from issuer.storage import IssuerStorage


class Colleague(Struct, frozen=True):
    """An officer of the same county, as colleagues know them."""

    id: str
    name: str


class SecondOfficers:
    """Looks through the accounts of a county for its own officers.

    Args:
        storage: the register.
        allow_demo_ids: whether accounts made for demonstrations count here.
    """

    def __init__(self, storage: IssuerStorage, *, allow_demo_ids: bool = False) -> None:
        self._storage = storage
        self._allow_demo_ids = allow_demo_ids

    def deciding(self, officer: Officer, *, without: Collection[str]) -> tuple[Colleague, ...]:
        """Who may decide in the officer's county, by id, those in ``without`` left out.

        Raises:
            DeskError: no role of the officer is for reading.
        """
        require(officer, READERS)
        with self._storage.reading() as register:
            accounts = register.accounts(officer.county)
        return tuple(
            Colleague(account.id, account.name)
            for account in accounts
            if account.usable(allow_demo_ids=self._allow_demo_ids)
            and not account.roles.isdisjoint(DECIDERS)
            and account.id not in without
        )

    def ids(self, officer: Officer) -> tuple[str, ...]:
        """Everybody who ever had an account in the officer's county, by id; raises as above.

        Accounts are never taken out, so who granted what can still be named.
        """
        require(officer, READERS)
        with self._storage.reading() as register:
            return tuple(account.id for account in register.accounts(officer.county))
