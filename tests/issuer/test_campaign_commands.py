"""Campaigns by command: preview, start, run, stop, list and show."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.demonstration_officers import add_demonstration_officers
from issuer.residence_register import ResidenceRegistration
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock
from schemas.endorsement_window import SHANGHAI, day_of

LI, CHEN, WANG = (f"{officer}@330302" for officer in ("li-3", "chen-5", "wang-2"))
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two demonstration permits of Lucheng in their window, and the officers to act."""
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path / "state"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }

    def invoke(*arguments: str) -> Result:
        return CliRunner(env=environment).invoke(main, arguments)

    issued_on = day_of(system_clock()) - timedelta(days=355)
    granted = invoke("demo-data", "--county", "330302", "--issued-on", issued_on.isoformat())
    assert granted.exit_code == 0, granted.output
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    add_demonstration_officers(storage, ["330302"], datetime.now(SHANGHAI))
    with storage.transaction() as tx:
        tx.put_registrations(
            ResidenceRegistration(
                permit.resident.citizen_id_number, "330302", "示范路1号", date(2020, 1, 1)
            )
            for permit in tx.permits("330302")
        )
    storage.close()
    return invoke


def test_from_preview_to_the_end(run: Run) -> None:
    preview = run("campaign", "preview", "--officer", LI)
    started = run("campaign", "start", "--officer", LI)
    number = started.output.split("PL", 1)[1].split()[0]
    first = run("campaign", "run", f"PL{number}", "--officer", CHEN, "--batch-size", "1")
    second = run("campaign", "run", f"PL{number}", "--officer", CHEN)
    listed = run("campaign", "list", "--officer", WANG)
    shown = run("campaign", "show", f"PL{number}", "--officer", LI, "--limit", "1")

    assert "2 permits" in preview.output
    assert "0 of 2 done, 2 waiting" in started.output
    assert "finished" in first.output
    assert "2 of 2 done, 0 waiting" in second.output
    assert "finished  in_window  started " in listed.output
    assert " by li-3" in listed.output
    assert shown.output.count("  done  ") == 1
    assert "0 permits" in run("campaign", "preview", "--officer", LI).output


def test_stopped_and_listed(run: Run) -> None:
    assert run("campaign", "list", "--officer", LI).output == "There was no campaign.\n"
    started = run("campaign", "start", "--officer", LI, "--due", "both")
    number = started.output.split("PL", 1)[1].split()[0]

    stopped = run("campaign", "stop", f"PL{number}", "--officer", CHEN)
    again = run("campaign", "run", f"PL{number}", "--officer", LI)

    assert "stopped  both" in stopped.output
    assert (again.exit_code, "batch_state: nobody can run" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("preview", "--officer", WANG), "not_allowed_at_desk"),
        (("start", "--officer", WANG), "not_allowed_at_desk"),
        (("start", "--officer", LI, "--due", "lapsed"), "batch_state"),
        (("run", "PL1", "--officer", LI), "unknown_batch"),
    ],
)
def test_refusals_have_a_code(run: Run, arguments: tuple[str, ...], code: str) -> None:
    result = run("campaign", *arguments)

    assert result.exit_code == 1
    assert f"Error: {code}:" in result.output
