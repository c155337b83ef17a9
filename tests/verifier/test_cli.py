"""The counter's command line: exit codes, languages, and a state that survives."""

import asyncio
import sys
from base64 import encodebytes
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.paper_slip import pack_slip
from schemas.presentation_qr import pack
from verifier.cli import main

ASK = ["--item", "identity_look", "--county", "330302"]


@pytest.fixture
def world_now(counters: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The counters' world, its settings in the environment, and the clock set to its time."""
    from datetime import UTC, datetime

    pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n"
    (tmp_path / "root.pem").write_bytes(pem % encodebytes(counters.world.root))
    offset_s = int((counters.world.now - datetime.now(UTC)).total_seconds())
    (tmp_path / "clock").write_text(str(offset_s), encoding="ascii")
    for name, value in {
        "TRUST_LIST": f"{counters.web.base_url}/trust-list",
        "ROOT_CERTIFICATE": str(tmp_path / "root.pem"),
        "STATE_DIR": str(tmp_path / "state"),
        "CLOCK_FILE": str(tmp_path / "clock"),
        "BASE_URL": counters.web.base_url,
    }.items():
        monkeypatch.setenv(f"VERIFIER_{name}", value)
    return counters.world


async def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of one run, in a thread of its own beside the web server."""
    monkeypatch.setattr(sys, "argv", ["verifier", *words])
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(main)
    return int(str(ended.value.code))


async def test_accepted_then_used_up(
    world_now: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = pack(world_now.present())

    assert await run(monkeypatch, "check", code, *ASK, "--lang", "zh") == 0
    assert "通 过" in capsys.readouterr().out
    assert await run(monkeypatch, "check", code, *ASK, "--lang", "en") == 1
    told = capsys.readouterr().out
    assert "R E F U S E D" in told
    assert "used before" in told


async def test_a_slip_on_paper_is_accepted_each_time(
    world_now: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = pack_slip(world_now.slip())

    for text in (code, code.lower()):
        assert await run(monkeypatch, "check", text, *ASK, "--lang", "en") == 0
        told = capsys.readouterr().out
        assert "A slip on paper: see the ID card" in told
        assert "0007" in told


async def test_works_again_with_the_network_cut(
    world_now: Any, counters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await run(monkeypatch, "check", pack(world_now.present()), *ASK) == 0
    counters.web.answers.clear()

    assert await run(monkeypatch, "check", pack(world_now.present()), *ASK) == 0


async def test_refused_and_cannot_say(
    world_now: Any, counters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = ["check", "ZJ1:ABC", *ASK]
    elsewhere = ["check", pack(world_now.present()), *ASK[:3], "330326"]

    assert await run(monkeypatch, *foreign) == 2
    assert await run(monkeypatch, *elsewhere) == 1
    counters.web.answers.pop("/330302/status/1")
    counters.web.answers.pop("/330326/status/1")
    monkeypatch.setenv("VERIFIER_STATE_DIR", str(counters.directory / "other"))
    assert await run(monkeypatch, "check", pack(world_now.present()), *ASK) == 2


async def test_reads_a_file_and_tells_json(
    world_now: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "code.txt"
    path.write_text(pack(world_now.present()) + "\n", encoding="ascii")

    assert await run(monkeypatch, "check", str(path), *ASK, "--json") == 0
    told = msgspec.json.decode(capsys.readouterr().out)
    assert told["claims"]["citizen_id_tail"] == "0007"


async def test_the_terminals_language(
    world_now: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    await run(monkeypatch, "check", pack(world_now.present()), *ASK)

    assert "居住证有效" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check"], "FILE_OR_TEXT"),
        (["check", "ZJ1:A:"], "--item"),
        (["check", "no/such/file", *ASK], "No such file"),
        (["check", "https://qr.alipay.com/fkx", *ASK], "as a code this is a payment code"),
        (["check", "/", *ASK], "Is a directory"),
        (["check", "ZJ1:A:", "--item", "lottery", "--county", "330302"], "unknown_item"),
        (["check", "ZJ1:A:", "--item", "identity_look", "--county", "110101"], "unknown_county"),
        (
            ["check", "ZJ1:A:", "--item", "driving_licence", "--county", "330302"],
            "permit_not_needed",
        ),
        (["fly"], "No such command"),
    ],
)
async def test_wrong_use_ends_with_64(
    world_now: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    assert await run(monkeypatch, *words) == 64
    assert says in capsys.readouterr().err


async def test_a_damaged_picture_ends_with_64(
    world_now: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "code.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nrubbish")

    assert await run(monkeypatch, "check", str(path), *ASK) == 64


async def test_a_picture_of_another_kind_is_no_foreign_code(
    world_now: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "code.gif"
    path.write_bytes(b"GIF89a\xff\xfe")

    assert await run(monkeypatch, "check", str(path), *ASK) == 64
    assert "picture (PNG, JPEG)" in capsys.readouterr().err


async def test_reads_a_text_with_the_mark_of_windows_before_it(
    world_now: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "code.txt"
    path.write_text(pack(world_now.present()) + "\r\n", encoding="utf-8-sig")

    assert await run(monkeypatch, "check", str(path), *ASK) == 0


async def test_settings_with_faults_end_with_64(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERIFIER_PORT", "many")
    monkeypatch.setenv("VERIFIER_COLOUR", "red")

    assert await run(monkeypatch, "check", "ZJ1:A:", *ASK) == 64
    told = capsys.readouterr().err
    assert "VERIFIER_PORT" in told
    assert "VERIFIER_COLOUR" in told


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
async def test_without_a_root_certificate_it_ends_with_64(
    world_now: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
) -> None:
    path = tmp_path / "other.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("VERIFIER_ROOT_CERTIFICATE", str(path))

    assert await run(monkeypatch, "check", "ZJ1:A:", *ASK) == 64
    assert "VERIFIER_ROOT_CERTIFICATE" in capsys.readouterr().err


async def test_a_state_folder_that_cannot_be_made_ends_with_64(
    world_now: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("VERIFIER_STATE_DIR", str(tmp_path / "file" / "state"))

    assert await run(monkeypatch, "check", "ZJ1:A:", *ASK) == 64
    assert str(tmp_path / "file") in capsys.readouterr().err


async def test_items(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(monkeypatch, "items") == 0

    told = capsys.readouterr().out
    assert "identity_look" in told
    assert "may not ask (机动车驾驶证申领和使用规定" in told


def answer(counters: Any, path: str, **body: Any) -> None:
    counters.web.put(path, msgspec.json.encode(body), media_type="application/json")


async def test_request_waits_for_the_wallet(
    world_now: Any,
    counters: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    link = "openid4vp://?client_id=x509_hash:abc&request_uri=https://v.example/requests/7/object"
    answer(counters, "/requests", id="7", transaction_id="secret", authorization_url=link)
    answer(counters, "/requests/7", state="requested", result=None, error=None)
    refusal: dict[str, Any] = {
        "verdict": "refused",
        "reason": "revoked",
        "checks": [],
        "tell": {"zh": "此证已不能使用。", "en": "No longer."},
        "claims": {},
        "status_known_as_of": None,
        "status_age_s": None,
    }

    waiting = asyncio.create_task(
        run(monkeypatch, "request", "identity_look", "--county", "330302", "--lang", "zh")
    )
    while "/requests/7" not in counters.web.requests:
        await asyncio.sleep(0.01)
    answer(counters, "/requests/7", state="answered", result=refusal, error=None)

    assert await waiting == 1
    told = capsys.readouterr().out
    assert link in told
    assert "此证已不能使用" in told
    assert "authorization: bearer secret" in counters.web.heads[-1].lower()


async def test_request_declined(
    world_now: Any,
    counters: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(counters, "/requests", id="7", transaction_id="secret", authorization_url="openid4vp://")
    answer(counters, "/requests/7", state="declined", result=None, error="access_denied")

    assert await run(monkeypatch, "request", "identity_look", "--county", "330302") == 2
    assert "declined access_denied" in capsys.readouterr().err


async def test_request_refused_by_the_service(
    world_now: Any,
    counters: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = {"error": "permit_not_needed", "error_description": "do not ask", "remedy": "none"}
    counters.web.put(
        "/requests", msgspec.json.encode(body), status="409 Conflict", media_type="application/json"
    )

    assert await run(monkeypatch, "request", "driving_licence", "--county", "330302") == 64
    assert "permit_not_needed" in capsys.readouterr().err


async def test_request_without_a_service(
    world_now: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["request", "identity_look", "--county", "330302", "--service", "http://127.0.0.1:9"]

    assert await run(monkeypatch, *words) == 64
    assert "no verifier answers" in capsys.readouterr().err
