"""Opened by the settings of the environment, and closed again whatever happens."""

from pathlib import Path

import pytest

from issuer.errors import StorageError
from issuer.opened_register import opened_register


def test_it_is_the_register_and_the_clock_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISSUER_STATE_DIR", str(tmp_path))
    with opened_register() as (settings, storage, clock), storage.transaction() as tx:
        assert tx.next_permit_serial("330302", 2026) == 1
        assert settings.state_dir == str(tmp_path)
        assert clock().tzinfo is not None

    with opened_register() as (_, storage, _), storage.transaction() as tx:
        assert tx.next_permit_serial("330302", 2026) == 2


def test_a_register_that_cannot_be_opened_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ISSUER_STATE_DIR", str(tmp_path / "file"))

    with pytest.raises(StorageError), opened_register():
        pass
