"""Every concluded check is recorded once, by whatever way it came, or says that it was not."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from keys.one_time import MemoryOneTimeStore
from schemas.divisions import county
from schemas.paper_slip import pack_slip
from schemas.presentation_qr import pack
from verifier.case_details import CaseDetails, CaseDetailsError
from verifier.check_recording import CheckRecorder
from verifier.checks.freshness import ExpectedBinding
from verifier.counter_log import Entry
from verifier.counter_log_store import CounterLog
from verifier.presentation_session import SessionClosedError
from verifier.service_items import Retention, load_items
from verifier.verdict import Verdict
from verifier.verdict_report import report
from verifier.verify import Counter, Verifier

LOOK = replace(
    load_items()["identity_look"], retention=Retention.FULL, retention_days=30, asks_case=True
)
LUCHENG = Counter(county("330302"), desk="d1")
CASE = CaseDetails("A-7", "school place")
NONCE, CLIENT = "n" * 22, "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"


class Recorded:
    """A verifier with a log."""

    def __init__(self, counters: Any, folder: Path) -> None:
        self.world = counters.world
        self.log = CounterLog(folder)
        self.verifier = Verifier(
            trust=counters.trust,
            statuses=counters.statuses,
            used_codes=MemoryOneTimeStore(),
            group="test",
            recorder=CheckRecorder(self.log),
        )

    async def scan(self, text: str, case: CaseDetails = CASE) -> Verdict:
        return await self.verifier.check_code(
            text, counter=LUCHENG, item=LOOK, now=self.world.now, case=case
        )

    def entries(self) -> list[Entry]:
        now = self.world.now
        found = self.log.entries(now - timedelta(days=1), now + timedelta(days=1), now)
        return [entry for _, entry in found]

    def counted(self) -> dict[str, int]:
        day = self.world.now.date()
        return {tally.verdict: n for tally, n in self.log.tallies(day, day)}


@pytest.fixture
def recorded(counters: Any, tmp_path: Path) -> Recorded:
    return Recorded(counters, tmp_path / "log")


async def test_a_scan_is_recorded_with_its_case(recorded: Recorded) -> None:
    code = pack(recorded.world.present())

    verdict = await recorded.scan(code)
    again = await recorded.scan(code)

    first, second = recorded.entries()
    assert (verdict.kind, again.reason) == ("accepted", "replayed")
    assert (first.verdict, second.verdict, second.reason) == ("accepted", "refused", "replayed")
    assert first.details is not None
    assert second.details is not None
    assert (first.details.case_number, first.details.purpose) == (CASE.number, CASE.purpose)
    assert first.details.shown == code
    assert first.details.claims == verdict.claims
    assert first.details.permit == f"{recorded.world.lucheng.status_uri}#4711"
    assert second.details.shown == ""
    assert second.details.permit == first.details.permit, "so that misuse can be followed up"
    assert (first.desk, recorded.counted()) == ("d1", {"accepted": 1, "refused": 1})


async def test_an_answer_of_a_wallet_is_recorded_too(recorded: Recorded) -> None:
    presentation = recorded.world.present(aud=CLIENT, nonce=NONCE)

    await recorded.verifier.verify_presentation(
        presentation,
        expected=ExpectedBinding(CLIENT, NONCE),
        counter=LUCHENG,
        item=LOOK,
        now=recorded.world.now,
        case=CASE,
    )

    (entry,) = recorded.entries()
    assert entry.details is not None
    assert entry.details.shown == presentation


async def test_who_loses_a_race_leaves_no_record(recorded: Recorded) -> None:
    async def lost() -> None:
        raise SessionClosedError("this request has been answered")

    with pytest.raises(SessionClosedError):
        await recorded.verifier.verify_presentation(
            recorded.world.present(aud=CLIENT, nonce=NONCE),
            expected=ExpectedBinding(CLIENT, NONCE),
            counter=LUCHENG,
            item=LOOK,
            now=recorded.world.now,
            case=CASE,
            settle=lost,
        )

    assert recorded.counted() == {}


async def test_a_slip_is_recorded_as_one(recorded: Recorded) -> None:
    await recorded.scan(pack_slip(recorded.world.slip()))

    (entry,) = recorded.entries()
    assert entry.details is not None
    assert entry.details.on_paper is True


async def test_what_is_no_permits_code_was_no_check(recorded: Recorded) -> None:
    for text in ("https://example.org/menu", "ZJ1:ABC", ""):
        await recorded.scan(text)

    assert (recorded.entries(), recorded.counted()) == ([], {})


@pytest.mark.parametrize(
    "case", [CaseDetails(), CaseDetails("A-7", ""), CaseDetails("", "why"), CaseDetails("a\n", "b")]
)
async def test_without_the_case_nothing_is_read(recorded: Recorded, case: CaseDetails) -> None:
    code = pack(recorded.world.present())
    if case.number == "a\n":
        await recorded.scan(code, case)  # spaces around it are taken off
        return

    with pytest.raises(CaseDetailsError, match="case number and purpose"):
        await recorded.scan(code, case)
    assert recorded.counted() == {}
    assert (await recorded.scan(code)).kind == "accepted", "the code was not spent"


async def test_a_verdict_stands_though_it_is_not_recorded(
    counters: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "log").write_bytes(b"")
    recorded = Recorded(counters, tmp_path / "log")

    with caplog.at_level(logging.ERROR):
        verdict = await recorded.scan(pack(recorded.world.present()))

    assert (verdict.kind, verdict.log_failed) == ("accepted", "log_unavailable")
    told = report(verdict)["log_failed"]
    assert told["code"] == "log_unavailable"
    assert "by hand" in told["en"]
    assert "手工登记" in told["zh"]
    assert "not recorded: log_unavailable" in caplog.text
    for value in (*map(str, verdict.claims.values()), CASE.number, CASE.purpose):
        assert value not in caplog.text


async def test_without_a_log_the_verdict_is_all(counters: Any) -> None:
    code = pack(counters.world.present())
    item = load_items()["identity_look"]

    verdict = await counters.verifier.check_code(
        code, counter=LUCHENG, item=item, now=counters.world.now
    )

    assert (verdict.kind, verdict.log_failed) == ("accepted", None)
