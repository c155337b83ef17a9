"""Officers for demonstrations: nobody's accounts, with a password that everybody may know.

One of each role and two approvers, so that four eyes can be shown. A service that takes no
demonstration numbers lets nobody act under these accounts, even where they are in its register.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from issuer.demonstration import ACTOR
from issuer.officer import Role
from issuer.officer_account import Account, AccountName, act_on
from issuer.passwords import Passwords
from issuer.storage import IssuerStorage

PASSWORD: Final = "demonstration"  # noqa: S105 - meant to be known
"""Of all of them; has the length that is asked for and nothing else to be said for it."""
OFFICERS: Final[dict[str, tuple[str, frozenset[Role]]]] = {
    "wang-2": ("王示范", frozenset({Role.REGISTRAR})),
    "li-3": ("李示范", frozenset({Role.APPROVER})),
    "chen-5": ("陈示例", frozenset({Role.APPROVER})),
    "zhao-7": ("赵示范", frozenset({Role.AUDITOR})),
    "sun-9": ("孙示范", frozenset({Role.ADMINISTRATOR})),
}
"""Ids to own names and roles; the same in every county."""


def add_demonstration_officers(
    storage: IssuerStorage,
    counties: Iterable[str],
    now: datetime,
    passwords: Passwords | None = None,
) -> list[Account]:
    """Accounts for each county; those that are there already stay as they are.

    Returns the demonstration accounts that are there then, by county and id.
    """
    wanted = [AccountName(code, officer) for code in sorted(set(counties)) for officer in OFFICERS]
    with storage.reading() as register:
        held = {account.account_name for account in register.accounts()}
    missing = [name for name in wanted if name not in held]
    if missing:
        # One hash for all: it keeps no secret, and each takes its time.
        kept = (passwords or Passwords()).hash(PASSWORD)
        _keep(storage, [_account(name, kept, now) for name in missing])
    with storage.reading() as register:
        return [account for account in register.accounts() if account.account_name in set(wanted)]


def _account(name: AccountName, password_hash: str, now: datetime) -> Account:
    own_name, roles = OFFICERS[name.id]
    return Account(
        id=name.id,
        county=name.county,
        name=own_name,
        roles=roles,
        password_hash=password_hash,
        password_set_at=now,
        sessions_from=now,
        must_change=False,
        demonstration=True,
    )


def _keep(storage: IssuerStorage, accounts: list[Account]) -> None:
    with storage.transaction() as tx:
        for account in accounts:
            tx.add_account(account)
            details = {"roles": " ".join(sorted(account.roles))}
            at = account.password_set_at
            tx.record(act_on(account, "add_officer", at=at, actor=ACTOR, details=details))
