"""The verifier put together: what it needs, what it fetches ahead, what a restart keeps."""

import asyncio
import json
import logging
import sys
from base64 import encodebytes
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx
import pytest
import uvicorn
from msgspec.structs import asdict, replace

from keys.certificates import Role
from keys.errors import TrustListError
from keys.jws import parse_jws
from keys.signing_key import MissingKeyError, write_key
from schemas.openid4vp import AUTHORIZATION_REQUEST_TYP, parse_request_object
from schemas.presentation_qr import pack
from verifier import app
from verifier.counter_log_store import CounterLog
from verifier.settings import Settings

ROOT = Path(__file__).parents[2]
AT = {"county": "330302", "item": "identity_look"}
SUSPENDED, INDEX = 2, 4711
START_S = 30


@pytest.fixture
def settings(counters: Any, tmp_path: Path) -> Settings:
    """Of a verifier in front of the world that ``counters`` serves, at that world's time."""
    world = counters.world
    pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n"
    (tmp_path / "root.pem").write_bytes(pem % encodebytes(world.root))
    key = world._certified(Role.VERIFIER, "Counters", "http://127.0.0.1")
    write_key(tmp_path / "keys" / "request", key, key.chain)
    offset_s = int((world.now - datetime.now(UTC)).total_seconds())
    (tmp_path / "clock").write_text(str(offset_s), encoding="ascii")
    office = world.lucheng
    metadata = {
        "issuer": office.issuer,
        "token_endpoint": f"{office.issuer}/token",
        "status_list_aggregation_endpoint": f"{office.issuer}/status",
    }
    counters.web.put("/.well-known/oauth-authorization-server/330302", json.dumps(metadata))
    counters.web.put("/330302/status", json.dumps({"status_lists": [office.status_uri]}))
    return Settings(
        state_dir=str(tmp_path / "verifier"),
        trust_list=f"{world.base_url}/trust-list",
        root_certificate=str(tmp_path / "root.pem"),
        request_key=str(tmp_path / "keys" / "request"),
        clock_file=str(tmp_path / "clock"),
        status_refresh_s=1,
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A verifier in the loop of the test, whose web server it fetches from."""
    created: Any = app.create_app(settings)
    transport = httpx.ASGITransport(app=created)
    async with (
        created.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8102") as http,
    ):
        yield http


async def verdict(http: httpx.AsyncClient, code: str) -> tuple[str, str | None]:
    answer = await http.post("/checks", params=AT, content=code)
    assert answer.status_code == 200, answer.text
    return answer.json()["verdict"], answer.json()["reason"]


async def test_status_lists_are_there_before_anybody_shows_anything(
    settings: Settings, counters: Any
) -> None:
    async with running(settings) as http:
        assert (await http.get("/health")).json()["status_lists"] == 1
        counters.web.answers.clear()  # the network is cut

        assert await verdict(http, pack(counters.world.present())) == ("accepted", None)


async def test_a_suspension_is_learnt_of_with_nobody_asking(
    settings: Settings, counters: Any
) -> None:
    counters.publish(ttl=1)
    async with running(settings) as http:
        assert await verdict(http, pack(counters.world.present())) == ("accepted", None)
        counters.publish({INDEX: SUSPENDED})
        counters.web.requests.clear()
        async with asyncio.timeout(START_S):
            while "/330302/status/1" not in counters.web.requests:
                await asyncio.sleep(0.02)
            # The loop goes on when it is done with the answer: its next round is the proof.
            counters.web.requests.clear()
            while "/330302/status" not in counters.web.requests:
                await asyncio.sleep(0.02)
        counters.web.answers.clear()

        assert await verdict(http, pack(counters.world.present())) == ("refused", "suspended")


async def test_a_restart_forgets_no_used_code(settings: Settings, counters: Any) -> None:
    code = pack(counters.world.present())
    async with running(settings) as http:
        assert await verdict(http, code) == ("accepted", None)
    counters.web.answers.clear()

    async with running(settings) as http:
        assert await verdict(http, code) == ("refused", "replayed")
        assert await verdict(http, pack(counters.world.present())) == ("accepted", None)


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A verifier as its operator starts it."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = asdict(replace(settings, port=port, base_url=f"http://127.0.0.1:{port}"))
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "verifier", "serve"),
        cwd=ROOT,
        env={f"VERIFIER_{name.upper()}": str(value) for name, value in own.items()},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=own["base_url"], trust_env=False) as http:
            async with asyncio.timeout(START_S):
                while started.returncode is None and not await healthy(http):
                    await asyncio.sleep(0.05)
            yield http
    finally:
        if started.returncode is None:
            started.terminate()
        await started.wait()


async def healthy(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health")).is_success
    except httpx.ConnectError:
        return False


async def test_processes_with_one_redis_are_one_verifier(
    settings: Settings, counters: Any, redis_url: str, tmp_path: Path
) -> None:
    shared = replace(settings, redis_url=redis_url, group=str(uuid4()))
    async with AsyncExitStack() as running:
        first, second = await asyncio.gather(
            *(
                running.enter_async_context(
                    process(replace(shared, state_dir=str(tmp_path / name)))
                )
                for name in ("first", "second")
            )
        )
        code = pack(counters.world.present())
        assert await verdict(first, code) == ("accepted", None)
        assert await verdict(second, code) == ("refused", "replayed")
        racing = pack(counters.world.present())
        verdicts = await asyncio.gather(
            *(verdict(http, racing) for _ in range(8) for http in (first, second))
        )
        assert sorted(verdicts) == [("accepted", None)] + [("refused", "replayed")] * 15

        body = {"county": "330302", "item": "identity_look", "response_mode": "direct_post"}
        asked = (await first.post("/requests", json=body)).json()
        form = answer_to(await second.get(f"/requests/{asked['id']}/object"), counters.world)
        posted = await second.post(f"/responses/{asked['id']}", content=form)
        assert posted.status_code == 200, posted.text
        again = await first.post(f"/responses/{asked['id']}", content=form)
        assert (again.status_code, again.json()["error"]) == (400, "session_closed")
        owner = {"authorization": f"Bearer {asked['transaction_id']}"}
        result = (await first.get(f"/requests/{asked['id']}", headers=owner)).json()
        assert (result["state"], result["result"]["verdict"]) == ("answered", "accepted")


def answer_to(answered: httpx.Response, world: Any) -> str:
    assert answered.status_code == 200, answered.text
    jws = parse_jws(answered.text, typ=AUTHORIZATION_REQUEST_TYP)
    request = parse_request_object(jws.payload)
    shown = world.present(
        show=("name", "citizen_id_tail"), aud=request.client_id, nonce=request.nonce
    )
    return urlencode({"vp_token": json.dumps({"permit": [shown]})})


async def test_without_its_redis_no_code_is_accepted(settings: Settings, counters: Any) -> None:
    with socket() as nobody:  # bound and not listening: every connection is refused
        nobody.bind(("127.0.0.1", 0))
        redis_url = f"redis://127.0.0.1:{nobody.getsockname()[1]}"
        async with running(replace(settings, redis_url=redis_url)) as http:
            answer = await http.post("/checks", params=AT, content=pack(counters.world.present()))

    assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")


@pytest.mark.parametrize(
    ("setting", "content", "error", "says"),
    [
        ("root_certificate", None, TrustListError, "VERIFIER_ROOT_CERTIFICATE="),
        ("root_certificate", b"junk", TrustListError, "VERIFIER_ROOT_CERTIFICATE="),
        ("request_key", None, MissingKeyError, "python -m keys init"),
    ],
)
def test_what_it_cannot_do_without_is_named_at_the_start(
    settings: Settings,
    tmp_path: Path,
    setting: str,
    content: bytes | None,
    error: type[Exception],
    says: str,
) -> None:
    path = tmp_path / "other"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(error, match=says):
        app.create_app(replace(settings, **{setting: str(path)}))


@pytest.mark.parametrize(("clock_file", "lines"), [("", 0), ("var/clock", 1)])
def test_a_moved_clock_is_announced_and_no_address_is_logged(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    clock_file: str,
    lines: int,
) -> None:
    served: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn, "run", lambda _, **options: served.append(options))

    with caplog.at_level(logging.WARNING):
        app.serve(replace(settings, clock_file=clock_file))

    assert len(caplog.records) == lines
    (options,) = served
    assert (options["host"], options["access_log"]) == ("127.0.0.1", False)
    assert logging.getLogger("httpx").level == logging.WARNING


async def test_no_description_of_the_interface_is_served(settings: Settings) -> None:
    async with running(settings) as http:
        assert (await http.get("/schema")).status_code == 404


async def test_a_check_goes_into_the_log_with_its_case(settings: Settings, counters: Any) -> None:
    school = {"county": "330302", "item": "compulsory_education"}
    claims = ("name", "citizen_id_number", "residence_address", "continuous_residence_since")
    code = pack(counters.world.present(show=claims))
    case = {"case-number": quote("学籍-7"), "case-purpose": quote("入学")}
    async with running(settings) as http:
        without = await http.post("/checks", params=school, content=code)
        answer = await http.post("/checks", params=school, content=code, headers=case)

    assert (without.status_code, without.json()["error"]) == (400, "bad_case")
    assert (answer.json()["verdict"], answer.json()["log_failed"]) == ("accepted", None)
    now = counters.world.now
    log = CounterLog(Path(settings.state_dir) / "log")
    ((_, entry),) = log.entries(now - timedelta(days=1), now + timedelta(days=1), now)
    assert entry.details is not None
    assert (entry.details.case_number, entry.details.purpose) == ("学籍-7", "入学")


async def test_a_log_that_cannot_be_written_stops_nobody(settings: Settings, counters: Any) -> None:
    Path(settings.state_dir).mkdir()
    (Path(settings.state_dir) / "log").write_bytes(b"")
    async with running(settings) as http:
        answer = await http.post("/checks", params=AT, content=pack(counters.world.present()))

    assert answer.json()["verdict"] == "accepted"
    assert answer.json()["log_failed"]["code"] == "log_unavailable"


async def test_the_wallet_gets_a_receipt_and_no_verdict(settings: Settings, counters: Any) -> None:
    body = {"county": "330302", "item": "identity_look", "response_mode": "direct_post"}
    async with running(settings) as http:
        asked = (await http.post("/requests", json=body)).json()
        form = answer_to(await http.get(f"/requests/{asked['id']}/object"), counters.world)
        posted = (await http.post(f"/responses/{asked['id']}", content=form)).json()

    assert set(posted) == {"receipt"}
    assert (posted["receipt"]["item"], posted["receipt"]["kept"]) == ("identity_look", "verdict")
    assert "accepted" not in str(posted)
