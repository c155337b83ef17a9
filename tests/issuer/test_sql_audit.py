"""The acceptance of the audit log: any byte of its table that is changed is found and named."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from issuer.audit_check import CheckedChain, check_chains
from issuer.audit_log import Act, AuditEntry, DamagedEntry
from issuer.errors import AuditError
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage

LUCHENG, OUHAI = "330302", "330304"
AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
LENGTH = 3
NUMBERS = ("sequence", "at")
TEXTS = (
    *("county", "actor", "act", "permit_number", "details"),
    *("previous", "digest", "role", "before", "after"),
)
ROW = "county = '330302' AND sequence = ?"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register's file with two chains in it, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("written") / "register.sqlite"
    with closing(SqlIssuerStorage(f"sqlite:///{path}")) as opened, opened.transaction() as tx:
        for county in (LUCHENG, OUHAI):
            for number in range(LENGTH):
                tx.record(
                    Act(
                        county=county,
                        at=AT + timedelta(minutes=number),
                        actor="li-3",
                        act="suspend",
                        permit_number="ZJ330302202500000017",
                        details={"reason": "示范", "legal_basis": 'a "b"'},
                        role="approver",
                        before="0" * 64,
                        after="f" * 64,
                    )
                )
    return path


@pytest.fixture
def storage(written: Path, tmp_path: Path) -> Iterator[IssuerStorage]:
    shutil.copy(written, tmp_path)
    opened = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def table(storage: IssuerStorage, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The register's file in somebody else's hands."""
    path = tmp_path / "register.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


def check(storage: IssuerStorage) -> dict[str, CheckedChain]:
    with storage.reading() as register:
        return {chain.county: chain for chain in check_chains(register.audit_rows())}


def named(storage: IssuerStorage) -> set[tuple[str, int]]:
    return {(f.county, f.sequence) for chain in check(storage).values() for f in chain.faults}


def test_what_nobody_touched_is_whole(storage: IssuerStorage) -> None:
    assert [(c.county, c.entries, c.whole) for c in check(storage).values()] == [
        (LUCHENG, LENGTH, True),
        (OUHAI, LENGTH, True),
    ]


@pytest.mark.parametrize("column", TEXTS)
def test_every_byte_of_every_text_counts(
    storage: IssuerStorage, table: sqlite3.Connection, column: str
) -> None:
    for sequence in range(1, LENGTH + 1):
        # As bytes, so that what is not UTF-8 any more can be put there too.
        (whole,) = table.execute(
            f"SELECT CAST({column} AS BLOB) FROM audit_entries WHERE {ROW}",  # noqa: S608
            (sequence,),
        ).fetchone()
        put = f"UPDATE audit_entries SET {column} = CAST(? AS TEXT) WHERE rowid = ?"  # noqa: S608
        rowid = table.execute(f"SELECT rowid FROM audit_entries WHERE {ROW}", (sequence,))  # noqa: S608
        (row,) = rowid.fetchone()
        for place in range(len(whole)):
            for flip in (0x01, 0x20, 0x80):
                changed = bytearray(whole)
                changed[place] ^= flip
                table.execute(put, (bytes(changed), row))
                assert sequence in {number for _, number in named(storage)}, (changed, flip)
        table.execute(put, (whole, row))
    assert named(storage) == set()


@pytest.mark.parametrize("column", NUMBERS)
def test_every_bit_of_every_number_counts(
    storage: IssuerStorage, table: sqlite3.Connection, column: str
) -> None:
    put = f"UPDATE audit_entries SET {column} = ? WHERE rowid = ?"  # noqa: S608
    for sequence in range(1, LENGTH + 1):
        row, whole = table.execute(
            f"SELECT rowid, {column} FROM audit_entries WHERE {ROW}",  # noqa: S608
            (sequence,),
        ).fetchone()
        for bit in range(64):
            changed = whole ^ (1 << bit) if bit < 63 else -whole - 1
            if column == "sequence" and 1 <= changed <= LENGTH:
                continue  # the place is taken: the database itself refuses
            table.execute(put, (changed, row))
            # By its place in the chain, or by what stands in its row now.
            assert {sequence, changed} & {number for _, number in named(storage)}, bit
        table.execute(put, (whole, row))
    assert named(storage) == set()


@pytest.mark.parametrize(
    "change",
    [
        "details = replace(details, ',', ', ')",
        "details = details || ' '",
        "details = details || char(10)",
        'details = \'{"reason":"x","reason":"示范","legal_basis":"a \\"b\\""}\'',
        'details = \'{"reason":"\\u793a\\u8303","legal_basis":"a \\"b\\""}\'',
        "details = 'no JSON'",
        "details = ''",
        "details = '[]'",
        "details = '{\"reason\":1}'",
        "details = CAST(details AS BLOB)",
        "details = 17",
        "digest = CAST(digest AS BLOB)",
        "digest = upper(digest)",
        "digest = digest || char(0)",
        "previous = 0",
        "act = CAST(act AS BLOB)",
        "role = 0.5",
        "at = CAST(at AS TEXT) || 'x'",
        "at = at + 0.5",
        "at = 9223372036854775807",
        "at = -9223372036854775808",
        "at = CAST(at AS BLOB)",
        "sequence = 2.5",
        "sequence = 'x'",
        "sequence = CAST(2 AS BLOB)",
        "sequence = 9223372036854775807",
        "county = CAST(county AS BLOB)",
        "county = '330303'",
        "county = ''",
    ],
)
def test_other_kinds_of_values_are_found_too(
    storage: IssuerStorage, table: sqlite3.Connection, change: str
) -> None:
    table.execute(f"UPDATE audit_entries SET {change} WHERE {ROW}", (2,))  # noqa: S608
    changed = table.execute("SELECT changes()").fetchone()

    assert changed == (1,)
    assert 2 in {number for _, number in named(storage)}
    assert check(storage)[OUHAI].whole


def test_rows_that_are_entries_and_rows_that_are_not(
    storage: IssuerStorage, table: sqlite3.Connection
) -> None:
    table.execute(f"UPDATE audit_entries SET details = 'x' WHERE {ROW}", (2,))  # noqa: S608

    with storage.reading() as register:
        rows = list(register.audit_rows(LUCHENG))
        with pytest.raises(AuditError, match="county 330302, entry 2 was altered: details"):
            register.audit(LUCHENG)

    assert [type(row) for row in rows] == [AuditEntry, DamagedEntry, AuditEntry]
    assert rows[1] == DamagedEntry(LUCHENG, 2, "details")


def test_nothing_is_written_after_an_end_that_cannot_be_read(
    storage: IssuerStorage, table: sqlite3.Connection
) -> None:
    table.execute(f"UPDATE audit_entries SET at = -9223372036854775808 WHERE {ROW}", (LENGTH,))  # noqa: S608

    with pytest.raises(AuditError, match="entry 3 was altered"), storage.transaction() as tx:
        tx.record(Act(LUCHENG, AT, "li-3", "look", "ZJ330302202500000017"))


@pytest.mark.parametrize("sequence", range(1, LENGTH))
def test_an_entry_taken_out_is_named(
    storage: IssuerStorage, table: sqlite3.Connection, sequence: int
) -> None:
    table.execute(f"DELETE FROM audit_entries WHERE {ROW}", (sequence,))  # noqa: S608

    (fault,) = check(storage)[LUCHENG].faults
    assert str(fault) == (
        f"county 330302, entry {sequence} is missing: {sequence + 1} stands in its place"
    )


def test_two_entries_that_changed_places_are_named(
    storage: IssuerStorage, table: sqlite3.Connection
) -> None:
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        table.execute(f"UPDATE audit_entries SET sequence = {new} WHERE {ROW}", (old,))  # noqa: S608

    assert named(storage) >= {(LUCHENG, 1), (LUCHENG, 2)}


def test_the_table_has_no_column_that_was_not_tried(table: sqlite3.Connection) -> None:
    columns = {row[1] for row in table.execute("PRAGMA table_info(audit_entries)")}

    assert columns == {*NUMBERS, *TEXTS}
