"""Proving that audit chains are whole: row by row, against their digests and signed heads.

Every fault is named by county and entry, and the check goes on behind it, so that one report
shows all that was done. After a fault the next entry is taken as following it: otherwise one
altered entry would be reported as many.

What cannot be seen here: that entries which nobody had signed a head over yet were cut off at
the end. Heads are signed every day, and noted elsewhere with ``python -m issuer audit head``.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from msgspec import Struct

from issuer.audit_log import FIRST_PREVIOUS, AuditEntry, DamagedEntry, digest_of_entry
from issuer.audit_storage import StoredHead

MOST_FAULTS: Final = 100
"""Faults of one chain that are told in full; the others are counted."""

AuditRow = AuditEntry | DamagedEntry


class Fault(Struct, frozen=True):
    """Something that is not as it was written."""

    county: str
    sequence: int
    """The entry, or the place in the chain where it is missing."""
    what: str

    def __str__(self) -> str:
        """One line for people."""
        return f"county {self.county}, entry {self.sequence} {self.what}"


class CheckedChain(Struct, frozen=True):
    """What one county's chain was found to be."""

    county: str
    entries: int
    """Rows that were read."""
    sequence: int
    """Of the last entry; 0 where there is none."""
    digest: str
    """Of the last entry; where none was read, of the one before them."""
    heads: int
    """Signed heads that name an entry which is there and unaltered."""
    faults: tuple[Fault, ...]
    fault_count: int

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return self.fault_count == 0


class ChainCheck:
    """Takes the rows of one county in their order; ``first`` and ``previous`` begin inside."""

    def __init__(
        self,
        county: str,
        heads: Iterable[StoredHead] = (),
        *,
        first: int = 1,
        previous: str | None = FIRST_PREVIOUS,
    ) -> None:
        self._county = county
        self._expected = first
        self._previous = previous
        self._digest = previous or FIRST_PREVIOUS
        self._heads: dict[int, list[StoredHead]] = {}
        for head in heads:
            self._heads.setdefault(head.sequence, []).append(head)
        self._entries = self._matched = self._fault_count = 0
        self._faults: list[Fault] = []

    def take(self, row: AuditRow) -> None:
        """Check one row against those before it."""
        self._entries += 1
        if isinstance(row, DamagedEntry):
            self._take_damaged(row)
        else:
            self._take_entry(row)

    def result(self) -> CheckedChain:
        """After the last row: what was found, ends that were cut off included."""
        last = self._expected - 1
        for sequence, heads in sorted(self._heads.items()):
            if sequence > last:
                self._fault(sequence, f"is missing: the head of {heads[0].day} names it")
        return CheckedChain(
            county=self._county,
            entries=self._entries,
            sequence=last,
            digest=self._digest,
            heads=self._matched,
            faults=tuple(self._faults),
            fault_count=self._fault_count,
        )

    def _take_damaged(self, row: DamagedEntry) -> None:
        if row.sequence is None:
            # Which one it was shows where the chain has a gap.
            self._fault(self._expected, f"or a later one was altered: so was its {row.column}")
            return
        self._go_to(row.sequence)
        self._fault(row.sequence, f"was altered: {row.column} is not as it was written")
        self._unmatched(row.sequence)
        self._expected, self._previous = row.sequence + 1, None

    def _take_entry(self, entry: AuditEntry) -> None:
        self._go_to(entry.sequence)
        if self._previous not in (None, entry.previous):
            self._fault(entry.sequence, "does not follow the entry before it")
        if entry.digest == digest_of_entry(entry):
            self._match(entry)
            self._previous = entry.digest
        else:
            self._fault(entry.sequence, "was altered: its digest does not fit")
            self._unmatched(entry.sequence)
            self._previous = None
        self._expected, self._digest = entry.sequence + 1, entry.digest

    def _go_to(self, sequence: int) -> None:
        if sequence != self._expected:
            self._fault(self._expected, f"is missing: {sequence} stands in its place")
            self._previous = None

    def _match(self, entry: AuditEntry) -> None:
        for head in self._heads.pop(entry.sequence, []):
            if head.digest == entry.digest:
                self._matched += 1
            else:
                self._fault(entry.sequence, f"is not the one that the head of {head.day} signed")

    def _unmatched(self, sequence: int) -> None:
        # Named already: that the head does not fit either says nothing new.
        self._heads.pop(sequence, None)

    def _fault(self, sequence: int, what: str) -> None:
        self._fault_count += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(self._county, sequence, what))


def check_chains(
    rows: Iterable[AuditRow], heads: Iterable[StoredHead] = ()
) -> Iterator[CheckedChain]:
    """The chain of each county in ``rows``, and of each for which only heads are left.

    Args:
        rows: by county and then by sequence; of one county or of all.
        heads: whose signatures were checked.
    """
    by_county: dict[str, list[StoredHead]] = {}
    for head in heads:
        by_county.setdefault(head.county, []).append(head)
    for county, chain in groupby(rows, key=lambda row: row.county):
        check = ChainCheck(county, by_county.pop(county, ()))
        for row in chain:
            check.take(row)
        yield check.result()
    for county, left in sorted(by_county.items()):
        yield ChainCheck(county, left).result()
