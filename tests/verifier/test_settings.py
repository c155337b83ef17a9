"""The verifier's settings: read once, faults together."""

from pathlib import Path

import pytest
from msgspec.structs import replace

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


def test_the_key_for_bundles_is_the_one_named_or_the_one_beside(tmp_path: Path) -> None:
    settings = Settings(request_key=str(tmp_path / "request"))
    assert settings.bundle_key_stem is None

    (tmp_path / "bundle.key").write_bytes(b"")
    assert settings.bundle_key_stem == tmp_path / "bundle"
    assert replace(settings, bundle_key="elsewhere/key").bundle_key_stem == Path("elsewhere/key")


def test_bundles_lie_in_the_state_folder() -> None:
    assert Settings(state_dir="state").bundle_dir == Path("state/bundle")
    assert load_settings({"VERIFIER_OFFLINE": "true"}).offline is True
