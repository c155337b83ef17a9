"""The verifier's whole app on real keys, in front of a world served over loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keys.province import Province
from verifier.app import create_app
from verifier.counter_pin import CounterPin
from verifier.settings import Settings


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    Province(directory).initialise(
        issuer_url="http://127.0.0.1:9",  # nobody listens on the discard port
        counties=["330302", "330326"],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return directory


@pytest.fixture
def settings(keys_dir: Path, tmp_path: Path) -> Settings:
    return Settings(
        state_dir=str(tmp_path / "verifier"),
        trust_list=str(keys_dir / "trust-list.jwt"),
        root_certificate=str(keys_dir / "root.pem"),
        request_key=str(keys_dir / "verifier" / "request"),
        maximum_pending=2,
    )


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app: Any = create_app(settings)
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield client


PIN = "48120377"
OWN = "http://127.0.0.1:8102"


@pytest.fixture
async def counter_http(settings: Settings) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A browser on the counter's pages, with the administrator's PIN set and no counter yet."""
    CounterPin(Path(settings.state_dir)).set(PIN)
    app: Any = create_app(settings)
    async with AsyncTestClient(app, base_url=OWN, raise_server_exceptions=False) as client:
        client.headers.update({"origin": OWN, "accept-language": "en"})
        yield client


SetUp = Callable[..., Awaitable[Any]]


@pytest.fixture
def set_up(counter_http: Any) -> SetUp:
    """Sends the form that makes this browser a counter."""

    async def send(**changes: Any) -> Any:
        form = {
            "pin": PIN,
            "county": "330302",
            "office": "Counter 12",
            "items": ["identity_look", "compulsory_education", "driving_licence"],
        }
        return await counter_http.post(
            "/counter/setup", data=form | changes, follow_redirects=False
        )

    return send


@pytest.fixture
async def desk_http(counter_http: Any, set_up: SetUp) -> Any:
    """A browser that is a counter."""
    assert (await set_up()).status_code == 303
    return counter_http
