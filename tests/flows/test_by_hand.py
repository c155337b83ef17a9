"""The commands of the README's "By hand", typed one after the other at running services."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from holder_sim.cli import main as holder_sim_cli
from holder_sim.stage import Stage
from issuer.cli import main as issuer_cli
from keys.cli import main as keys_cli
from verifier.cli import cli as verifier_cli

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    "holder_sim": holder_sim_cli,
    "issuer": issuer_cli,
    "keys": keys_cli,
    "verifier": verifier_cli,
}
AT_THE_COUNTER = ("--item", "identity_look", "--county", "330302", "--lang", "en")


class Terminal:
    """One person's shell."""

    def __init__(self, stage: Stage) -> None:
        self._environ = stage.environ

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def type(self, *words: str, answers: str = "") -> tuple[int, str]:
        """Exit code, and whatever is seen on the screen."""
        command = self.begin(*words)
        out, error = command.communicate(answers)
        assert "Traceback" not in error
        return command.returncode, out + error


def after(screen: str, what: str) -> str:
    found = re.search(rf"^{what} +(\S+)$", screen, re.MULTILINE)
    assert found, screen
    return found[1]


def test_a_permit_is_offered_taken_shown_and_asked_for(
    stage: Stage, permits: list[str], tmp_path: Path
) -> None:
    terminal, picture = Terminal(stage), str(tmp_path / "pictures" / "permit.png")

    code, listed = terminal.type("issuer", "list", "--county", "330302")
    assert (code, listed.split()[0]) == (0, permits[0])
    offer = terminal.type("issuer", "offer", permits[0])[1]
    link, tx_code = after(offer, "offer"), after(offer, "transaction code")

    code, taken = terminal.type("holder_sim", "accept", link, answers=f"{tx_code}\ny\n")
    assert code == 0, taken
    assert "residence_permit: 鹿城区 Lucheng" in taken
    assert "5 of 5 copies unused" in taken

    code, shown = terminal.type("holder_sim", "show", "--png", picture, "--face", "match")
    assert (code, f"written to {picture}" in shown) == (0, True)
    code, verdict = terminal.type("verifier", "check", picture, *AT_THE_COUNTER)
    assert (code, "A C C E P T E D" in verdict) == (0, True), verdict
    code, verdict = terminal.type("verifier", "check", picture, *AT_THE_COUNTER)
    assert (code, "used before" in verdict) == (1, True), verdict

    code, cards = terminal.type("holder_sim", "cards", "--face", "match")
    assert (code, "4 of 5 copies unused" in cards) == (0, True), cards
    code, cards = terminal.type("holder_sim", "refresh", "--face", "match")
    assert (code, cards.count("5 of 5 copies unused")) == (0, 2), cards

    asking = terminal.begin(
        *("verifier", "request", "vehicle_registration", "--county", "330326", "--lang", "en")
    )
    assert asking.stdout is not None
    url = asking.stdout.readline().strip()
    code, sent = terminal.type("holder_sim", "answer", url, "--yes", "--face", "match")
    assert (code, sent) == (0, "Sent: name, citizen_id_number, residence_address.\n")
    verdict = asking.communicate(timeout=30)[0]
    assert (asking.returncode, "A C C E P T E D" in verdict) == (0, True), verdict
    assert "Residence address: " in verdict


def test_a_counter_is_told_what_a_foreign_code_is(stage: Stage) -> None:
    scanned = ("verifier", "check", "-", *AT_THE_COUNTER)
    code, screen = Terminal(stage).type(*scanned, answers="https://example.com")

    assert code == 1
    assert "R E F U S E D" in screen
    assert "not the code of a residence permit" in screen


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("holder_sim", "show", "--face", "mismatch"), 1, "face_mismatch: "),
        (("verifier", "request", "marriage_registration", "--county", "330302"), 64, "permit_not"),
        (("keys", "init", "--county", "330302"), 1, "keys are there already"),
    ],
)  # fmt: skip
def test_a_command_that_cannot_be_carried_out_says_why(
    stage: Stage, words: tuple[str, ...], code: int, says: str
) -> None:
    if words[0] == "keys":
        words = (*words, "--directory", str(stage.directory / "keys"))

    ended, screen = Terminal(stage).type(*words, answers="1\n")

    assert (ended, says in screen) == (code, True), screen


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_explains_itself(program: str) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", program, "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout

    assert f"Usage: python -m {program} " in helped
    for command in PROGRAMS[program].commands:
        assert re.search(rf"^  {command} +[A-Z]", helped, re.MULTILINE), command


def all_commands() -> list[tuple[str, ...]]:
    found = [(program, name) for program, group in PROGRAMS.items() for name in group.commands]
    return sorted([*found, ("issuer", "audit", "verify")])


@pytest.mark.parametrize("words", all_commands(), ids=" ".join)
def test_each_command_explains_itself(words: tuple[str, ...]) -> None:
    program: click.Group = PROGRAMS[words[0]]
    told = CliRunner().invoke(program, [*words[1:], "--help"])

    assert told.exit_code == 0
    usage, sentence = told.output.split("\n\n")[:2]
    assert usage.startswith("Usage:")
    assert re.match(r"^  [A-Z].*\.$", sentence.rstrip(), re.DOTALL)
