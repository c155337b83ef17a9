"""Mass acts by command: a cohort suspended by two officers, and undone by two."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock
from schemas.endorsement_window import day_of

LI, CHEN, WANG = (f"{officer}@330302" for officer in ("li-3", "chen-5", "wang-2"))
COHORT = ("--by", "demo-data")
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例")
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two demonstration permits of Lucheng, and the officers to act."""
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path / "state"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }

    def invoke(*arguments: str) -> Result:
        return CliRunner(env=environment).invoke(main, arguments)

    granted = invoke("demo-data", "--county", "330302")
    assert granted.exit_code == 0, granted.output
    return invoke


def id_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return "PL" + result.output.split("PL", 1)[1].split()[0]


def standings(run: Run) -> list[str]:
    return [line.split()[2] for line in run("list").output.splitlines()]


def test_suspended_and_undone(run: Run) -> None:
    preview = run("mass-act", "preview", "--officer", LI, *COHORT)
    act = id_in(run("mass-act", "propose", "--officer", LI, *COHORT, *WHY))
    assert standings(run) == ["usable"] * 2
    confirmed = run("mass-act", "confirm", act, "--officer", CHEN)
    ran = run("mass-act", "run", act, "--officer", CHEN, "--batch-size", "1")
    assert standings(run) == ["suspended"] * 2
    undo = id_in(run("mass-act", "undo", act, "--officer", CHEN, *WHY))
    run("mass-act", "confirm-undo", undo, "--officer", LI)
    undone = run("mass-act", "run", undo, "--officer", LI)
    listed = run("mass-act", "list", "--officer", WANG)
    shown = run("mass-act", "show", act, "--officer", LI)

    assert standings(run) == ["usable"] * 2
    assert "2 permits" in preview.output
    assert "running  proposed by li-3  confirmed by chen-5" in confirmed.output
    assert "2 of 2 done" in ran.output
    assert f"{undo}  undoes {act}  finished" in undone.output
    assert [line.split()[0] for line in listed.output.splitlines() if line[0] == "P"] == [undo, act]
    assert f"undone by {undo}" in shown.output
    assert shown.output.count("  done  ") == 2


def test_rejected_and_listed(run: Run) -> None:
    assert run("mass-act", "list", "--officer", LI).output == "There was no mass act.\n"
    assert run("mass-act", "keys", "--officer", LI).output == ""
    act = id_in(run("mass-act", "propose", "--officer", LI, *COHORT, *WHY))

    rejected = run("mass-act", "reject", act, "--officer", CHEN, "--reason", "示范")

    assert "rejected" in rejected.output
    assert standings(run) == ["usable"] * 2


def test_keys_are_listed_by_their_thumbprint(run: Run, tmp_path: Path) -> None:
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    with storage.transaction() as tx:
        number = tx.permits("330302")[0].number
        for key in (None, "k" * 43):
            tx.allocate_status("330302", number, 2, expires_on=date(2027, 1, 1), signed_by=key)
    storage.close()

    assert run("mass-act", "keys", "--officer", LI).output.splitlines() == [
        "not written down  2 copies",
        f"{'k' * 43}  2 copies",
    ]


YESTERDAY = (day_of(system_clock()) - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("preview", "--officer", LI), "bad_criteria"),
        (("preview", "--officer", LI, "--signing-key", "x"), "bad_criteria"),
        (("preview", "--officer", WANG, *COHORT), "not_allowed_at_desk"),
        (("propose", "--officer", LI, "--last-day", YESTERDAY, *WHY), "batch_state"),
        (("propose", "--officer", LI, "--ground", "talent_exempt", *WHY), "batch_state"),
        (("propose", "--officer", LI, *COHORT, *WHY[:3], " "), "not_allowed_at_desk"),
        (("confirm", "PL1", "--officer", LI), "unknown_batch"),
    ],
)
def test_refusals_have_a_code(run: Run, arguments: tuple[str, ...], code: str) -> None:
    result = run("mass-act", *arguments)

    assert result.exit_code == 1
    assert f"Error: {code}:" in result.output
