"""The verifier's settings: read once, faults together."""

import pytest

from schemas.environment import SettingsError
from verifier.settings import Settings, load_settings


def test_defaults_are_for_one_machine() -> None:
    assert load_settings({}) == Settings()


def test_values_come_from_the_environment() -> None:
    settings = load_settings({"VERIFIER_PORT": "9000", "VERIFIER_CLOCK_FILE": "offset"})

    assert settings.port == 9000
    assert str(settings.clock_path) == "offset"


def test_all_faults_are_named() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"VERIFIER_PORT": "0", "VERIFIER_REQUEST_TTL_S": "x", "VERIFIER_ROOT": "y"})

    for name in ("VERIFIER_PORT", "VERIFIER_REQUEST_TTL_S", "VERIFIER_ROOT"):
        assert name in caught.value.detail
