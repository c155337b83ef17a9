"""The gateway by HTTP: what is sent, what each answer means, and which way out is built."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from issuer import sms_http
from issuer.issuance_errors import NotReadyError
from issuer.settings import Settings
from issuer.sms import (
    ConsoleSmsSender,
    FileSmsSender,
    SmsDelayedError,
    SmsMessage,
    SmsRefusedError,
)
from issuer.sms_http import MAX_PAUSE_S, HttpSmsSender, build_sender
from schemas.endpoint_url import UrlError

MESSAGE = SmsMessage("0123456789abcdef" * 2, "13800138000", "您的居住证已签注。")
TOKEN = "s3cr3t-t0k3n"


class Gateway(ThreadingHTTPServer):
    """Answers as a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.headers: dict[str, str] = {}
        self.seen: list[tuple[dict[str, str], Any]] = []
        self.goes_on: threading.Event | None = None
        self.url = f"http://127.0.0.1:{self.server_port}/sms"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), msgspec.json.decode(body)))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.server.goes_on is not None:
            self.server.goes_on.wait(10)

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


def test_message_key_and_token_are_sent(gateway: Gateway) -> None:
    with closing(HttpSmsSender(gateway.url, token=TOKEN)) as sender:
        sender.send(MESSAGE)

    ((headers, body),) = gateway.seen
    assert headers["Idempotency-Key"] == MESSAGE.id
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    assert body == {"id": MESSAGE.id, "phone": MESSAGE.phone, "text": MESSAGE.text}


def test_without_a_token_none_is_sent(gateway: Gateway) -> None:
    with closing(HttpSmsSender(gateway.url)) as sender:
        sender.send(MESSAGE)

    assert "Authorization" not in gateway.seen[0][0]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_taken(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with closing(HttpSmsSender(gateway.url)) as sender:
        sender.send(MESSAGE)


def test_an_answer_without_end_is_not_waited_for(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first line says all, and a gateway may be anybody's by a wrong setting."""
    monkeypatch.setattr(sms_http, "TIMEOUT_S", 1.0)
    gateway.headers, gateway.goes_on = {"Content-Length": "1000000000"}, threading.Event()
    try:
        with closing(HttpSmsSender(gateway.url)) as sender:
            sender.send(MESSAGE)
    finally:
        gateway.goes_on.set()


@pytest.mark.parametrize("status", [400, 402, 409, 410, 413, 415, 422, 451])
def test_refused_for_good(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with (
        closing(HttpSmsSender(gateway.url)) as sender,
        pytest.raises(SmsRefusedError) as raised,
    ):
        sender.send(MESSAGE)

    assert raised.value.reason == f"http_{status}"


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 408, 425, 429, 500, 502, 503])
def test_tried_again_later(gateway: Gateway, status: int) -> None:
    gateway.status = status
    gateway.headers = {"Location": f"{gateway.url}/elsewhere"}
    with (
        closing(HttpSmsSender(gateway.url)) as sender,
        pytest.raises(SmsDelayedError) as raised,
    ):
        sender.send(MESSAGE)

    assert raised.value.reason == f"http_{status}"
    assert len(gateway.seen) == 1, "no redirect is followed, and nothing tried twice by itself"


@pytest.mark.parametrize(
    ("said", "waits_s"),
    [
        ("120", 120),
        ("999999999", MAX_PAUSE_S),
        ("-1", None),
        ("1e9", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
def test_what_the_gateway_asks_to_wait(gateway: Gateway, said: str, waits_s: int | None) -> None:
    gateway.status, gateway.headers = 503, {"Retry-After": said}
    with (
        closing(HttpSmsSender(gateway.url)) as sender,
        pytest.raises(SmsDelayedError) as raised,
    ):
        sender.send(MESSAGE)

    assert raised.value.again_in_s == waits_s


def test_nobody_there_and_nobody_answering(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_http, "TIMEOUT_S", 0.05)
    with (
        closing(HttpSmsSender("http://127.0.0.1:1/sms", token=TOKEN)) as sender,
        pytest.raises(SmsDelayedError) as not_reached,
    ):
        sender.send(MESSAGE)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/sms"
        with closing(HttpSmsSender(url)) as sender, pytest.raises(SmsDelayedError) as late:
            sender.send(MESSAGE)

    assert not_reached.value.reason == "not_reached"
    assert late.value.reason == "timeout"
    for error in (not_reached.value, late.value):
        assert MESSAGE.phone not in str(error)
        assert TOKEN not in str(error)


@pytest.mark.parametrize(
    "url",
    ["http://gateway.example/sms", "ftp://127.0.0.1/", "https://user:pw@host/", "//x", "sms"],
)
def test_numbers_do_not_leave_the_machine_unencrypted(url: str) -> None:
    with pytest.raises(UrlError):
        HttpSmsSender(url)


def test_no_proxy_of_the_environment_sees_the_numbers(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with closing(HttpSmsSender(gateway.url)) as sender:
        sender.send(MESSAGE)

    assert len(gateway.seen) == 1


def test_the_settings_name_the_way_out(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    by_http = Settings(sms_url=gateway.url, sms_token_file=str(tmp_path / "token"), sms_file="x")
    with closing(build_sender(by_http)) as sender:
        sender.send(MESSAGE)

    assert gateway.seen[0][0]["Authorization"] == f"Bearer {TOKEN}"
    assert isinstance(build_sender(Settings(sms_file=str(tmp_path / "sms"))), FileSmsSender)
    assert isinstance(build_sender(Settings()), ConsoleSmsSender)


@pytest.mark.parametrize("content", [None, b"", b"two words", b"\xff", b"a\nb", b"\n"])
def test_a_token_that_cannot_be_one_is_refused_at_the_start(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    settings = Settings(sms_url="https://gateway.example", sms_token_file=str(tmp_path / "token"))

    with pytest.raises(NotReadyError):
        build_sender(settings)


def test_the_client_tells_no_token_in_its_own_words() -> None:
    with closing(HttpSmsSender("https://gateway.example", token=TOKEN)) as sender:
        assert TOKEN not in repr(sender.__dict__)
        assert TOKEN not in repr(httpx.Headers({"Authorization": f"Bearer {TOKEN}"}))
