"""The part of the storage port that keeps the audit log and its signed heads.

The promises are those of ``storage.py``, of which this is a part. An entry is appended in the
transaction of the act it tells of, and never changed or removed by this software.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from issuer.audit_log import Act, AuditEntry, DamagedEntry, next_entry


class AuditQuery(Struct, frozen=True, kw_only=True):
    """Which entries of one county are looked for; empty fields leave everything in."""

    county: str
    subject: str = ""
    """Number of a permit or application, or an officer's id."""
    actor: str = ""
    act: str = ""
    since: datetime | None = None
    """From this instant on."""
    until: datetime | None = None
    """Up to but not with this instant."""


class StoredHead(Struct, frozen=True):
    """A county's signed head of one day, see ``audit_heads``."""

    county: str
    day: date
    """Of signing, Asia/Shanghai."""
    sequence: int
    digest: str
    token: str
    """The signed statement; the other fields only repeat what it says."""


class AuditReading(ABC):
    """What can be asked, of one consistent state."""

    @abstractmethod
    def audit(self, county: str | None = None) -> list[AuditEntry]:
        """Entries of all counties or one, by county and then by sequence.

        Raises:
            issuer.errors.AuditError: a row was damaged; it is named.
        """

    @abstractmethod
    def audit_about(self, subject: str) -> list[AuditEntry]:
        """Entries about one record, oldest first. Raises as ``audit``."""

    @abstractmethod
    def audit_page(
        self, query: AuditQuery, *, limit: int, before: int | None = None
    ) -> list[AuditEntry]:
        """At most ``limit`` entries, latest first, below the sequence ``before``.

        Raises as ``audit``.
        """

    @abstractmethod
    def audit_rows(
        self, county: str | None = None, *, first: int = 1
    ) -> Iterator[AuditEntry | DamagedEntry]:
        """Every row as it lies there, by county and then by sequence, a few at a time.

        Args:
            county: only its rows; ``None``: all.
            first: with a county: only rows from this sequence on, damaged ones included.

        A row of which any byte is not as ``append_audit`` writes it comes as ``DamagedEntry``;
        whether its content fits the chain is the caller's to check.
        """

    @abstractmethod
    def records_not_told(self, county: str | None = None) -> Iterator[str]:
        """Numbers of permits and applications that are not what the log tells of them.

        Their bytes are not those it last told of, or it does not lead to them without a break;
        they are gone although it tells of them; or it tells of no act that made them. Entries
        from before digests were told are taken as they are, and drafts, which are the
        applicant's own, are left out. ``county``: only those told of in its chain, and of those
        never told of the ones kept as its own. A few at a time.
        """

    @abstractmethod
    def last_audit(self, county: str) -> AuditEntry | None:
        """The latest entry of a county's chain. Raises as ``audit``."""

    @abstractmethod
    def last_audit_head(self, county: str) -> StoredHead | None:
        """The county's head that names the latest entry."""

    @abstractmethod
    def audit_heads(self, county: str | None = None) -> list[StoredHead]:
        """Signed heads of all counties or one, by county and then by day."""


class AuditTransaction(AuditReading):
    """What can be done, all of it or nothing."""

    @abstractmethod
    def append_audit(self, entry: AuditEntry) -> None:
        """Keep an entry made with ``next_entry``; a taken sequence is a ``StorageError``."""

    @abstractmethod
    def put_audit_head(self, head: StoredHead) -> None:
        """Keep a head, in place of the one of the same county and day."""

    @abstractmethod
    def take_changes(self, county: str, subject: str) -> tuple[str, str]:
        """Digests of a record before and after what this block did to it, empty if nothing.

        Each change is given once for each county: to the entry there that tells of it.
        """

    def record(self, act: Act) -> AuditEntry:
        """Put ``act`` at the end of its county's chain.

        Digests of the record come from what this block has changed, so an act is recorded
        after its change is kept; digests given with the act come first.
        """
        before, after = self.take_changes(act.county, act.permit_number)
        whole = replace(act, before=act.before or before, after=act.after or after)
        entry = next_entry(self.last_audit(act.county), whole)
        self.append_audit(entry)
        return entry
