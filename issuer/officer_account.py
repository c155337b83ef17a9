"""An officer's account: its name, its roles, its lock and its passkeys, as pure rules.

An account belongs to one county and is called ``ID@COUNTY``, since two counties may have an
officer of the same id. What an account is for is said by its roles; whoever keeps accounts
decides nothing, so that no one person can both make an approver and approve. Instants are
aware. Sources: [ZJ], [SC663 §17, §20].
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from issuer.audit_log import Act
from issuer.errors import DeskError
from issuer.officer import Officer, Role, check_ids
from schemas.divisions import UnknownCountyError, county

MAX_NAME: Final = 60
"""Characters of an officer's own name, and of a passkey's."""
MAX_PASSKEYS: Final = 10
"""Passkeys of one officer: several devices, and no list without end."""
WRONG_TRIES: Final = 5
"""Wrong passwords in a row that lock an account."""
FIRST_LOCK: Final = timedelta(minutes=15)
"""How long the first lock holds; each wrong try after it doubles the time."""
LONGEST_LOCK: Final = timedelta(hours=24)
FIRST_PASSWORD_LIFE: Final = timedelta(days=7)
"""How long a password counts that somebody else has seen."""
# The audit log names these where no officer acted; nobody's id may look like one of them.
_NO_OFFICER: Final = frozenset(
    {"applicant", "calendar", "console", "demo-data", "issuance", "outbox", "sign-in", "system"}
)

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class AccountName(Struct, frozen=True, order=True):
    """Which account is meant, anywhere in the province."""

    county: str
    id: str

    def __str__(self) -> str:
        return f"{self.id}@{self.county}"


class Passkey(Struct, frozen=True):
    """A device or security key that the officer has shown to hold."""

    credential_id: bytes
    """The device's own name for it; unique among all officers."""
    public_key: bytes
    """As a COSE key, in the bytes it came in."""
    sign_count: int
    """What its counter last stood at; devices without one stay at 0."""
    name: str
    added_at: datetime
    used_at: datetime | None = None


class Account(Struct, frozen=True, kw_only=True):
    """Everything that is kept of one officer."""

    id: str
    county: str
    name: str
    roles: frozenset[Role]
    password_hash: str
    password_set_at: datetime
    sessions_from: datetime
    """Sessions that began before have ended: the password was changed or the account closed."""
    disabled: bool = False
    must_change: bool = True
    """The password is known to whoever made the account, and opens the change of it only."""
    wrong_tries: int = 0
    """Wrong passwords since the last right one."""
    locked_until: datetime | None = None
    passkeys: tuple[Passkey, ...] = ()
    demonstration: bool = False
    """Its password is printed in public; a service in earnest has no such account."""

    @property
    def account_name(self) -> AccountName:
        """What the account is called."""
        return AccountName(self.county, self.id)

    @property
    def officer(self) -> Officer:
        """Who acts under this account."""
        return Officer(self.id, self.county, self.roles)

    def usable(self, *, allow_demo_ids: bool) -> bool:
        """Whether anybody may act under this account at all."""
        return not self.disabled and (allow_demo_ids or not self.demonstration)

    def locked(self, now: datetime) -> bool:
        """Whether wrong tries keep everybody out at ``now``, the right password included."""
        return self.locked_until is not None and now < self.locked_until

    def first_password_ran_out(self, now: datetime) -> bool:
        """Whether the password was for the first sign-in, and that was not made in time."""
        over = now > self.password_set_at + FIRST_PASSWORD_LIFE
        return self.must_change and over and not self.demonstration


def read_account_name(text: str) -> AccountName:
    """``text`` as the name of an account, for example ``li-3@330302``.

    Raises:
        DeskError: it is none; the text is not repeated, it may be a password in the wrong field.
    """
    officer_id, _, code = text.strip().partition("@")
    try:
        name = AccountName(county(code).code, officer_id)
        check_ids([Officer(officer_id, code)])
    except (UnknownCountyError, DeskError) as error:
        raise DeskError(
            "no account has this name",
            remedy="Officers are written ID@COUNTY, for example li-3@330302.",
        ) from error
    return name


def check_new_account(name: AccountName, own_name: str, roles: Collection[Role]) -> None:
    """Raises ``DeskError`` for an account that nobody can have."""
    check_ids([Officer(name.id, name.county)])
    if name.id in _NO_OFFICER:
        raise DeskError("the audit log uses this id where no officer acted")
    check_own_name(own_name)
    check_roles(roles)


def check_own_name(text: str) -> None:
    """Raises ``DeskError`` unless ``text`` is one line that can be shown in a list."""
    if not 1 <= len(text) <= MAX_NAME or text != text.strip() or not text.isprintable():
        raise DeskError(f"a name is needed: one line of at most {MAX_NAME} characters")


def check_roles(roles: Collection[Role]) -> None:
    """Raises ``DeskError`` for roles that one account cannot hold together."""
    if not roles:
        raise DeskError(
            "an account has one role at least",
            remedy="An officer who is to do nothing is disabled instead.",
        )
    if Role.ADMINISTRATOR in roles and Role.APPROVER in roles:
        raise DeskError(
            "whoever keeps the accounts decides nothing",
            remedy="Give the roles administrator and approver to two officers.",
        )


def act_on(
    after: Account,
    act: str,
    *,
    at: datetime,
    actor: str,
    role: str = "",
    before: Account | None = None,
    details: Mapping[str, str] | None = None,
) -> Act:
    """What the audit log gets of something done to an account, or under it before any desk."""
    return Act(
        county=after.county,
        at=at,
        actor=actor,
        act=act,
        permit_number=after.id,
        details=dict(details or {}),
        role=role,
        before=_digest(before) if before else "",
        after=_digest(after),
    )


def wrong_password(account: Account, *, at: datetime) -> Account:
    """The account after one more wrong try, locked where it was one too many."""
    tries = account.wrong_tries + 1
    if tries < WRONG_TRIES:
        return msgspec.structs.replace(account, wrong_tries=tries)
    # Doubled a limited number of times: beyond that the longest lock holds anyway.
    lock = min(FIRST_LOCK * 2 ** min(tries - WRONG_TRIES, 16), LONGEST_LOCK)
    return msgspec.structs.replace(account, wrong_tries=tries, locked_until=at + lock)


def right_password(account: Account) -> Account:
    """The account with its wrong tries forgotten."""
    return msgspec.structs.replace(account, wrong_tries=0, locked_until=None)


def _digest(account: Account) -> str:
    return sha256(_encode(account)).hexdigest()
