"""An auditor's proof that the county's audit log is whole, at the desk. All methods block.

As the command ``audit verify``, for one county and with its records compared too. That it was
asked for is written down first, so the proof covers the entry that tells of it. What nobody
inside the service can prove stays so: heads noted elsewhere are checked by the command.
"""

from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from issuer.audit_check import CheckedChain
from issuer.audit_log import Act
from issuer.audit_reports import AUDITORS, THE_LOG, AuditVerdict, verify_log
from issuer.errors import AuditError
from issuer.issuance_errors import NotReadyError
from issuer.officer import Officer, require
from issuer.storage import IssuerStorage
from keys.certificates import certificate_from_pem
from keys.clock import Clock

MAX_PEM_BYTES: Final = 64 * 1024
"""Of the provincial root's certificate."""
VERIFY: Final = "verify_audit"


class CheckedLog(Struct, frozen=True):
    """What was found out about one county's log."""

    verdict: AuditVerdict
    head_days: tuple[date, ...]
    """Days of which a signed head is kept, oldest first."""
    noted: bool
    """Whether the log tells of this check; behind a damaged end nothing can be written."""

    @property
    def chain(self) -> CheckedChain:
        """The county's chain; there is one, since asking writes an entry or fails at one."""
        return self.verdict.chains[0]


class AuditVerification:
    """Proves a county's log.

    Args:
        storage: the register.
        root_file: PEM of the provincial root's certificate, read when it is needed.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, root_file: Path, clock: Clock) -> None:
        self._storage = storage
        self._root_file = root_file
        self._clock = clock

    def verify(self, officer: Officer) -> CheckedLog:
        """The log of the officer's county, every entry, every head and every record.

        Raises:
            issuer.errors.DeskError: the officer is no auditor.
            NotReadyError: there is no root to check heads by.
        """
        role = require(officer, AUDITORS)
        root = self._root()
        noted = self._note(officer, role)
        verdict = verify_log(self._storage, county=officer.county, root=root, records=True)
        with self._storage.reading() as register:
            days = tuple(head.day for head in register.audit_heads(officer.county))
        return CheckedLog(verdict, days, noted)

    def _note(self, officer: Officer, role: str) -> bool:
        try:
            with self._storage.transaction() as tx:
                now = self._clock()
                tx.record(Act(officer.county, now, officer.id, VERIFY, THE_LOG, role=role))
        except AuditError:
            # The last entry is damaged. That is what the check is for, so it goes on.
            return False
        return True

    def _root(self) -> bytes:
        try:
            with self._root_file.open("rb") as file:
                return certificate_from_pem(file.read(MAX_PEM_BYTES))
        except (OSError, ValueError) as error:
            raise NotReadyError(
                "the provincial root's certificate cannot be read; signed heads cannot be checked",
                remedy="Whoever keeps the service puts it into ISSUER_KEYS_DIR.",
            ) from error
