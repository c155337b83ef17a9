"""The audit log as inspectors take it along: JSON Lines, checked without the database.

One entry a line with its digest, in the order of the chain, and on the last line the signed
head of the county. Each line is written in one way, so a changed byte is a changed line. An
export is whole only with its head: one that was cut off has none, or one that names more.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from issuer.audit_check import ChainCheck, CheckedChain
from issuer.audit_heads import MAX_HEAD_BYTES, read_head
from issuer.audit_log import AuditEntry, DamagedEntry
from issuer.audit_storage import StoredHead
from issuer.errors import AuditError

MAX_LINE_BYTES: Final = 64 * 1024
"""Longest line taken: details are a few short texts."""

_encode: Final = msgspec.json.Encoder(order="sorted").encode
_decode_entry: Final = msgspec.json.Decoder(AuditEntry).decode


class HeadLine(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line."""

    head: str
    """Compact JWS."""


_decode_head: Final = msgspec.json.Decoder(HeadLine).decode


def export_lines(entries: Iterable[AuditEntry], head: StoredHead) -> Iterator[bytes]:
    """The lines of an export, each with its end of line."""
    for entry in entries:
        yield _encode(entry) + b"\n"
    yield _encode(HeadLine(head.token)) + b"\n"


def check_export(file: BinaryIO, *, root: bytes, noted: Iterable[StoredHead] = ()) -> CheckedChain:
    """The chain in an export, and whether it is whole.

    Args:
        file: as ``export_lines`` wrote it.
        root: DER of the provincial root, which the inspector holds by other means.
        noted: heads kept elsewhere, already believed: an export of long ago is whole by itself.

    Raises:
        AuditError: it has no head that can be believed, or a line is too long to be one of it.
    """
    head, end = _head_at_the_end(file, root=root)
    known = [head, *(other for other in noted if other.county == head.county)]
    check, expected = ChainCheck(head.county, known), 1
    for line in _lines(file, end):
        row = _row(line, head.county, expected)
        check.take(row)
        expected = (row.sequence or expected) + 1
    return check.result()


def _head_at_the_end(file: BinaryIO, *, root: bytes) -> tuple[StoredHead, int]:
    """The head, and where its line begins."""
    # Read first: without it nothing says of which county the export is, and how long.
    size = file.seek(0, 2)
    file.seek(max(0, size - MAX_HEAD_BYTES))
    last = file.read().removesuffix(b"\n").rpartition(b"\n")[2]
    try:
        head = read_head(_decode_head(last).head, root=root)
        return head, size - len(last) - 1
    except ValueError as error:
        raise AuditError(
            "the export does not end with a signed head",
            remedy="It may have been cut off; export the log again.",
        ) from error


def _lines(file: BinaryIO, end: int) -> Iterator[bytes]:
    file.seek(0)
    while file.tell() < end and (line := file.readline(MAX_LINE_BYTES + 1)):
        if len(line) > MAX_LINE_BYTES:
            raise AuditError(f"a line of the export is longer than {MAX_LINE_BYTES} bytes")
        yield line


def _row(line: bytes, county: str, expected: int) -> AuditEntry | DamagedEntry:
    try:
        entry = _decode_entry(line)
    except ValueError:  # bytes that are no UTF-8 are another one than faults of JSON
        return DamagedEntry(county, expected, "line")
    if entry.county != county or _encode(entry) + b"\n" != line:
        return DamagedEntry(county, expected, "line")
    return entry
