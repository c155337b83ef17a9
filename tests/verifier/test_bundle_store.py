"""What is on disk: verified at every start, replaced whole, and never an older one."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from verifier.bundle_delta import delta_of
from verifier.bundle_errors import (
    BundleBaseMissingError,
    BundleError,
    BundleForeignError,
    BundleNotKeptError,
    BundleOutdatedError,
    NoBundleError,
)
from verifier.bundle_store import BUNDLE_FILE, RECENT, SEQUENCE_FILE, BundleStore


class Series:
    """A store over one folder, and bundles made one second after another."""

    def __init__(self, bundles: Any, directory: Path) -> None:
        self.bundles = bundles
        self.directory = directory
        self.now = bundles.world.now + timedelta(minutes=1)
        self.store = self.restarted()

    def restarted(self) -> BundleStore:
        self.store = BundleStore(self.directory, root=self.bundles.world.root)
        return self.store

    def made(self, second: int = 0) -> bytes:
        data: bytes = self.bundles.bundle(now=self.bundles.world.now + timedelta(seconds=second))
        return data


@pytest.fixture
def series(bundles: Any, tmp_path: Path) -> Series:
    return Series(bundles, tmp_path / "bundle")


@contextmanager
def full_disk(free: int) -> Iterator[None]:
    """No file may become longer than ``free`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_was_taken_is_there_after_a_restart(series: Series) -> None:
    taken = series.store.take(series.made(), series.now)
    again = series.restarted()

    assert again.held is None
    assert again.take_up(series.now) is True
    assert again.held == taken
    assert again.take_up(series.now) is False, "the same file is not read twice"


def test_none_is_held_before_the_first(series: Series) -> None:
    assert series.store.take_up(series.now) is False
    with pytest.raises(NoBundleError, match="holds no counter bundle"):
        series.store.current()


def test_the_same_again_is_no_fault(series: Series) -> None:
    data = series.made()

    assert series.store.take(data, series.now) == series.store.take(data, series.now)


@pytest.mark.parametrize("restart", [False, True])
def test_no_older_one_is_taken(series: Series, restart: bool) -> None:
    old, new = series.made(), series.made(1)
    series.store.take(new, series.now)
    if restart:
        series.restarted()

    with pytest.raises(BundleOutdatedError):
        series.store.take(old, series.now)
    assert series.store.current().whole() == new
    assert (series.directory / BUNDLE_FILE).read_bytes() == new


def test_not_even_a_spoilt_file_lets_an_older_one_in(
    series: Series, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = series.made(), series.made(1)
    series.store.take(new, series.now)
    (series.directory / BUNDLE_FILE).write_bytes(new[:-40])
    again = series.restarted()

    with caplog.at_level(logging.ERROR):
        assert again.take_up(series.now) is False
    assert "bundle_truncated" in caplog.text
    with pytest.raises(BundleOutdatedError, match="taken here before"):
        again.take(old, series.now)
    assert again.take(new, series.now).whole() == new


def test_an_older_file_put_in_its_place_is_not_taken_up(series: Series) -> None:
    old, new = series.made(), series.made(1)
    series.store.take(new, series.now)
    (series.directory / BUNDLE_FILE).write_bytes(old)

    assert series.store.take_up(series.now) is False
    assert series.restarted().take_up(series.now) is False
    assert series.store.held is None


def test_what_another_process_took_is_seen(series: Series) -> None:
    series.store.take(series.made(), series.now)
    other = BundleStore(series.directory, root=series.bundles.world.root)
    other.take(series.made(1), series.now)

    assert series.store.take_up(series.now) is True
    assert series.store.current().whole() == other.current().whole()


def test_a_full_disk_loses_nothing(series: Series) -> None:
    old, new = series.made(), series.made(1)
    series.store.take(old, series.now)

    with full_disk(len(new) // 2), pytest.raises(BundleNotKeptError) as refused:
        series.store.take(new, series.now)

    assert "Make room" in refused.value.remedy
    assert series.store.current().whole() == old
    assert {path.name for path in series.directory.iterdir()} == {
        BUNDLE_FILE,
        SEQUENCE_FILE,
        "counter.lock",
    }
    assert series.restarted().take_up(series.now) is True
    assert series.store.take(new, series.now).whole() == new


def test_a_folder_that_cannot_be_made(series: Series) -> None:
    series.directory.write_bytes(b"")

    with pytest.raises(BundleNotKeptError):
        series.store.take(series.made(), series.now)


def test_a_number_that_is_none_counts_as_none(series: Series) -> None:
    series.store.take(series.made(), series.now)
    (series.directory / SEQUENCE_FILE).write_bytes(b"many")

    assert series.restarted().highest_sequence() == 0


@pytest.mark.parametrize("at", [0, 100, -2])
def test_a_changed_byte_leaves_the_old_one(series: Series, at: int) -> None:
    old, new = series.made(), bytearray(series.made(1))
    series.store.take(old, series.now)
    new[at] ^= 1

    with pytest.raises(BundleError):
        series.store.take(bytes(new), series.now)
    assert series.store.current().whole() == old


def test_another_provinces_bundle_leaves_the_old_one(series: Series, new_bundles: Any) -> None:
    old = series.made()
    series.store.take(old, series.now)
    foreign = new_bundles(type(series.bundles.world)()).bundle(now=series.now)

    with pytest.raises(BundleForeignError):
        series.store.take(foreign, series.now)
    assert series.store.current().whole() == old


def test_changes_are_taken_by_who_holds_what_they_build_on(series: Series) -> None:
    first = series.store.take(series.made(), series.now)
    elsewhere = BundleStore(series.directory.with_name("other"), root=series.bundles.world.root)
    second = elsewhere.take(series.made(1), series.now)
    delta = delta_of(second.signed, second.lines, first.parts)

    assert len(delta) < len(second.whole()) / 2
    assert series.store.take(delta, series.now) == second
    fresh = BundleStore(series.directory.with_name("fresh"), root=series.bundles.world.root)
    with pytest.raises(BundleBaseMissingError):
        fresh.take(delta, series.now)


def test_the_last_few_are_remembered_for_changes(series: Series) -> None:
    taken = [series.store.take(series.made(n), series.now) for n in range(RECENT + 1)]

    assert series.store.parts_of(taken[0].etag) is None
    assert series.store.parts_of(taken[1].etag) == taken[1].parts
    assert series.store.parts_of("unknown") is None
