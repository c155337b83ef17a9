"""The log on disk: sealed, shared, counted, and what was purged is in no byte of it."""

import base64
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from verifier.counter_log import Details, Entry, Tally
from verifier.counter_log_key import KEY_FILE, LogDiskFullError, LogError
from verifier.counter_log_store import LOG_FILE, CounterLog
from verifier.service_items import Retention

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
NAME, CASE, SHOWN = "买买提·示范", "CASE-4711-B", "ZJ1:SHOWN-TO-US"
DETAILS = Details(case_number=CASE, claims={"name": NAME}, shown=SHOWN)


def entry(**changes: Any) -> Entry:
    members: dict[str, Any] = {
        "at": NOW,
        "county": "330302",
        "desk": "d1",
        "item": "identity_look",
        "verdict": "accepted",
        "reason": None,
        "retention": Retention.FULL,
        "expires_at": NOW + timedelta(days=30),
        "details": DETAILS,
    }
    return Entry(**members | changes)


def tally(**changes: Any) -> Tally:
    members: dict[str, Any] = {
        "day": TODAY,
        "county": "330302",
        "desk": "d1",
        "item": "identity_look",
        "verdict": "accepted",
    }
    return Tally(**members | changes)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CounterLog]:
    made = CounterLog(tmp_path / "log")
    yield made
    made.close()


def found(log: CounterLog, now: datetime = NOW) -> list[Entry]:
    day = timedelta(days=1)
    return [entry for _, entry in log.entries(NOW - day, NOW + day, now)]


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_appended_is_found_again(log: CounterLog, tmp_path: Path) -> None:
    kept = [entry(), entry(at=NOW + timedelta(hours=1), verdict="refused", reason="revoked")]
    for each in kept:
        log.append(each, tally())
    log.close()

    assert found(log) == kept
    assert found(CounterLog(tmp_path / "log")) == kept
    assert log.entries(NOW + timedelta(seconds=1), NOW + timedelta(hours=1), NOW) == []
    (first, _), (second, _) = log.entries(NOW, NOW + timedelta(days=1), NOW)
    assert (log.entry(first, NOW), log.entry(second, NOW)) == (kept[0], kept[1])
    assert log.entry(second + 1, NOW) is None


def test_every_check_is_counted_with_an_entry_or_without(log: CounterLog) -> None:
    log.append(entry(), tally())
    log.append(None, tally())
    log.append(None, tally(verdict="refused"))
    log.append(None, tally(day=TODAY + timedelta(days=1)))

    assert log.tallies(TODAY, TODAY) == [(tally(), 2), (tally(verdict="refused"), 1)]
    assert len(found(log)) == 1


def test_nothing_about_a_person_is_on_disk_in_clear(log: CounterLog, tmp_path: Path) -> None:
    log.append(entry(), tally())

    data = all_bytes(tmp_path)
    assert b"identity_look" in data
    for text in (NAME, CASE, SHOWN):
        plain = text.encode()
        for written in (plain, text.encode("utf-16-le"), base64.b64encode(plain).rstrip(b"=")):
            assert written not in data


def test_files_are_for_their_owner_only(log: CounterLog, tmp_path: Path) -> None:
    log.append(entry(), tally())

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "log").iterdir()}
    assert modes == {LOG_FILE: 0o600, KEY_FILE: 0o600}


def sealed_blobs(folder: Path) -> list[bytes]:
    connection = sqlite3.connect(folder / LOG_FILE)
    try:
        return [blob for (blob,) in connection.execute("SELECT sealed FROM entry")]
    finally:
        connection.close()


def test_what_was_purged_is_in_no_byte(log: CounterLog, tmp_path: Path) -> None:
    marks = [f"mark-{number:04}" for number in range(60)]
    for number, mark in enumerate(marks):
        days = 1 if number % 2 else 90
        log.append(entry(desk=mark, expires_at=NOW + timedelta(days=days)), tally(desk="-"))
    before = sealed_blobs(tmp_path / "log")
    size = (tmp_path / "log" / LOG_FILE).stat().st_size

    gone = log.purge(NOW + timedelta(days=1))

    data = all_bytes(tmp_path)
    assert gone == 30
    assert [mark.encode() in data for mark in marks] == [n % 2 == 0 for n in range(60)]
    assert [blob[:64] in data for blob in before] == [n % 2 == 0 for n in range(60)]
    assert (tmp_path / "log" / LOG_FILE).stat().st_size < size
    assert log.purge(NOW + timedelta(days=1)) == 0
    assert log.tallies(TODAY, TODAY) == [(tally(desk="-"), 60)], "numbers are about nobody"


def test_deleting_alone_overwrites(log: CounterLog, tmp_path: Path) -> None:
    """Should there be no room to write the file anew."""
    log.append(entry(desk="mark-of-one"), tally(desk="-"))
    assert b"mark-of-one" in all_bytes(tmp_path)
    assert log._connection is not None

    log._connection.execute("DELETE FROM entry")

    assert b"mark-of-one" not in all_bytes(tmp_path)


def test_what_has_expired_is_not_shown_even_before_the_purge(log: CounterLog) -> None:
    log.append(entry(), tally())
    end = NOW + timedelta(days=30)

    assert len(found(log, end - timedelta(seconds=1))) == 1
    assert found(log, end) == []
    ((number, _),) = log.entries(NOW, end, NOW)
    assert log.entry(number, end) is None


def test_processes_share_it(log: CounterLog, tmp_path: Path) -> None:
    others = [CounterLog(tmp_path / "log") for _ in range(4)]

    def work(other: CounterLog) -> None:
        for _ in range(10):
            other.append(entry(), tally())

    threads = [threading.Thread(target=work, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.tallies(TODAY, TODAY) == [(tally(), 40)]
    assert len(found(log)) == 40, "all sealed with one key"
    for other in others:
        other.close()


@contextmanager
def full_disk(free: int) -> Iterator[None]:
    """No file may become longer than ``free`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_keeps_both_or_neither(log: CounterLog, tmp_path: Path) -> None:
    log.append(entry(), tally())
    size = (tmp_path / "log" / LOG_FILE).stat().st_size
    large = entry(details=Details(shown="x" * 100_000))

    with full_disk(size + 512), pytest.raises(LogError):
        log.append(large, tally())

    assert found(log) == [entry()]
    assert log.tallies(TODAY, TODAY) == [(tally(), 1)]
    log.append(large, tally())
    assert len(found(log)) == 2


def test_no_room_at_the_start(log: CounterLog) -> None:
    with full_disk(0), pytest.raises(LogError):
        log.append(entry(), tally())
    log.append(entry(), tally())
    assert len(found(log)) == 1


def test_a_database_without_room_is_told_as_such(log: CounterLog) -> None:
    log.append(entry(), tally())
    assert log._connection is not None
    (pages,) = log._connection.execute("PRAGMA page_count").fetchone()
    log._connection.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(LogDiskFullError, match="no room"):
        log.append(entry(details=Details(shown="x" * 100_000)), tally())


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"")

    with pytest.raises(LogError, match="cannot be used"):
        CounterLog(tmp_path / "log").append(None, tally())


def test_a_file_that_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / LOG_FILE).write_bytes(b"something else" * 100)

    with pytest.raises(LogError, match="log's own file"):
        CounterLog(tmp_path / "log").append(None, tally())


def test_another_key_opens_nothing_but_the_counts(log: CounterLog, tmp_path: Path) -> None:
    log.append(entry(), tally())
    (tmp_path / "log" / KEY_FILE).write_bytes(b"k" * 32)
    again = CounterLog(tmp_path / "log")

    with pytest.raises(LogError, match="another key"):
        found(again)
    assert again.tallies(TODAY, TODAY) == [(tally(), 1)]
