"""``items``: the list, and the file that an administrator looks through before it counts."""

import sys
from pathlib import Path

import pytest

from verifier.cli import main
from verifier.service_items import ITEMS_FILE

OWN = """\
[own]
name_zh = "自有事项"
name_en = "Own service"
claims = ["name"]
area = "county"
basis = "office rule 7"
retention = "full"
retention_days = 30
asks_case = true
"""


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["verifier", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_administrators_file_takes_the_place_of_the_built_in_one(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERIFIER_SERVICE_ITEMS", str(own))
    assert run(monkeypatch, "items") == 0

    told = capsys.readouterr().out
    assert "自有事项 / Own service" in told
    assert "keeps full for 30 days; asks for case number and purpose" in told
    assert "identity_look" not in told


@pytest.mark.parametrize("path", ["own", "built in"])
def test_a_sound_file(
    own: Path,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "items", "check", str(own if path == "own" else ITEMS_FILE)) == 0
    assert "nothing wrong" in capsys.readouterr().out


def test_a_file_with_faults(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(OWN.replace('"county"', '"moon"') + "x = 1\n", encoding="utf-8")
    assert run(monkeypatch, "items", "check", str(own)) == 64

    told = capsys.readouterr().err
    assert "own.toml line 5: [own] area" in told
    assert "own.toml line 10: [own] x is no field" in told


def test_without_faults_or_no_start(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text("[own]\n", encoding="utf-8")
    monkeypatch.setenv("VERIFIER_SERVICE_ITEMS", str(own))
    assert run(monkeypatch, "items") == 64
    assert "name_zh is missing" in capsys.readouterr().err
