"""The contract of SmsSender, run against every way out."""

import json
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest

from issuer.phone_numbers import masked
from issuer.sms import (
    ConsoleSmsSender,
    FileSmsSender,
    SmsDelayedError,
    SmsMessage,
    SmsRefusedError,
    SmsSender,
)
from issuer.sms_http import HttpSmsSender

FIRST = SmsMessage("0" * 32, "13800138000", "您的居住证已签注。\nEndorsed.")
SECOND = SmsMessage("1" * 32, "13900139000", "您的居住证已恢复使用。")

Way = tuple[SmsSender, Callable[[], str]]


class Gateway(BaseHTTPRequestHandler):
    """Takes everything, and writes down what came."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(body.decode("utf-8"))  # type: ignore[attr-defined]
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: tests read what is said on the terminal."""


@contextmanager
def gateway() -> Iterator[tuple[str, list[str]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    seen: list[str] = []
    server.seen = seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sms", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["console", "file", "http"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "console":
        stream = StringIO()
        yield ConsoleSmsSender(stream), stream.getvalue
    elif request.param == "file":
        path = tmp_path / "sms.jsonl"
        yield FileSmsSender(path), lambda: path.read_text(encoding="utf-8")
    else:
        with gateway() as (url, seen):
            sender = HttpSmsSender(url)
            yield sender, lambda: "\n".join(seen)
            sender.close()


def test_what_was_handed_over_arrives_in_order(way: Way) -> None:
    sender, arrived = way
    sender.send(FIRST)
    sender.send(SECOND)

    said = arrived()
    assert said.index("已签注") < said.index("已恢复")
    assert "Endorsed." in said


def test_the_same_message_may_be_handed_over_again(way: Way) -> None:
    sender, arrived = way
    sender.send(FIRST)
    sender.send(FIRST)

    assert "已签注" in arrived()


def test_only_what_goes_to_people_carries_the_number(way: Way) -> None:
    sender, arrived = way
    sender.send(FIRST)

    if isinstance(sender, ConsoleSmsSender):
        assert FIRST.phone not in arrived()
        assert arrived() == "SMS 138****8000: 您的居住证已签注。 / Endorsed.\n"
    else:
        assert json.loads(arrived()) == {
            "id": FIRST.id,
            "phone": FIRST.phone,
            "text": FIRST.text,
        }


def test_closing_twice_does_no_harm(way: Way) -> None:
    way[0].close()
    way[0].close()


def test_the_file_is_for_this_service_alone(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    sender = FileSmsSender(path)
    sender.send(FIRST)
    sender.send(SECOND)

    assert path.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [
        FIRST.id,
        SECOND.id,
    ]


def test_a_file_that_cannot_be_written_delays(tmp_path: Path) -> None:
    with pytest.raises(SmsDelayedError) as raised:
        FileSmsSender(tmp_path).send(FIRST)

    assert raised.value.reason == "file_not_written"


def test_a_line_that_a_full_disk_cut_off_is_no_message_and_spoils_none(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    sender = FileSmsSender(path)
    sender.send(FIRST)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
    try:
        with pytest.raises(SmsDelayedError) as raised:
            sender.send(SECOND)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    sender.send(SECOND)

    first, cut_off, second = path.read_text(encoding="utf-8").splitlines()
    assert raised.value.reason == "file_not_written"
    assert [json.loads(line)["id"] for line in (first, second)] == [FIRST.id, SECOND.id]
    assert len(cut_off) == 10


@pytest.mark.parametrize(
    "error",
    [SmsDelayedError("d", reason="timeout", again_in_s=5), SmsRefusedError("d", reason="http_422")],
)
def test_errors_carry_a_code_and_no_number(error: SmsDelayedError | SmsRefusedError) -> None:
    assert error.reason in ("timeout", "http_422")
    assert error.code in ("sms_delayed", "sms_refused")
    assert masked(FIRST.phone) not in str(error)


def test_the_terminal_is_left_open() -> None:
    ConsoleSmsSender(sys.stderr).close()

    assert not sys.stderr.closed
