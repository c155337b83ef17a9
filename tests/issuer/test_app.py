"""What an issuer needs before it starts, and what it says when that is not there."""

import asyncio
import logging
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import pytest
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from issuer.app import build_issuer, create_app
from issuer.issuance_errors import NotReadyError
from issuer.permit import Permit
from issuer.settings import Settings
from issuer.storage import Notice
from keys.province import Province

BASE_URL = "http://127.0.0.1:8101"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=str(tmp_path / "state"), keys_dir=str(tmp_path / "keys"))


@pytest.fixture
def with_keys(settings: Settings) -> Settings:
    Province(Path(settings.keys_dir)).initialise(
        issuer_url=BASE_URL,
        counties=["330302"],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return settings


def test_without_keys_it_names_the_command_that_makes_them(settings: Settings) -> None:
    with pytest.raises(NotReadyError, match="python -m keys init"):
        create_app(settings)


def test_keys_of_another_address_are_noticed_before_a_permit_is_signed(
    with_keys: Settings,
) -> None:
    with pytest.raises(NotReadyError, match="the keys of 330302 are for http:"):
        create_app(replace(with_keys, base_url="https://permits.example"))


def test_the_register_is_made_where_the_settings_say(with_keys: Settings) -> None:
    issuer = build_issuer(with_keys)

    assert (Path(with_keys.state_dir) / "register.sqlite").is_file()
    issuer.storage.close()


def test_a_moved_clock_is_announced(
    with_keys: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "issuer"):
        build_issuer(replace(with_keys, clock_file=str(tmp_path / "offset"))).storage.close()

    assert "the clock is moved by what" in caplog.text


def test_debug_is_off_and_no_interface_is_described(with_keys: Settings) -> None:
    app = create_app(with_keys)

    assert app.debug is False
    assert app.openapi_config is None


async def test_without_its_redis_it_says_so_and_is_not_healthy(with_keys: Settings) -> None:
    with closing(socket()) as nobody:  # bound and not listening: every connection is refused
        nobody.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{nobody.getsockname()[1]}"
        async with AsyncTestClient(create_app(replace(with_keys, redis_url=address))) as wallet:
            answers = [await wallet.post("/330302/nonce"), await wallet.get("/health")]

    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [
        (503, "store_unavailable"),
        (503, "store_unavailable"),
    ]


async def test_jobs_run_beside_the_service_and_end_before_it(
    with_keys: Settings, tmp_path: Path, permit: Permit
) -> None:
    told = tmp_path / "messages.jsonl"
    settings = replace(with_keys, sms_file=str(told), jobs_every_s=1)
    with closing(build_issuer(settings).storage) as storage, storage.transaction() as tx:
        tx.add_permit(permit)
        tx.put_contact(permit.resident.citizen_id_number, "13800138000")
        tx.add_notice(Notice(permit.number, permit.county, "granted", datetime.now(UTC)))
    async with AsyncTestClient(create_app(settings)) as browser:
        assert (await browser.get("/", headers={"accept": "text/html"})).status_code == 200
        async with asyncio.timeout(10):
            while not told.exists():
                await asyncio.sleep(0.02)

    assert "13800138000" in told.read_text(encoding="utf-8")
