"""Jobs beside the service: each on its own, again and again, and over when the service is."""

import asyncio
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from issuer.audit_log import Act
from issuer.background_jobs import AN_HOUR, BackgroundJobs, _Seldom, build_jobs
from issuer.errors import StorageError
from issuer.issuance_errors import NotReadyError
from issuer.permit import Permit
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from keys.county_keys import load_county_keys
from keys.province import Province

LUCHENG = "330302"
AT = datetime(2027, 11, 16, 4, 0, tzinfo=UTC)
"""A week before the permit of the fixtures can no longer be used."""


class Counted:
    """A job that does what a test says, and counts its turns."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self._outcomes = list(outcomes)
        self.turns = 0

    def __call__(self) -> bool:
        self.turns += 1
        outcome = self._outcomes.pop(0) if self._outcomes else False
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_each_job_runs_again_and_again_until_the_end() -> None:
    first, second, closed = Counted(), Counted(), []
    jobs = BackgroundJobs(
        {"first": first, "second": second}, every_s=0.01, close=lambda: closed.append(True)
    )
    async with jobs.running():
        await until(lambda: min(first.turns, second.turns) >= 3)
        assert closed == []
    turns = first.turns
    await asyncio.sleep(0.05)

    assert first.turns == turns
    assert closed == [True]


async def test_more_to_do_is_done_without_a_rest() -> None:
    job = Counted(*[True] * 9)
    async with BackgroundJobs({"job": job}, every_s=3_600, close=lambda: None).running():
        await until(lambda: job.turns == 10)


async def test_one_that_fails_is_told_by_its_code_and_stops_neither_itself_nor_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = Counted(StorageError("the register cannot be used"), ValueError("of a mistake"))
    other = Counted()
    jobs = BackgroundJobs({"failing": failing, "other": other}, every_s=0.01, close=lambda: None)
    with caplog.at_level(logging.WARNING):
        async with jobs.running():
            await until(lambda: min(failing.turns, other.turns) >= 4)

    said = [record.getMessage() for record in caplog.records if record.name == "issuer"]
    assert said == [
        "job failing: storage_failed: the register cannot be used",
        "job failing failed, and will be tried again",
    ]
    assert "ValueError: of a mistake" in caplog.text


async def test_a_turn_that_has_begun_comes_to_its_end_before_things_are_closed() -> None:
    order: list[str] = []
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow() -> bool:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run(asyncio.sleep(0.05))
        order.append("turn over")
        return False

    jobs = BackgroundJobs({"slow": slow}, every_s=1, close=lambda: order.append("closed"))
    async with jobs.running():
        await begun.wait()

    assert order == ["turn over", "closed"]


async def test_what_the_service_does_by_itself(
    storage: IssuerStorage, permit: Permit, tmp_path: Path
) -> None:
    Province(tmp_path / "keys").initialise(
        issuer_url="http://127.0.0.1:8101",
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:8102",
        now=AT - timedelta(days=1),
    )
    keys = load_county_keys(tmp_path / "keys", base_url="http://127.0.0.1:8101", county=LUCHENG)
    with storage.transaction() as tx:
        tx.put_contact(permit.resident.citizen_id_number, "13800138000")
        tx.record(Act(LUCHENG, AT, "li-3", "look", permit.number))
    settings = Settings(sms_file=str(tmp_path / "sms.jsonl"), jobs_every_s=1)
    jobs = build_jobs(storage, {LUCHENG: keys}, lambda: AT, settings)
    async with jobs.running():
        await until((tmp_path / "sms.jsonl").exists)

    (line,) = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"].startswith("您的居住证可使用至2027-11-23")
    with storage.reading() as register:
        (head,) = register.audit_heads(LUCHENG)
    assert (head.sequence, head.day) == (1, date(2027, 11, 16))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2027, 11, 15, 23, 59, tzinfo=UTC), False),  # a minute to eight in Shanghai
        (datetime(2027, 11, 16, 0, 0, tzinfo=UTC), True),
        (datetime(2027, 11, 16, 12, 59, tzinfo=UTC), True),
        (datetime(2027, 11, 16, 13, 0, tzinfo=UTC), False),
    ],
    ids=["before eight", "eight", "before nine in the evening", "nine"],
)
async def test_nobody_is_woken_by_a_reminder(
    storage: IssuerStorage, permit: Permit, tmp_path: Path, at: datetime, told: bool
) -> None:
    turns = Counted()
    settings = Settings(sms_file=str(tmp_path / "sms.jsonl"), state_dir=str(tmp_path))
    jobs = build_jobs(storage, {}, lambda: at, settings)
    jobs._jobs["last"] = turns
    async with jobs.running():
        await until(lambda: turns.turns)

    with storage.reading() as register:
        assert bool(register.notices(permit.number)) == told


def test_a_job_that_goes_through_much_does_it_once_in_its_time() -> None:
    now, job = [AT], Counted()
    seldom = _Seldom(job, lambda: now[0], every=AN_HOUR)
    turns = []
    for minutes in (0, 1, 59, 60, 61, 119, 120, 0, 1, 60):  # back in between, as clocks may be
        now[0] = AT + timedelta(minutes=minutes)
        assert seldom() is False
        turns.append(job.turns)

    assert turns == [1, 1, 1, 2, 2, 2, 3, 4, 4, 5]


def test_a_job_that_failed_is_done_again_at_once() -> None:
    job = Counted(StorageError("busy"))
    seldom = _Seldom(job, lambda: AT, every=AN_HOUR)

    with pytest.raises(StorageError):
        seldom()
    seldom()
    assert job.turns == 2


async def test_slow_jobs_leave_requests_their_threads() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    begun, over = threading.Event(), threading.Event()

    def slow() -> bool:
        begun.set()
        over.wait(10)
        return False

    async with BackgroundJobs({"slow": slow}, every_s=1, close=lambda: None).running():
        try:
            await until(begun.is_set)
            async with asyncio.timeout(5):
                assert await asyncio.to_thread(lambda: "answered") == "answered"
        finally:
            over.set()


@pytest.mark.parametrize(
    ("settings", "warned"),
    [(Settings(), True), (Settings(allow_demo_ids=True), False), (Settings(sms_file="x"), False)],
    ids=["nothing set", "a demonstration", "a file"],
)
def test_messages_that_reach_nobody_are_told_of_at_the_start(
    storage: IssuerStorage, caplog: pytest.LogCaptureFixture, settings: Settings, warned: bool
) -> None:
    build_jobs(storage, {}, lambda: AT, settings)

    assert ("no SMS gateway is set" in caplog.text) == warned


def test_a_gateway_that_is_not_set_up_right_is_told_at_the_start(
    storage: IssuerStorage, tmp_path: Path
) -> None:
    settings = Settings(sms_url="https://g.example", sms_token_file=str(tmp_path / "missing"))

    with pytest.raises(NotReadyError):
        build_jobs(storage, {}, lambda: AT, settings)


async def test_files_that_nothing_names_are_let_go(storage: IssuerStorage, tmp_path: Path) -> None:
    stray = tmp_path / "documents" / "ab" / f"{'ab' * 32}.pdf"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"%PDF")
    settings = Settings(
        documents_dir=str(tmp_path / "documents"),
        sms_file=str(tmp_path / "sms.jsonl"),
        jobs_every_s=1,
        auto_endorse=True,
    )
    async with build_jobs(storage, {}, lambda: AT, settings).running():
        await until(lambda: not stray.exists())
