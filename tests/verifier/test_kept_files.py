"""Files that survive a restart whole."""

from pathlib import Path

import pytest

from verifier.kept_files import read_kept, write_kept


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "list"

    write_kept(path, b"old")
    write_kept(path, b"new")

    assert read_kept(path, max_bytes=3) == b"new"
    assert [entry.name for entry in path.parent.iterdir()] == ["list"]  # nothing left behind


def test_no_file_and_too_long_a_file_are_nothing(tmp_path: Path) -> None:
    write_kept(tmp_path / "list", b"1234")

    assert read_kept(tmp_path / "other", max_bytes=3) is None
    assert read_kept(tmp_path / "list", max_bytes=3) is None


def test_a_failed_write_leaves_the_old(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.mkdir()  # cannot be replaced by a file

    with pytest.raises(OSError, match="directory"):
        write_kept(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["list"]
