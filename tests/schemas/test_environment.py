"""Settings: converted by type, every fault at once, typing mistakes noticed."""

from typing import Annotated

import msgspec
import pytest

from schemas.environment import SettingsError, read_settings


class Example(msgspec.Struct, frozen=True, kw_only=True):
    base_url: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    demo: bool = False


def test_values_are_converted_and_defaults_kept() -> None:
    settings = read_settings(
        Example, {"X_BASE_URL": "https://a", "X_DEMO": "true", "OTHER": "1"}, prefix="X_"
    )

    assert settings == Example(base_url="https://a", port=8000, demo=True)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings(Example, {"X_BASE_URL": "u", "X_PORT": ""}, prefix="X_").port == 8000


def test_all_faults_are_reported_together() -> None:
    environ = {"X_PORT": "70000", "X_DEMO": "perhaps", "X_PROT": "1"}

    with pytest.raises(SettingsError) as caught:
        read_settings(Example, environ, prefix="X_")

    for part in ("X_BASE_URL must be set", "X_PORT='70000'", "X_DEMO='perhaps'", "X_PROT is not"):
        assert part in caught.value.detail
