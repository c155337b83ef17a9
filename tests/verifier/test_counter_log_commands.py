"""The log at the command line: today's counts, tables, one entry, the purge."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.province import Province
from schemas.endorsement_window import day_of
from verifier.counter_log import Details, Entry, Tally
from verifier.counter_log_commands import log
from verifier.counter_log_store import CounterLog
from verifier.service_items import Retention


class Office:
    """Commands over one folder, in which one check of today is recorded."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        Province(folder / "keys").initialise(
            issuer_url="http://127.0.0.1:9",
            counties=["330302"],
            verifier_url="http://127.0.0.1:8102",
            now=self.now,
        )
        self.log = CounterLog(folder / "state" / "log")
        self.env = {
            "VERIFIER_STATE_DIR": str(folder / "state"),
            "VERIFIER_REQUEST_KEY": str(folder / "keys" / "verifier" / "request"),
            "VERIFIER_ROOT_CERTIFICATE": str(folder / "keys" / "root.pem"),
            "VERIFIER_CLOCK_FILE": str(folder / "clock"),
        }
        self.clock = folder / "clock"

    def record(self) -> None:
        entry = Entry(
            at=self.now,
            county="330302",
            desk="",
            item="library_card",
            verdict="accepted",
            reason=None,
            retention=Retention.FULL,
            expires_at=self.now + timedelta(days=1),
            details=Details(case_number="A-7", claims={"name": "某某"}),
        )
        tally = Tally(
            day=day_of(self.now), county="330302", desk="", item="library_card", verdict="accepted"
        )
        self.log.append(entry, tally)

    def run(self, *words: object) -> Result:
        return CliRunner(env=self.env).invoke(log, [str(word) for word in words])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.record()
    return made


def rows(table: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(table.decode("utf-8-sig"), newline="")))


def test_today(office: Office) -> None:
    told = office.run("today").output

    assert f"{day_of(office.now)}: 1 checks" in told
    assert "library_card  公共图书馆借阅证  1: accepted 1, refused 0, cannot_say 0" in told


def test_counts_and_entries_as_tables(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"

    assert office.run("export", file).exit_code == 0
    assert rows(file.read_bytes())[1][-2:] == ["accepted", "1"]
    assert "A-7" not in file.read_text()
    assert office.run("export", file, "--entries").exit_code == 0
    assert rows(file.read_bytes())[1][7] == "A-7"
    assert "某某" not in file.read_text()
    assert rows(office.run("export", "-").stdout_bytes)[1][-1] == "1"


def test_other_days_have_other_checks(office: Office) -> None:
    yesterday = day_of(office.now) - timedelta(days=1)

    done = office.run("export", "-", "--until", yesterday, "--since", yesterday)
    wrong = office.run("export", "-", "--until", yesterday)

    assert len(rows(done.stdout_bytes)) == 1
    assert wrong.exit_code == 2
    assert "--until is before --since" in wrong.output


def test_evidence_is_read_one_by_one(office: Office) -> None:
    shown = json.loads(office.run("show", 1).output)

    assert shown["details"]["claims"] == {"name": "某某"}
    assert "no entry 2" in office.run("show", 2).output


def test_the_purge(office: Office) -> None:
    assert office.run("purge").output == "0 entries deleted.\n"
    office.clock.write_text(str(86400))
    assert "no entry 1" in office.run("show", 1).output
    assert office.run("purge").output == "1 entries deleted.\n"


def test_a_table_that_cannot_be_written(office: Office, tmp_path: Path) -> None:
    done = office.run("export", tmp_path / "no-such-folder" / "table.csv")

    assert isinstance(done.exception, FileNotFoundError)
