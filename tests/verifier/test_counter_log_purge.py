"""The purge comes by itself, and comes again after a failure."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verifier.counter_log import Entry, Tally
from verifier.counter_log_purge import HourlyPurge
from verifier.counter_log_store import CounterLog
from verifier.service_items import Retention

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def filled(folder: Path) -> CounterLog:
    log = CounterLog(folder)
    entry = Entry(
        at=NOW,
        county="330302",
        desk="",
        item="identity_look",
        verdict="accepted",
        reason=None,
        retention=Retention.VERDICT,
        expires_at=NOW + timedelta(days=1),
    )
    tally = Tally(day=NOW.date(), county="330302", desk="", item="i", verdict="accepted")
    log.append(entry, tally)
    return log


async def test_it_deletes_what_has_expired(tmp_path: Path) -> None:
    log = filled(tmp_path / "log")

    assert await HourlyPurge(log, lambda: NOW).once() == 0
    assert await HourlyPurge(log, lambda: NOW + timedelta(days=1)).once() == 1


async def test_a_failure_is_told_and_not_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "log").write_bytes(b"")
    purge = HourlyPurge(CounterLog(tmp_path / "log"), lambda: NOW, every_s=0)

    with caplog.at_level(logging.ERROR):
        running = asyncio.create_task(purge.run())
        async with asyncio.timeout(10):
            while caplog.text.count("log_unavailable") < 2:
                await asyncio.sleep(0.01)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
