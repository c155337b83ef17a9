"""``notices due``: queues what is due, and says so once."""

from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from issuer.cli import main
from keys.clock import system_clock
from schemas.endorsement_window import add_months, day_of


def test_due_notices_are_queued_once(tmp_path: Path) -> None:
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path / "state"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }

    def run(*arguments: str) -> Result:
        return CliRunner(env=environment).invoke(main, arguments)

    # Usable through a day five days from now, or four where that is a 29 February.
    issued_on = add_months(day_of(system_clock()) + timedelta(days=5), -12)
    run("demo-data", "--county", "330302", "--issued-on", issued_on.isoformat())

    assert run("notices", "due").output == "endorsement_due_7  2\n"
    assert run("notices", "due").output == "No notice is due.\n"
