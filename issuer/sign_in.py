"""Signing in: the password, the lock after wrong tries, and what a session is worth later.

1. The account of that name is read, and the password compared with what is kept of it; where
   there is no account, with nobody's hash, so that the answer takes as long.
2. In one transaction the account is read again. Refused is whoever gave a wrong password, or
   whose account is locked or disabled, or whose first password ran out: in one sentence.
3. A wrong try is counted, and the fifth in a row locks the account; each one after the lock
   doubles it. Both are looked at inside the transaction, so of many tries made at once no more
   are let through. The lock does not hold in a browser that the officer has used before, or
   anybody could keep them out. Sign-ins, wrong tries and locks are in the audit log; names that
   nobody has are not, since what is typed there may be a password.
4. Where a passkey is enrolled, the session is worth nothing until one was shown: ``passkeys.py``.
5. A password that somebody else has seen opens nothing but the change of it.
6. For every request the account is asked again, in ``session``.

How many tries one place on the network has is ``attempt_limit.py``'s. All methods block.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from issuer.errors import (
    DeskError,
    NotSignedInError,
    PasswordError,
    SignInError,
    UnknownOfficerError,
)
from issuer.officer_account import (
    Account,
    act_on,
    read_account_name,
    right_password,
    wrong_password,
)
from issuer.passwords import Passwords, check_new_password
from issuer.storage import IssuerStorage, IssuerTransaction
from keys.clock import Clock

ACTOR: Final = "sign-in"
"""Who the audit log says refused a sign-in: this service; who tried is not known."""
_MAX_SOURCE: Final = 64

_Change = Callable[[Account, datetime], Account]


class Missing(StrEnum):
    """What a session still needs before it is worth anything."""

    PASSKEY = "passkey"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step


class SignedIn(Struct, frozen=True):
    """The password was right."""

    officer_id: str
    """The account's name, ``ID@COUNTY``."""
    begun_at: datetime
    """When the session began, to be kept in it."""
    second_factor: bool
    """Whether a passkey has to be shown before anything else."""


class LiveSession(Struct, frozen=True):
    """A session at this moment."""

    account: Account
    missing: Missing | None


class SignIn:
    """The door of the desk.

    Args:
        storage: the register.
        clock: gives ``now``.
        passwords: how passwords are compared.
        allow_demo_ids: whether accounts made for demonstrations count here.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        clock: Clock,
        passwords: Passwords,
        *,
        allow_demo_ids: bool = False,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._passwords = passwords
        self._allow_demo_ids = allow_demo_ids

    def password(
        self, officer_id: str, password: str, *, source: str, known_device: bool = False
    ) -> SignedIn:
        """The first step; ``source`` is where on the network it came from, for the audit log.

        From a ``known_device`` the right password is taken under a lock too: others made it.

        Raises:
            SignInError: refused; in the same words for every reason.
        """
        account, now = self._prove(
            "sign_in", officer_id, password, source, despite_lock=known_device
        )
        return SignedIn(str(account.account_name), now, bool(account.passkeys))

    def confirm(self, officer_id: str, password: str, *, source: str) -> None:
        """The password once more, before what a stolen session must not do.

        Raises:
            SignInError: it is wrong; counted like any wrong try.
        """
        self._prove("confirm_password", officer_id, password, source)

    def change_password(self, officer_id: str, current: str, new: str, *, source: str) -> SignedIn:
        """Another password from now on; all sessions end but the one that this answer begins.

        Raises:
            PasswordError: the new one is not taken.
            SignInError: the current one is wrong; counted like any wrong try.
        """
        check_new_password(new, read_account_name(officer_id))
        if new == current:
            raise PasswordError("the new password is the old one")
        kept = self._passwords.hash(new)

        def with_new_password(account: Account, now: datetime) -> Account:
            return replace(
                account,
                password_hash=kept,
                password_set_at=now,
                sessions_from=now,
                must_change=False,
                demonstration=False,
            )

        account, now = self._prove(
            "change_password", officer_id, current, source, with_new_password
        )
        return SignedIn(str(account.account_name), now, bool(account.passkeys))

    def session(self, officer_id: str, *, begun_at: datetime, passkey_shown: bool) -> LiveSession:
        """Whether a session that began then is still good, and what it lacks.

        Raises:
            NotSignedInError: the account was disabled, or its password or passkeys were reset
                since. How old a session may be is the pages' to say.
        """
        account = self._seen(officer_id)
        if (
            account is None
            or not account.usable(allow_demo_ids=self._allow_demo_ids)
            or begun_at < account.sessions_from
        ):
            raise NotSignedInError("this session has ended", remedy="Sign in again.")
        if account.passkeys and not passkey_shown:
            return LiveSession(account, Missing.PASSKEY)
        return LiveSession(account, Missing.NEW_PASSWORD if account.must_change else None)

    def sign_out(self, officer_id: str) -> None:
        """The officer leaves; written down like the coming."""
        name = read_account_name(officer_id)
        with self._storage.transaction() as tx:
            account = tx.account(name)
            tx.record(act_on(account, "sign_out", at=self._clock(), actor=account.id))

    def _prove(
        self,
        act: str,
        officer_id: str,
        password: str,
        source: str,
        change: _Change | None = None,
        *,
        despite_lock: bool = False,
    ) -> tuple[Account, datetime]:
        seen = self._seen(officer_id)
        right = self._passwords.verify(seen.password_hash if seen else None, password)
        if seen is None:
            raise _refused()
        renewed = self._renewed(seen, password) if right else seen.password_hash
        with self._storage.transaction() as tx:
            now = self._clock()
            before = tx.account(seen.account_name)
            # Changed since it was compared: what was right then may be wrong now.
            right = right and before.password_hash == seen.password_hash
            shut = before.locked(now) and not despite_lock
            if admitted := right and not shut and self._open(before, now):
                after = replace(right_password(before), password_hash=renewed)
                after = change(after, now) if change else after
                tx.replace_account(after)
                _write_down(tx, before, after, act, before.id, now, source)
            elif not shut:
                _count(tx, before, now, source)
        # Only now: raised inside, it would undo the counting.
        if not admitted:
            raise _refused()
        return after, now

    def _seen(self, officer_id: str) -> Account | None:
        try:
            name = read_account_name(officer_id)
            with self._storage.reading() as register:
                return register.account(name)
        except (DeskError, UnknownOfficerError):
            return None

    def _open(self, account: Account, now: datetime) -> bool:
        usable = account.usable(allow_demo_ids=self._allow_demo_ids)
        return usable and not account.first_password_ran_out(now)

    def _renewed(self, account: Account, password: str) -> str:
        kept = account.password_hash
        return self._passwords.hash(password) if self._passwords.outdated(kept) else kept


def _count(tx: IssuerTransaction, before: Account, now: datetime, source: str) -> None:
    after = wrong_password(before, at=now)
    tx.replace_account(after)
    act = "lock_account" if after.locked(now) else "sign_in_failed"
    _write_down(tx, before, after, act, ACTOR, now, source)


def _write_down(
    tx: IssuerTransaction,
    before: Account,
    after: Account,
    act: str,
    actor: str,
    now: datetime,
    source: str,
) -> None:
    details = {"source": source[:_MAX_SOURCE]}
    if after.locked(now) and after.locked_until is not None:
        details["locked_until"] = after.locked_until.isoformat()
    tx.record(act_on(after, act, at=now, actor=actor, before=before, details=details))


def _refused() -> SignInError:
    return SignInError(
        "name or password is not right, or the account is locked for now",
        remedy="After five wrong tries it opens again by itself; "
        "an administrator of the county can give a new password.",
    )
