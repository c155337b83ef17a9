"""The second factor: passkeys of officers, enrolled, shown at sign-in, taken off.

1. A challenge is made for one officer and one purpose, and kept where it counts once.
2. Whatever comes back takes the challenge, right or wrong: nothing can be tried twice with it.
3. In one transaction the answer is held to the account as it is now; the passkey's counter and
   the audit entry are written together. A refusal is written down before it is raised.

Whoever has enrolled a passkey signs in with it from then on: ``sign_in.SignIn.session``. Before
a passkey is enrolled or taken off, the caller has the password given once more.

Methods are asynchronous; the register, which blocks, is asked in threads.
"""

import asyncio
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from issuer.errors import PasskeyError
from issuer.officer_account import (
    MAX_PASSKEYS,
    Account,
    Passkey,
    act_on,
    check_own_name,
    read_account_name,
)
from issuer.passkey_ceremony import (
    RelyingParty,
    enrolled,
    enrolment_options,
    relying_party,
    showing_options,
    shown,
)
from issuer.sign_in import ACTOR
from issuer.storage import IssuerStorage
from keys.clock import Clock
from keys.one_time import OneTimeStore
from schemas.errors import ServiceError

CHALLENGE_TTL_S: Final = 300
"""How long an officer may take from asking to touching the device, in seconds."""


class _Purpose(StrEnum):
    ENROL = "enrol"
    SHOW = "show"


class Passkeys:
    """Enrolling and showing.

    Args:
        storage: the register.
        clock: gives ``now``.
        one_time: keeps the challenges.
        base_url: the service's address, which passkeys are bound to.
    """

    def __init__(
        self, storage: IssuerStorage, clock: Clock, one_time: OneTimeStore, *, base_url: str
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._one_time = one_time
        self._party = relying_party(base_url)

    @property
    def origin(self) -> str:
        """Where a page must be opened for passkeys to work; empty where they never do."""
        return self._party.origin if self._party else ""

    async def enrolment(self, officer_id: str) -> str:
        """Options for a browser to make a passkey with, as JSON.

        Raises:
            PasskeyError: the officer has as many as one may have, or the service has no name.
        """
        account = await asyncio.to_thread(self._account, officer_id)
        _check_room(account)
        challenge = await self._new_challenge(_Purpose.ENROL, officer_id)
        return enrolment_options(self._named_party(), account, challenge)

    async def enrol(self, officer_id: str, own_name: str, response: bytes) -> Passkey:
        """The passkey that a browser made, kept under a name of the officer's choice.

        Raises:
            PasskeyError: the answer is not to the challenge that was given, or some officer
                has this passkey already.
            DeskError: the name cannot be shown in a list.
        """
        check_own_name(own_name)
        challenge = await self._take_challenge(_Purpose.ENROL, officer_id)
        credential_id, public_key, sign_count = enrolled(
            response, party=self._named_party(), expected_challenge=challenge
        )
        made = Passkey(credential_id, public_key, sign_count, own_name, self._clock())
        await asyncio.to_thread(self._keep, officer_id, made)
        return made

    async def challenge(self, officer_id: str) -> str:
        """Options for a browser to ask for one of the officer's passkeys, as JSON."""
        account = await asyncio.to_thread(self._account, officer_id)
        challenge = await self._new_challenge(_Purpose.SHOW, officer_id)
        return showing_options(self._named_party(), account, challenge)

    async def verify(self, officer_id: str, response: bytes, *, source: str) -> None:
        """The second step of a sign-in; ``source`` as in the first.

        Raises:
            PasskeyError: no passkey of this officer was shown; the reason is written down.
            schemas.errors.InputError: the answer is none.
        """
        challenge = await self._take_challenge(_Purpose.SHOW, officer_id)
        await asyncio.to_thread(self._show, officer_id, response, challenge, source)

    def passkeys(self, officer_id: str) -> tuple[Passkey, ...]:
        """What is enrolled. Blocks."""
        return self._account(officer_id).passkeys

    def remove(self, officer_id: str, credential_id: bytes) -> None:
        """Take one passkey off. Blocks. Raises ``PasskeyError`` where there is none such."""
        with self._storage.transaction() as tx:
            before = tx.account(read_account_name(officer_id))
            kept = tuple(key for key in before.passkeys if key.credential_id != credential_id)
            if len(kept) == len(before.passkeys):
                raise PasskeyError("this passkey is not enrolled", remedy="Load the list anew.")
            after = replace(before, passkeys=kept)
            tx.replace_account(after)
            now = self._clock()
            tx.record(act_on(after, "remove_passkey", at=now, actor=after.id, before=before))

    def _account(self, officer_id: str) -> Account:
        with self._storage.reading() as register:
            return register.account(read_account_name(officer_id))

    def _keep(self, officer_id: str, made: Passkey) -> None:
        with self._storage.transaction() as tx:
            known = {key.credential_id for account in tx.accounts() for key in account.passkeys}
            if made.credential_id in known:
                raise PasskeyError("this device is enrolled already")
            before = tx.account(read_account_name(officer_id))
            _check_room(before)
            after = replace(before, passkeys=(*before.passkeys, made))
            tx.replace_account(after)
            at = made.added_at
            tx.record(act_on(after, "enrol_passkey", at=at, actor=after.id, before=before))

    def _show(self, officer_id: str, response: bytes, challenge: bytes, source: str) -> None:
        refusal: ServiceError | None = None
        with self._storage.transaction() as tx:
            now = self._clock()
            before = tx.account(read_account_name(officer_id))
            details = {"source": source}
            try:
                held, sign_count = shown(
                    response,
                    passkeys=before.passkeys,
                    party=self._named_party(),
                    expected_challenge=challenge,
                )
            except ServiceError as error:
                refusal = error
                details["reason"] = error.code
                act, actor, after = "passkey_refused", ACTOR, before
            else:
                act, actor = "show_passkey", before.id
                after = _used(before, held, sign_count, now)
                tx.replace_account(after)
            tx.record(act_on(after, act, at=now, actor=actor, before=before, details=details))
        # Only now: raised inside, it would undo what was written down.
        if refusal is not None:
            raise refusal

    async def _new_challenge(self, purpose: _Purpose, officer_id: str) -> bytes:
        challenge = secrets.token_bytes(32)
        # One at a time for each officer and purpose: a newer one takes the older one's place.
        await self._one_time.put(_key(purpose, officer_id), challenge, CHALLENGE_TTL_S)
        return challenge

    async def _take_challenge(self, purpose: _Purpose, officer_id: str) -> bytes:
        challenge = await self._one_time.take(_key(purpose, officer_id))
        if challenge is None:
            raise PasskeyError(
                "the challenge for this passkey ran out, or was answered before",
                remedy="Ask for a new one.",
            )
        return challenge

    def _named_party(self) -> RelyingParty:
        if self._party is None:
            raise PasskeyError(
                "this service is reached by an address, and passkeys belong to a host's name",
                remedy="Set ISSUER_BASE_URL to an https address with a name.",
            )
        return self._party


def _check_room(account: Account) -> None:
    if len(account.passkeys) >= MAX_PASSKEYS:
        raise PasskeyError(
            f"an officer has {MAX_PASSKEYS} passkeys at most",
            remedy="Take one off that is not used any more.",
        )


def _used(account: Account, held: Passkey, sign_count: int, now: datetime) -> Account:
    used = replace(held, sign_count=sign_count, used_at=now)
    return replace(
        account, passkeys=tuple(used if key is held else key for key in account.passkeys)
    )


def _key(purpose: _Purpose, officer_id: str) -> str:
    return f"passkey:{purpose}:{read_account_name(officer_id)}"
