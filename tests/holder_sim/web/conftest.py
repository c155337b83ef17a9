"""The wallet's service as its pages meet it, on the clock of these tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from holder_sim.app import create_app
from holder_sim.settings import Settings

BASE = "http://127.0.0.1:8103"


@pytest.fixture
async def wallet_page(
    province: Any, settings: Settings, moved_clock: Callable[[float], None]
) -> AsyncIterator[Any]:
    """A client with nothing on the phone yet."""
    moved_clock(0)
    moved = msgspec.structs.replace(settings, clock_file=f"{settings.state_dir}-clock")
    async with AsyncTestClient(create_app(moved), base_url=BASE) as client:
        yield client


PassFace = Callable[..., Awaitable[Any]]


@pytest.fixture
def pass_face(wallet_page: Any) -> PassFace:
    """Passes a simulated face check for a purpose."""

    async def passed(purpose: str, sample: str = "match") -> Any:
        return await wallet_page.post("/face-checks", json={"sample": sample, "purpose": purpose})

    return passed


@pytest.fixture
async def wallet_with_permit(wallet_page: Any, pass_face: PassFace, issuer: Any) -> Any:
    """The same client with a permit taken, and locked again."""
    await pass_face("collect")
    taken = await wallet_page.post("/offers", json={"uri": issuer.offer_uri(), "tx_code": "493536"})
    assert taken.status_code == 200
    await wallet_page.post("/locks")
    return wallet_page
