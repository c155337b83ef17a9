"""The officers' accounts: who has one, for what, and who may keep them.

Accounts of a county are kept by its administrators, each act with its audit entry; the first
of them is made at the console, where whoever has the register has everything. Nobody changes
their own roles or closes their own account: what an administrator may do is another's to say.
``acting`` is asked for every act anew, so roles that are given or taken count at once.

All methods block. Sources: [ZJ], [SC663 §17, §20].
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from issuer.errors import DeskError, UnknownOfficerError
from issuer.officer import ADMINISTRATORS, Officer, Role, require
from issuer.officer_account import (
    Account,
    AccountName,
    act_on,
    check_new_account,
    check_roles,
    read_account_name,
    right_password,
)
from issuer.passwords import Passwords, first_password
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.divisions import county as county_of

CONSOLE: Final = "console"
"""Who the audit log says acted on an account where no administrator was named."""
KEEPERS_AND_AUDITORS: Final = ADMINISTRATORS | {Role.AUDITOR}
"""Who may see which accounts there are."""

_Change = Callable[[Account, datetime], Account]


class Officers:
    """Accounts, and who acts under them. ``by`` is None where the console acts.

    Args:
        storage: the register.
        clock: gives ``now``.
        passwords: how passwords are hashed.
        allow_demo_ids: whether accounts made for demonstrations count here.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        clock: Clock,
        passwords: Passwords | None = None,
        *,
        allow_demo_ids: bool = False,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._passwords = passwords
        self._allow_demo_ids = allow_demo_ids

    def acting(self, officer_id: str) -> Officer:
        """Who acts under the name ``ID@COUNTY``, with the roles of this moment.

        Raises:
            DeskError: nobody has this name, or the account is disabled or for demonstrations;
                it does not say which.
        """
        account = self._account(read_account_name(officer_id))
        if account is None or not account.usable(allow_demo_ids=self._allow_demo_ids):
            raise DeskError(
                "nobody may act under this name: there is no such account, or it is disabled",
                remedy="An administrator of the county keeps its accounts.",
            )
        return account.officer

    def accounts(self, county: str, *, by: Officer | None) -> list[Account]:
        """The accounts of a county, disabled ones too, for its administrators and auditors."""
        _role_of(by, county, KEEPERS_AND_AUDITORS)
        with self._storage.reading() as register:
            return register.accounts(county)

    def account(self, name: AccountName, *, by: Officer | None) -> Account:
        """One of them. Raises ``UnknownOfficerError``."""
        _role_of(by, name.county, KEEPERS_AND_AUDITORS)
        with self._storage.reading() as register:
            return register.account(name)

    def add(
        self, name: AccountName, own_name: str, roles: Collection[Role], *, by: Officer | None
    ) -> tuple[Account, str]:
        """A new account, and the password for its first sign-in, which is kept nowhere.

        Raises:
            DeskError: the id is taken, name or roles cannot be, or ``by`` is no administrator
                of the county.
            schemas.divisions.UnknownCountyError: no such county.
        """
        county_of(name.county)
        check_new_account(name, own_name, roles)
        role = _role_of(by, name.county)
        password, kept = self._new_password()
        with self._storage.transaction() as tx:
            if any(name == held.account_name for held in tx.accounts(name.county)):
                raise DeskError(
                    f"county {name.county} has an officer of this id already",
                    remedy="An account that was disabled can be enabled again.",
                )
            now = self._clock()
            account = Account(
                id=name.id,
                county=name.county,
                name=own_name,
                roles=frozenset(roles),
                password_hash=kept,
                password_set_at=now,
                sessions_from=now,
            )
            tx.add_account(account)
            details = {"roles": _words(roles)}
            actor = _actor(by)
            tx.record(
                act_on(account, "add_officer", at=now, actor=actor, role=role, details=details)
            )
        return account, password

    def change_roles(
        self, name: AccountName, roles: Collection[Role], *, by: Officer | None
    ) -> Account:
        """Other roles from now on, for whatever the officer does next."""
        check_roles(roles)
        return self._change(
            name,
            by,
            "change_roles",
            lambda account, _: replace(account, roles=frozenset(roles)),
            {"roles": _words(roles)},
        )

    def disable(self, name: AccountName, *, by: Officer | None) -> Account:
        """Nobody acts under the account any more, nor in a session that is open."""
        return self._change(
            name,
            by,
            "disable_officer",
            lambda account, now: replace(account, disabled=True, sessions_from=now),
        )

    def enable(self, name: AccountName, *, by: Officer | None) -> Account:
        """The account opens again, with the password and roles it had."""
        return self._change(
            name, by, "enable_officer", lambda account, _: replace(account, disabled=False)
        )

    def reset_password(self, name: AccountName, *, by: Officer | None) -> tuple[Account, str]:
        """A new password for the next sign-in; the lock and all open sessions end."""
        password, kept = self._new_password()

        def with_new_password(account: Account, now: datetime) -> Account:
            return replace(
                right_password(account),
                password_hash=kept,
                password_set_at=now,
                sessions_from=now,
                must_change=True,
                # A password that somebody was just given is not the printed one.
                demonstration=False,
            )

        return self._change(name, by, "reset_password", with_new_password), password

    def forget_passkeys(self, name: AccountName, *, by: Officer | None) -> Account:
        """All passkeys taken off, for an officer whose device is lost; open sessions end."""
        return self._change(
            name,
            by,
            "forget_passkeys",
            lambda account, now: replace(account, passkeys=(), sessions_from=now),
        )

    def _change(
        self,
        name: AccountName,
        by: Officer | None,
        act: str,
        change: _Change,
        details: Mapping[str, str] | None = None,
    ) -> Account:
        role = _role_of(by, name.county)
        if by is not None and by.id == name.id:
            raise DeskError(
                "nobody changes their own account's roles, lock or standing",
                remedy="Another administrator of the county does it, or the console.",
            )
        with self._storage.transaction() as tx:
            now = self._clock()
            before = tx.account(name)
            after = change(before, now)
            tx.replace_account(after)
            tx.record(
                act_on(
                    after,
                    act,
                    at=now,
                    actor=_actor(by),
                    role=role,
                    before=before,
                    details=details,
                )
            )
        return after

    def _account(self, name: AccountName) -> Account | None:
        with self._storage.reading() as register:
            try:
                return register.account(name)
            except UnknownOfficerError:
                return None

    def _new_password(self) -> tuple[str, str]:
        password = first_password()
        return password, (self._passwords or Passwords()).hash(password)


def _role_of(by: Officer | None, county: str, allowed: frozenset[Role] = ADMINISTRATORS) -> str:
    if by is None:
        return ""
    role = require(by, allowed)
    if by.county != county:
        raise DeskError(
            f"the account is of county {county}, the officer of {by.county}",
            remedy=f"Administrators of {county} keep it.",
        )
    return role


def _actor(by: Officer | None) -> str:
    return CONSOLE if by is None else by.id


def _words(roles: Collection[Role]) -> str:
    return " ".join(sorted(roles))
