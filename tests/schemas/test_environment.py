"""Settings: converted by type, every fault at once, typing mistakes noticed."""

from typing import Annotated

import msgspec
import pytest

from schemas.environment import RedisUrl, SettingsError, read_settings


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

    for part in ("X_BASE_URL must be set", "X_PORT: ", "X_DEMO: ", "X_PROT is not"):
        assert part in caught.value.detail


def test_what_was_set_is_not_repeated_because_it_may_be_a_password() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(
            Example, {"X_BASE_URL": "u", "X_PORT": "p4ss@host", "X_DEMO": "s3cret"}, prefix="X_"
        )

    assert not any(secret in str(caught.value) for secret in ("p4ss", "s3cret"))


@pytest.mark.parametrize(
    ("url", "taken"),
    [("redis://h:1/0", True), ("rediss://u:p@h", True), ("foo", False), ("http://h", False)],
)
def test_the_address_of_a_redis_has_its_scheme(url: str, taken: bool) -> None:
    class Stores(msgspec.Struct, frozen=True):
        redis_url: RedisUrl = ""

    if taken:
        assert read_settings(Stores, {"X_REDIS_URL": url}, prefix="X_").redis_url == url
    else:
        with pytest.raises(SettingsError, match="X_REDIS_URL"):
            read_settings(Stores, {"X_REDIS_URL": url}, prefix="X_")
