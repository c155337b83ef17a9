"""Issuer settings: defaults that start, and every fault of an environment at once."""

import pytest

from issuer.settings import Settings, load_settings
from schemas.environment import SettingsError


def test_an_empty_environment_gives_settings_for_one_machine() -> None:
    settings = load_settings({})

    assert settings == Settings()
    assert settings.clock_path is None
    assert settings.database.startswith("sqlite:///")
    assert settings.database.endswith("/var/issuer/register.sqlite")


def test_a_database_of_ones_own_wins_over_the_file() -> None:
    settings = load_settings({"ISSUER_DATABASE_URL": "postgresql://db/register"})

    assert settings.database == "postgresql://db/register"


def test_every_fault_is_reported_at_once() -> None:
    environ = {
        "ISSUER_PORT": "0",
        "ISSUER_BATCH_SIZE": "many",
        "ISSUER_BASE_URL": "http://permits.example",
        "ISSUER_STATUS_TTL": "300",  # forgotten unit
        "OTHER_PORT": "not ours",
    }

    with pytest.raises(SettingsError) as caught:
        load_settings(environ)

    for name in ("ISSUER_PORT", "ISSUER_BATCH_SIZE", "ISSUER_BASE_URL", "ISSUER_STATUS_TTL "):
        assert name in str(caught.value)
    assert "OTHER_PORT" not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://permits.example",
        "https://permits.example:8443",
        "http://127.0.0.1:8101",
        "http://[::1]:8101",
        "http://localhost",
    ],
)
def test_a_base_url_is_https_or_stays_on_the_machine(base_url: str) -> None:
    assert load_settings({"ISSUER_BASE_URL": base_url}).base_url == base_url


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("http://permits.example", "plain http to another machine"),
        ("http://localhost.example", "only looks like loopback"),
        ("https://permits.example/", "a trailing slash doubles in every identifier"),
        ("https://permits.example/zj", "a path moves the well-known documents"),
        ("https://permits.example?x=1", "identifiers have no query"),
        ("https://user@permits.example", "identifiers name no user"),
        ("permits.example", "no scheme"),
    ],
)
def test_other_base_urls_are_refused(base_url: str, reason: str) -> None:
    with pytest.raises(SettingsError, match="ISSUER_BASE_URL"):
        load_settings({"ISSUER_BASE_URL": base_url})
