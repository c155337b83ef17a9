"""The part of the storage port that keeps the officers' accounts.

The promises are those of ``storage.py``, of which this is a part. An account is never taken
out: the audit log names its officer for as long as it is kept.
"""

from abc import ABC, abstractmethod

from issuer.officer_account import Account, AccountName


class OfficerReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def account(self, name: AccountName) -> Account:
        """The account. Raises ``UnknownOfficerError``."""

    @abstractmethod
    def accounts(self, county: str | None = None) -> list[Account]:
        """All accounts, or one county's, disabled ones too, by county and id."""


class OfficerTransaction(ABC):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def add_account(self, account: Account) -> None:
        """Keep a new one; where the county has this id already it is a ``StorageError``."""

    @abstractmethod
    def replace_account(self, account: Account) -> None:
        """Keep the next state of an account. Raises ``UnknownOfficerError``."""
