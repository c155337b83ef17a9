"""What is written durably: whole, for its owner only, and replaced in one step."""

import stat
from pathlib import Path

import pytest

from keys.durable_file import write_durably


def test_a_half_written_draft_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half of something longer")

    write_durably(tmp_path / "file", b"whole")

    assert (tmp_path / "file").read_bytes() == b"whole"
    assert not (tmp_path / "file.new").exists()


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"secret")

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_until_the_new_is_on_disk_the_old_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_durably(tmp_path / "file", b"old")

    def disk_full(_: int) -> None:
        assert (tmp_path / "file").read_bytes() == b"old"
        raise OSError("no space left")

    monkeypatch.setattr("keys.durable_file.os.fsync", disk_full)
    with pytest.raises(OSError, match="no space"):
        write_durably(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"
