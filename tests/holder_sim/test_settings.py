"""Wallet settings: defaults that start, and every fault of an environment at once."""

from pathlib import Path

import pytest

from holder_sim.settings import Settings, load_settings
from schemas.environment import SettingsError


def test_an_empty_environment_gives_a_wallet_for_this_machine_alone() -> None:
    settings = load_settings({})

    assert settings == Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8103)
    assert settings.clock_path is None
    assert (settings.face_freshness_s, settings.face_max_failures) == (90, 5)
    assert settings.face_lock_s == 30 * 60


def test_values_are_taken_by_their_type() -> None:
    settings = load_settings({"HOLDER_COPIES": "3", "HOLDER_CLOCK_FILE": "var/clock"})

    assert settings.copies == 3
    assert settings.clock_path == Path("var/clock")


def test_every_fault_is_reported_at_once() -> None:
    environ = {
        "HOLDER_PORT": "0",
        "HOLDER_COPIES": "many",
        "HOLDER_FACE_FRESHNESS_S": "0",
        "HOLDER_FACE_FRESHNESS": "90",  # forgotten unit
        "OTHER_PORT": "not ours",
    }

    with pytest.raises(SettingsError) as caught:
        load_settings(environ)

    for name in ("HOLDER_PORT", "HOLDER_COPIES", "HOLDER_FACE_FRESHNESS_S", "FRESHNESS "):
        assert name in str(caught.value)
    assert "OTHER_PORT" not in str(caught.value)
