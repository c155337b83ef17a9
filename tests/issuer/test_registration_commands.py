"""Residence registrations by command: all of a file, or nothing and the faults by their place."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.storage_sql import SqlIssuerStorage

HEADER = "citizen_id_number,county,address,registered_on,ended_on\n"
GOOD = "52000019920512000X,330302,示范路1号,2026-03-02,\n"
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


def test_a_file_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    first, second = run(tmp_path, HEADER + GOOD), run(tmp_path, HEADER + GOOD)

    assert first.exit_code == second.exit_code == 0, first.output
    assert first.output.endswith("1 registrations imported\n")
    assert kept(tmp_path) == 1


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
