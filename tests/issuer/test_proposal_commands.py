"""Proposals by command: propose, list, confirm, reject."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main

LI, CHEN, WANG = (f"{officer}@330302" for officer in ("li-3", "chen-5", "wang-2"))
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例")
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path / "state"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    return lambda *arguments: CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def number(run: Run) -> str:
    """A permit of Lucheng."""
    granted = run("demo-data", "--county", "330302")
    assert granted.exit_code == 0, granted.output
    return granted.output.split()[0]


def test_proposed_listed_and_confirmed(run: Run, number: str) -> None:
    proposed = run("proposal", "propose", number, "--officer", LI, *WHY)
    listed = run("proposal", "list", "--officer", WANG)
    confirmed = run("proposal", "confirm", proposed.output.split()[0], "--officer", CHEN)

    assert proposed.exit_code == confirmed.exit_code == 0
    assert listed.output == proposed.output
    assert "  open  proposed " in listed.output
    assert confirmed.output.endswith("decided by chen-5\n")
    assert "revoked" in run("show", number).output
    assert run("proposal", "list", "--officer", LI).output == "No proposal waits.\n"
    assert "confirmed" in run("proposal", "list", "--officer", LI, "--all").output


def test_rejected(run: Run, number: str) -> None:
    proposed = run("proposal", "propose", number, "--officer", LI, *WHY)
    proposal = proposed.output.split()[0]

    rejected = run("proposal", "reject", proposal, "--officer", LI, "--reason", "示范")

    assert "  rejected  " in rejected.output
    assert "usable" in run("show", number).output


def test_the_same_officer_does_not_confirm(run: Run, number: str) -> None:
    proposed = run("proposal", "propose", number, "--officer", LI, *WHY)

    result = run("proposal", "confirm", proposed.output.split()[0], "--officer", LI)

    assert result.exit_code == 1
    assert "Error: proposal_state: two officers revoke" in result.output
    assert "usable" in run("show", number).output
