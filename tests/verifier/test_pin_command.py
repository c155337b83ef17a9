"""``counter-pin``: by chance or by hand, and only its hash stays."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from verifier.counter_pin import CounterPin, NewPinError
from verifier.pin_command import counter_pin


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VERIFIER_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_one_by_chance_is_told_once(state: Path) -> None:
    told = CliRunner().invoke(counter_pin, ["--generate"], standalone_mode=False)
    CounterPin(state).check(told.output.split()[-1])


def test_one_by_hand_is_asked_for_twice_and_not_shown(state: Path) -> None:
    told = CliRunner().invoke(counter_pin, input="481203\n481203\n", standalone_mode=False)
    assert "481203" not in told.output
    CounterPin(state).check("481203")


def test_a_bad_one_is_not_taken(state: Path) -> None:
    told = CliRunner().invoke(counter_pin, input="1111\n1111\n", standalone_mode=False)
    assert isinstance(told.exception, NewPinError)
    assert not CounterPin(state).is_set()
