"""The log's key: made once, whole, and for its owner only."""

import errno
import sqlite3
from pathlib import Path

import pytest

from verifier.counter_log_key import (
    KEY_FILE,
    LogDiskFullError,
    LogError,
    LogKey,
    as_log_error,
)


def test_it_is_made_once(tmp_path: Path) -> None:
    first = LogKey(tmp_path / "log").value()

    assert len(first) == 32
    assert LogKey(tmp_path / "log").value() == first
    (only,) = (tmp_path / "log").iterdir()
    assert (only.name, only.stat().st_mode & 0o777) == (KEY_FILE, 0o600)


def test_of_two_that_make_one_the_first_counts(tmp_path: Path) -> None:
    first, second = LogKey(tmp_path), LogKey(tmp_path)
    first._make()
    second._make()

    assert first.value() == second.value()
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")

    with pytest.raises(LogError, match="no key"):
        LogKey(tmp_path).value()
    assert (tmp_path / KEY_FILE).read_bytes() == b"short"


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(errno.ENOSPC, "full"), LogDiskFullError),
        (OSError(errno.EDQUOT, "quota"), LogDiskFullError),
        (OSError(errno.EACCES, "denied"), LogError),
        (sqlite3.OperationalError("locked"), LogError),
    ],
)
def test_what_the_disk_says_in_words_of_ours(raised: Exception, expected: type[LogError]) -> None:
    with pytest.raises(LogError) as told, as_log_error():
        raise raised

    assert type(told.value) is expected
    assert told.value.remedy
