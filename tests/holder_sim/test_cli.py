"""The wallet at the command line: the same steps, one clear message when one fails."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from holder_sim.cli import main
from holder_sim.settings import Settings


@pytest.fixture
def run(province: Any, settings: Settings, moved_clock: Any) -> Any:
    """Runs a command; ``typed`` is what the person answers."""
    moved_clock(0)
    environ = {
        "HOLDER_STATE_DIR": settings.state_dir,
        "HOLDER_TRUST_LIST": settings.trust_list,
        "HOLDER_ROOT_CERTIFICATE": settings.root_certificate,
        "HOLDER_CLOCK_FILE": f"{settings.state_dir}-clock",
        "HOLDER_COPIES": "2",
    }

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner(env=environ).invoke(main, words, input=typed)

    return invoke


def test_a_permit_is_taken_listed_renewed_and_shown(run: Any, issuer: Any, tmp_path: Path) -> None:
    taken = run("accept", issuer.offer_uri(), "--face", "match", typed="493536\n")
    assert taken.exit_code == 0, taken.output
    assert "residence_permit_pass: 鹿城区" in taken.output

    assert "2 of 2 copies unused" in run("cards", typed="y\n").output
    png = tmp_path / "pictures" / "code.png"
    shown = run("show", "--png", str(png), "--claim", "name", "--face", "match")
    assert (shown.exit_code, png.read_bytes()[:4]) == (0, b"\x89PNG")
    assert "1 of 2 copies unused" in run("cards", "--face", "match").output
    assert "2 of 2 copies unused" in run("refresh", "--face", "match").output
    assert "█" in run("show", "--terminal", "--face", "match").output


def test_a_counter_is_answered_after_consent(run: Any, issuer: Any, counter: Any) -> None:
    run("accept", issuer.offer_uri(), "--tx-code", "493536", "--face", "match")
    url = counter.ask(counter.members("name", "sex"))

    refused = run("answer", url, "--face", "match", typed="n\n")
    assert (refused.exit_code, counter.response()["error"]) == (1, "access_denied")
    assert "CN=verifier" in refused.output
    assert "Name, Sex" in refused.output

    agreed = run("answer", url, typed="y\ny\n")
    assert "Sent: name, sex." in agreed.output
    assert "https://counter.example/done#code" in agreed.output
    assert counter.claims()["name"]


def test_what_is_not_held_is_said_before_the_counter_is_told(run: Any, counter: Any) -> None:
    result = run("answer", counter.ask(counter.members("name")), "--face", "match", typed="y\n")

    assert "No usable permit here has that." in result.output
    assert counter.response()["error"] == "access_denied"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cards", "--face", "mismatch"), "face_mismatch"),
        (("show", "--face", "match"), "nothing_to_show"),
        (("refresh", "--face", "match"), "nothing_to_show"),
        (("accept", "nonsense", "--tx-code", "1", "--face", "match"), "invalid_credential_offer"),
        (("answer", "nonsense", "--face", "match"), "invalid_request_object"),
    ],
)
def test_a_failure_is_one_line_and_exit_code_1(run: Any, words: tuple[str, ...], code: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {code}: ")
    assert "Traceback" not in result.output


def test_what_to_do_stands_on_a_line_of_its_own(run: Any) -> None:
    lines = run("cards", "--face", "mismatch").output.splitlines()

    assert lines[0] == "Error: face_mismatch: the face check failed"
    assert lines[1].startswith("Try again.")


@pytest.mark.parametrize("where", ["file/code.png", "file/deeper/code.png"])
def test_a_picture_that_cannot_be_written_is_one_line(
    run: Any, issuer: Any, tmp_path: Path, where: str
) -> None:
    run("accept", issuer.offer_uri(), "--tx-code", "493536", "--face", "match")
    (tmp_path / "file").write_bytes(b"")

    result = run("show", "--png", str(tmp_path / where), "--face", "match")

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {tmp_path}/file")


def test_no_permit_is_said_in_words(run: Any) -> None:
    assert run("cards", "--face", "match").output == "No permit is held.\n"


def test_saying_no_to_the_face_check_is_a_mismatch(run: Any) -> None:
    result = run("cards", typed="n\n")

    assert (result.exit_code, "face_mismatch" in result.output) == (1, True)


def test_faults_of_the_environment_are_told(province: Any) -> None:
    result = CliRunner(env={"HOLDER_PORT": "0"}).invoke(main, ["cards", "--face", "match"])

    assert (result.exit_code, "HOLDER_PORT" in result.output) == (1, True)


@pytest.mark.parametrize(
    "command", [[], ["accept"], ["refresh"], ["cards"], ["show"], ["answer"], ["serve"], ["demo"]]
)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])

    assert result.exit_code == 0
    usage, sentence = result.output.split("\n\n")[:2]
    assert usage.startswith("Usage:")
    assert sentence.strip().endswith(".")
