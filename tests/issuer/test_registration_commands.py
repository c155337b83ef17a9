"""Residence registrations by command: all of a file, or nothing and the faults by their place."""

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.audit_log import AuditEntry
from issuer.cli import main
from issuer.storage_sql import SqlIssuerStorage

HEADER = "citizen_id_number,county,address,registered_on,ended_on\n"
GOOD = "52000019920512000X,330302,示范路1号,2026-03-02,\n"
ELSEWHERE = "650000198801030013,330304,示范路2号,2026-03-01,\n"
BAD = "650000198801030013,330304,示范路2号,2026-13-01,\n"


def run(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "registrations.csv"
    file.write_text(text, encoding="utf-8")
    environment = {"ISSUER_STATE_DIR": str(tmp_path / "state")}
    return CliRunner(env=environment).invoke(main, ["import-registrations", str(file)])


def kept(tmp_path: Path) -> int:
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    with storage.reading() as register:
        found = register.registrations_of("52000019920512000X")
    storage.close()
    return len(found)


def log(tmp_path: Path) -> list[AuditEntry]:
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    with storage.reading() as register:
        entries = register.audit()
    storage.close()
    return entries


def test_a_file_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    first, second = run(tmp_path, HEADER + GOOD), run(tmp_path, HEADER + GOOD)

    assert first.exit_code == second.exit_code == 0, first.output
    assert first.output.endswith("1 registrations imported\n")
    assert kept(tmp_path) == 1


def test_each_countys_log_tells_of_the_import_and_of_nobody_in_it(tmp_path: Path) -> None:
    rows = HEADER + GOOD + ELSEWHERE + GOOD.replace("52000019920512000X", "430000198506160017")
    assert run(tmp_path, rows).exit_code == 0

    entries = log(tmp_path)
    assert [(entry.county, entry.details["rows"]) for entry in entries] == [
        ("330302", "2"),
        ("330304", "1"),
    ]
    for entry in entries:
        assert (entry.actor, entry.act) == ("console", "import_registrations")
        assert entry.permit_number == "residence-registrations"
        assert entry.details["file"] == sha256(rows.encode()).hexdigest()
        assert "示范路" not in str(entry)
        assert "52000019920512000X" not in str(entry)


def test_what_was_not_imported_is_not_told_of(tmp_path: Path) -> None:
    run(tmp_path, HEADER + GOOD + BAD)
    run(tmp_path, HEADER)

    assert log(tmp_path) == []


@pytest.mark.parametrize("rows", [GOOD + BAD, BAD + GOOD])
def test_one_fault_and_nothing_is_imported(tmp_path: Path, rows: str) -> None:
    result = run(tmp_path, HEADER + rows)

    assert result.exit_code == 1
    assert "bad_registration_file: line " in result.output
    assert "registered_on: this is no day. Write it as YYYY-MM-DD." in result.output
    assert "Nothing was imported" in result.output
    assert kept(tmp_path) == 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["import-registrations", str(tmp_path / "none.csv")])

    assert result.exit_code == 2
    assert "none.csv" in result.output
