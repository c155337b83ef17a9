"""Reading the audit log: for pages and commands, for inspectors, and whether it is whole.

Auditors see the log of their own county. Reading it is itself written down: the log exists for
officials' offences too, and an auditor is an official [SC663 §20]. All methods block. Days are
Asia/Shanghai.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from issuer.audit_check import CheckedChain, check_chains
from issuer.audit_export import export_lines
from issuer.audit_heads import AuditHeads, believed_heads
from issuer.audit_log import Act, AuditEntry, DamagedEntry
from issuer.audit_storage import AuditQuery, StoredHead
from issuer.errors import AuditError, CriteriaError
from issuer.issuance_errors import NotReadyError
from issuer.officer import Officer, Role, require
from issuer.storage import IssuerStorage
from keys.clock import Clock
from keys.county_keys import CountyKeys
from schemas.endorsement_window import start_of_day

PAGE_ENTRIES: Final = 50
"""Entries on one page."""
AUDITORS: Final = frozenset({Role.AUDITOR})
_A_DAY: Final = timedelta(days=1)
MAX_WORD: Final = 64
"""Characters of what the log is searched by: nothing in it is longer."""
_CITIZEN_NUMBER: Final = re.compile(r"(?<![0-9A-Z])[0-9]{17}[0-9Xx](?![0-9])")
THE_LOG: Final = "audit-log"
"""What an entry about reading the log itself is about."""


class AuditFilter(Struct, frozen=True, kw_only=True):
    """What an auditor looks for; empty fields leave everything in."""

    subject: str = ""
    """Number of a permit or application, or an officer's id."""
    actor: str = ""
    act: str = ""
    first_day: date | None = None
    last_day: date | None = None
    """That day included."""


class AuditPage(Struct, frozen=True):
    """Some entries, latest first."""

    entries: tuple[AuditEntry, ...]
    next_before: int | None
    """What to ask for ``before`` to get the next page; None on the last one."""


class AuditVerdict(Struct, frozen=True):
    """Whether the log is whole, and if not, where."""

    chains: tuple[CheckedChain, ...]
    head_faults: tuple[str, ...]
    """Signed heads that cannot be believed."""
    altered: tuple[str, ...] = ()
    """Numbers of records that are not what the log tells of them, see ``records_not_told``."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Every fault as one line."""
        lines = [str(fault) for chain in self.chains for fault in chain.faults]
        untold = sum(chain.fault_count - len(chain.faults) for chain in self.chains)
        more = [f"and {untold} more"] if untold else []
        records = [f"record {number} is not as the log last told of it" for number in self.altered]
        return (*self.head_faults, *lines, *more, *records)


class AuditReports:
    """What auditors do with the log.

    Args:
        storage: the register.
        counties: keys that sign heads, of the counties this service speaks for.
        clock: gives ``now``.
    """

    def __init__(
        self, storage: IssuerStorage, counties: Mapping[str, CountyKeys], clock: Clock
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._heads = AuditHeads(storage, counties, clock)

    def page(
        self, officer: Officer, wanted: AuditFilter, *, before: int | None = None
    ) -> AuditPage:
        """A page of the log of the officer's county; the look is written down.

        Raises:
            DeskError: the officer is no auditor.
            CriteriaError: words that nothing in the log can be found by, or a citizen number.
        """
        role = require(officer, AUDITORS)
        query = AuditQuery(
            county=officer.county,
            subject=_word(wanted.subject),
            actor=_word(wanted.actor),
            act=_word(wanted.act),
            since=start_of_day(wanted.first_day) if wanted.first_day else None,
            until=start_of_day(wanted.last_day + _A_DAY) if wanted.last_day else None,
        )
        # Not in the block that writes: looking for what is rare reads a county's whole log.
        with self._storage.reading() as register:
            # One more than is shown tells whether there is a next page.
            found = register.audit_page(query, limit=PAGE_ENTRIES + 1, before=before)
        with self._storage.transaction() as tx:
            now = self._clock()
            tx.record(_look(officer, role, now, "look_at_audit", _asked(query, wanted, before)))
        shown = tuple(found[:PAGE_ENTRIES])
        more = len(found) > PAGE_ENTRIES
        return AuditPage(shown, shown[-1].sequence if more else None)

    def export(self, officer: Officer) -> tuple[int, Iterator[bytes]]:
        """How many entries, and the lines of the export of the officer's county.

        The export is written down first, and so is the last of its own entries. The lines must
        be taken while the register is open.

        Raises:
            DeskError: the officer is no auditor.
            NotReadyError: the county has no keys here.
            AuditError: the log does not fit its last head, or a row is damaged.
        """
        role = require(officer, AUDITORS)
        with self._storage.transaction() as tx:
            tx.record(_look(officer, role, self._clock(), "export_audit", {}))
        head = self._heads.sign(officer.county)
        return head.sequence, export_lines(self._entries(head), head)

    def _entries(self, head: StoredHead) -> Iterator[AuditEntry]:
        with self._storage.reading() as register:
            for row in register.audit_rows(head.county):
                if isinstance(row, DamagedEntry):
                    raise AuditError(f"county {row.county}, entry {row.sequence} was altered")
                if row.sequence > head.sequence:
                    return
                yield row


def verify_log(
    storage: IssuerStorage,
    *,
    county: str | None = None,
    root: bytes | None,
    noted: Iterable[StoredHead] = (),
    records: bool = False,
) -> AuditVerdict:
    """Check every chain, or one county's, against its digests and heads.

    Args:
        storage: the register.
        county: only this one's.
        root: DER of the provincial root, needed as soon as there are heads.
        noted: heads kept elsewhere, already believed.
        records: whether permits and applications are compared with what the log says of them;
            it is left out where the log itself is not whole.

    Raises:
        NotReadyError: there are heads, and no root to check their signatures by.
    """
    with storage.reading() as register:
        kept = register.audit_heads(county)
        if kept and root is None:
            raise NotReadyError(
                "there are signed heads, and no provincial root to check them by",
                remedy="Set ISSUER_KEYS_DIR, or give the root's certificate.",
            )
        believed, head_faults = believed_heads(kept, root=root or b"")
        known = [head for head in (*believed, *noted) if county in (None, head.county)]
        chains = tuple(check_chains(register.audit_rows(county), known))
        # By a log that is not whole nothing can be compared, and some of it cannot be read.
        comparable = records and all(chain.whole for chain in chains)
        altered = tuple(register.records_not_told(county)) if comparable else ()
    return AuditVerdict(chains, tuple(head_faults), altered)


def _look(officer: Officer, role: str, now: datetime, act: str, details: dict[str, str]) -> Act:
    return Act(officer.county, now, officer.id, act, THE_LOG, details, role=role)


def _word(text: str) -> str:
    """What is looked for, which the log then keeps for good. Raises ``CriteriaError``."""
    word = text.strip()
    if len(word) > MAX_WORD or not word.isprintable():
        raise CriteriaError(f"the log is searched by one line of at most {MAX_WORD} characters")
    if _CITIZEN_NUMBER.search(word):
        raise CriteriaError(
            "the audit log is not searched by citizen numbers",
            remedy="Look for the person's permit, and search the log by its number.",
        )
    return word


def _asked(query: AuditQuery, wanted: AuditFilter, before: int | None) -> dict[str, str]:
    """What was looked for, as the log keeps it."""
    asked = {
        "subject": query.subject,
        "actor": query.actor,
        "act": query.act,
        "from": wanted.first_day.isoformat() if wanted.first_day else "",
        "to": wanted.last_day.isoformat() if wanted.last_day else "",
        "before": str(before) if before is not None else "",
    }
    return {name: text for name, text in asked.items() if text}
