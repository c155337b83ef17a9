"""``slip`` at the command line: a private file, a record, and one clear message otherwise."""

import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from keys.province import Province

LUCHENG = "330302"
BASE_URL = "http://127.0.0.1:8101"
WANG, LI, OUHAI = f"wang-2@{LUCHENG}", f"li-3@{LUCHENG}", "wang-2@330304"

Run = Callable[..., Result]


class Prepared(NamedTuple):
    """Keys of Lucheng, and a register with permits of Lucheng and Ouhai."""

    folder: Path
    numbers: dict[str, str]
    """A permit of each county."""


def runner(folder: Path, keys: Path) -> Run:
    environment = {
        "ISSUER_STATE_DIR": str(folder / "state"),
        "ISSUER_KEYS_DIR": str(keys),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    return lambda *arguments, **more: CliRunner(env=environment | more).invoke(main, arguments)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    Province(folder / "keys").initialise(
        issuer_url=BASE_URL,
        counties=(LUCHENG,),
        verifier_url="https://v.example",
        now=datetime.now(UTC),
    )
    granted = runner(folder, folder / "keys")(
        "demo-data", "--county", LUCHENG, "--county", "330304"
    )
    assert granted.exit_code == 0, granted.output
    lines = [line.split() for line in granted.output.splitlines()]
    return Prepared(folder, {words[1]: words[0] for words in lines if words[0].startswith("ZJ")})


@pytest.fixture
def run(prepared: Prepared, tmp_path: Path) -> Run:
    """On a register of the test's own."""
    shutil.copytree(prepared.folder / "state", tmp_path / "state")
    return runner(tmp_path, prepared.folder / "keys")


@pytest.fixture
def number(prepared: Prepared) -> str:
    return prepared.numbers[LUCHENG]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "slip.pdf"


def slip(run: Run, number: str, output: Path, *words: str, officer: str = WANG) -> Result:
    return run("slip", number, "--officer", officer, "--output", str(output), *words)


def test_a_slip_is_written_for_its_owner_alone_and_recorded(
    run: Run, number: str, output: Path
) -> None:
    printed = slip(run, number, output, "--shown", "id_card")

    assert printed.exit_code == 0, printed.output
    assert output.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    slip_id = printed.output.split()[1]
    history = run("show", number).output
    assert "print_slip  wang-2" in history
    assert f"slip: {slip_id}" in history
    assert "shown: id_card" in history


def test_a_demonstration_service_prints_demonstrations(run: Run, number: str, output: Path) -> None:
    assert slip(run, number, output, "--shown", "id_card").exit_code == 0

    page = pypdfium2.PdfDocument(output)[0].get_textpage().get_text_range()
    assert "演示 DEMO" in page


def test_the_same_slip_again(run: Run, number: str, output: Path, tmp_path: Path) -> None:
    slip_id = slip(run, number, output, "--shown", "household_register").output.split()[1]

    again = slip(run, number, tmp_path / "2.pdf", "--again", slip_id, officer=LI)

    assert again.exit_code == 0, again.output
    assert again.output.split()[1] == slip_id
    assert "print_slip_again  li-3" in run("show", number).output


def refused(result: Result, code: str) -> bool:
    """One message with its code, no traceback."""
    return result.exit_code == 1 and f"Error: {code}:" in result.output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"officer": OUHAI}, "not_allowed_at_desk"),
        ({"number": "ZJ"}, "unknown_permit"),
        ({"words": ("--again", "7K3M-Q9TD-V2XA")}, "permit_state"),
    ],
    ids=["another county", "no permit", "no such slip"],
)
def test_a_refusal_leaves_no_file(
    run: Run, number: str, output: Path, change: dict[str, object], code: str
) -> None:
    asked = {"number": number, "officer": WANG, "words": ("--shown", "id_card")} | change
    words = asked["words"]
    assert isinstance(words, tuple)

    result = slip(run, str(asked["number"]), output, *words, officer=str(asked["officer"]))

    assert refused(result, code), result.output
    assert not output.exists()
    assert "print_slip" not in run("show", number).output


def test_a_file_that_is_there_is_left_alone_and_nothing_recorded(
    run: Run, number: str, output: Path
) -> None:
    output.write_text("somebody else's")

    result = slip(run, number, output, "--shown", "id_card")

    assert result.exit_code == 1
    assert "cannot be written: File exists" in result.output
    assert output.read_text() == "somebody else's"
    assert "print_slip" not in run("show", number).output


@pytest.mark.parametrize("words", [(), ("--shown", "id_card", "--again", "7K3M-Q9TD-V2XA")])
def test_a_new_slip_or_one_again(
    run: Run, number: str, output: Path, words: tuple[str, ...]
) -> None:
    result = slip(run, number, output, *words)

    assert result.exit_code == 2
    assert "either --shown or --again" in result.output
    assert not output.exists()


def test_an_unknown_document_is_named_with_those_that_count(
    run: Run, number: str, output: Path
) -> None:
    result = slip(run, number, output, "--shown", "library_card")

    assert result.exit_code == 2
    assert "electronic_permit" in result.output


def test_without_fonts_it_says_what_to_install(
    run: Run, number: str, output: Path, tmp_path: Path
) -> None:
    result = run(
        *("slip", number, "--officer", WANG, "--shown", "id_card", "--output", str(output)),
        ISSUER_SLIP_FONT_DIR=str(tmp_path),
    )

    assert refused(result, "slip_font_missing")
    assert "fonts-noto-cjk" in result.output
    assert not output.exists()


def test_a_county_without_keys_is_told_how_to_make_some(
    run: Run, prepared: Prepared, output: Path
) -> None:
    result = slip(run, prepared.numbers["330304"], output, "--shown", "id_card", officer=OUHAI)

    assert result.exit_code == 1
    assert "keys add-county --county 330304" in result.output
