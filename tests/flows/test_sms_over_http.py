"""Text messages to a real gateway: one that fails, one that is late, and a sender that is killed.

Whatever happens, each resident gets each message at least once, and the gateway sees one key a
message, by which it can take each once.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from signal import SIGKILL

import msgspec
import pytest
from msgspec.structs import replace

from issuer import sms_http
from issuer.outbox import FIRST_PAUSE_S, LEASE_S, Outbox, Sent
from issuer.outbox_storage import MessageState
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.sms_http import HttpSmsSender
from issuer.storage import IssuerStorage, Notice
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

ROOT = Path(__file__).parents[2]
LUCHENG = "330302"
PHONE, TOKEN = "13800138000", "gateway-token"
MESSAGES = 13
SHORT_TIMEOUT_S = 0.3


class Gateway(ThreadingHTTPServer):
    """Takes each key once, however often it comes; a test says how it answers each try."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tries: Counter[str] = Counter()
        self.texts: dict[str, str] = {}
        self.strangers = 0
        self.lock = threading.Lock()
        self.answer: Callable[[int, int], int] = lambda _all, _own: 200
        self.late_s: Callable[[int], float] = lambda _all: 0
        self.url = f"http://127.0.0.1:{self.server_port}/sms"

    @property
    def all(self) -> int:
        return self.tries.total()


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        with self.server.lock:
            self.server.strangers += self.headers["Authorization"] != f"Bearer {TOKEN}"
            self.server.tries[key] += 1
            status = self.server.answer(self.server.all, self.server.tries[key])
            if status == 200:
                # Taken, whether or not the answer is heard.
                assert self.server.texts.setdefault(key, body["text"]) == body["text"]
                assert body["phone"] == PHONE
            late_s = self.server.late_s(self.server.all)
        time.sleep(late_s)
        try:
            self.send_response(status)
            self.end_headers()
        except BrokenPipeError:
            pass  # the sender is dead, which is what this is about

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is for what went wrong."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def environ(gateway: Gateway, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "clock").write_text("0")
    return {
        **os.environ,
        "ISSUER_STATE_DIR": str(tmp_path),
        "ISSUER_CLOCK_FILE": str(tmp_path / "clock"),
        "ISSUER_SMS_URL": gateway.url,
        "ISSUER_SMS_TOKEN_FILE": str(tmp_path / "token"),
    }


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[IssuerStorage]:
    """A register with permits, a telephone number, and a notice about each permit."""
    opened = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    day, now = date(2026, 11, 23), datetime.now(UTC)
    resident = Resident(
        name="示范",
        citizen_id_number="430000198506160017",
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        registered_address="示范路9号",
        portrait=b"\xff\xd8\xff",
    )
    permit = grant(
        number="",
        county=LUCHENG,
        resident=resident,
        residence_address="示范路9号",
        registered_on=day,
        on=day,
        by="li-3",
    )
    with opened.transaction() as tx:
        tx.put_contact(resident.citizen_id_number, PHONE)
        for count in range(MESSAGES):
            number = f"ZJ3303022026{count:07d}X"
            tx.add_permit(replace(permit, number=number))
            params = {"usable_through": (day + timedelta(days=count)).isoformat()}
            tx.add_notice(Notice(number, LUCHENG, "endorsed", now, params))
    yield opened
    opened.close()


def send(environ: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "issuer", "notices", "send"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def later(environ: dict[str, str], seconds: int) -> None:
    clock = Path(environ["ISSUER_CLOCK_FILE"])
    clock.write_text(str(int(clock.read_text()) + seconds))


def states(storage: IssuerStorage) -> Counter[str]:
    with storage.reading() as register:
        return Counter(message.state.value for message in register.messages(limit=99))


def test_a_sender_killed_at_any_message_loses_none_and_makes_up_no_key(
    gateway: Gateway, environ: dict[str, str], storage: IssuerStorage
) -> None:
    kills = 0
    while states(storage)[MessageState.SENT] < MESSAGES and kills < 20:
        victim: list[subprocess.Popen[str]] = []
        doomed = gateway.all + 5
        started = threading.Event()

        def kill_at(
            total: int,
            _own: int,
            *,
            doomed: int = doomed,
            victim: list["subprocess.Popen[str]"] = victim,
            started: threading.Event = started,
        ) -> int:
            if total == doomed:
                started.wait()
                os.kill(victim[0].pid, SIGKILL)
            return 200

        gateway.answer = kill_at
        victim.append(send(environ))
        started.set()
        output, _ = victim[0].communicate(timeout=60)
        kills += victim[0].returncode == -SIGKILL
        assert victim[0].returncode in (0, -SIGKILL), output
        assert PHONE not in output
        assert TOKEN not in output
        # What the dead one had taken is free again when its time is over.
        later(environ, LEASE_S)

    with storage.reading() as register:
        ids = {message.id for message in register.messages(limit=99)}
    assert kills >= 3
    assert states(storage) == {"sent": MESSAGES}
    assert set(gateway.texts) == ids, "each at least once, under its own key and no other"
    assert len(set(gateway.texts.values())) == MESSAGES
    assert gateway.strangers == 0


def test_a_gateway_that_fails_at_first_gets_every_message_in_the_end(
    gateway: Gateway, storage: IssuerStorage
) -> None:
    gateway.answer = lambda _all, own: {1: 500, 2: 503}.get(own, 200)
    now, said = [datetime.now(UTC)], []
    with closing(HttpSmsSender(gateway.url, token=TOKEN)) as sender:
        outbox = Outbox(storage, sender, lambda: now[0])
        for _ in range(3):
            said.append(outbox.send_due())
            now[0] += timedelta(hours=1)

    assert said == [Sent(delayed=MESSAGES), Sent(delayed=MESSAGES), Sent(count=MESSAGES)]
    assert set(gateway.tries.values()) == {3}
    assert len(gateway.texts) == MESSAGES


def test_two_senders_at_once_share_the_work(
    gateway: Gateway, environ: dict[str, str], storage: IssuerStorage
) -> None:
    senders = [send(environ), send(environ)]
    for sender in senders:
        assert sender.wait(timeout=60) == 0
        assert sender.stdout is not None
        sender.stdout.close()

    assert states(storage) == {"sent": MESSAGES}
    assert set(gateway.tries.values()) == {1}, "nothing was sent twice without need"


def test_a_message_whose_answer_came_too_late_is_sent_again_under_its_key(
    gateway: Gateway, storage: IssuerStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.late_s = lambda total: 3 * SHORT_TIMEOUT_S if total == 1 else 0
    monkeypatch.setattr(sms_http, "TIMEOUT_S", SHORT_TIMEOUT_S)
    now = [datetime.now(UTC)]
    with closing(HttpSmsSender(gateway.url, token=TOKEN)) as sender:
        outbox = Outbox(storage, sender, lambda: now[0])
        first = outbox.send_due()
        now[0] += timedelta(seconds=FIRST_PAUSE_S)
        second = outbox.send_due()

    assert (first, second) == (Sent(count=MESSAGES - 1, delayed=1), Sent(count=1))
    assert sorted(gateway.tries.values()) == [1] * (MESSAGES - 1) + [2]
    assert len(gateway.texts) == MESSAGES, "the late one was taken at once, and is taken once"
