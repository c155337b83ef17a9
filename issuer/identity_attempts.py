"""Identity checks that fail too often in a row lock their subject out for a while.

Three failed checks lock for thirty minutes *(ours)*; a passed one forgets what failed before.
Counted in the register, so all processes count together. What is kept is a digest of the
subject, how often and when: no picture, no score [SC663 §17].
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from issuer.application_errors import IdentityLockedError
from issuer.application_storage import IdentityTries
from issuer.errors import IdentityCheckError
from issuer.identity_check import IdentityCheck, IdentityPurpose, VerifiedIdentity
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.civil_id import normalise
from schemas.endorsement_window import SHANGHAI

MAX_FAILED: Final = 3
LOCKED_FOR: Final = timedelta(minutes=30)


class IdentityAttempts(IdentityCheck):
    """An identity check that stands in front of another one and counts.

    Args:
        check: the one that decides.
        storage: the register, where failures are counted.
        clock: gives ``now``.
    """

    def __init__(self, check: IdentityCheck, storage: IssuerStorage, clock: Clock) -> None:
        self._check = check
        self._storage = storage
        self._clock = clock

    def verify(
        self, subject: str, *, purpose: IdentityPurpose = IdentityPurpose.APPLY
    ) -> VerifiedIdentity:
        """As the check behind it.

        Raises:
            IdentityLockedError: three failed in a row within half an hour; says until when.
            IdentityCheckError: it was not passed, or there is no such person.
        """
        digest = sha256(normalise(subject).encode()).hexdigest()
        self._refuse_locked(digest)
        try:
            found = self._check.verify(subject, purpose=purpose)
        except IdentityCheckError:
            self._count(digest)
            raise
        self._forget(digest)
        return found

    def _refuse_locked(self, digest: str) -> None:
        with self._storage.reading() as register:
            tries = register.identity_tries(digest)
        if tries is None or tries.locked_until is None or self._clock() >= tries.locked_until:
            return
        until = tries.locked_until.astimezone(SHANGHAI)
        raise IdentityLockedError(
            f"{MAX_FAILED} identity checks failed; the next is possible at {until:%H:%M}",
            remedy="Wait until then, or come to the counter with the ID card.",
        )

    def _count(self, digest: str) -> None:
        with self._storage.transaction() as tx:
            now = self._clock()
            tx.forget_identity_tries(before=now - LOCKED_FOR)
            tries = tx.identity_tries(digest)
            failed = (tries.failed if tries else 0) + 1
            locked = now + LOCKED_FOR if failed >= MAX_FAILED else None
            tx.put_identity_tries(IdentityTries(digest, failed, now, locked))

    def _forget(self, digest: str) -> None:
        with self._storage.reading() as register:
            if register.identity_tries(digest) is None:
                return
        with self._storage.transaction() as tx:
            tx.put_identity_tries(IdentityTries(digest, 0, self._clock()))
