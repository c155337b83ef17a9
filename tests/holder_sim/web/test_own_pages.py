"""Other sites' pages in the same browser can reach the port; they get nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from holder_sim.app import create_app
from holder_sim.settings import Settings

BASE = "http://127.0.0.1:8103"


@pytest.fixture
async def page(province: Any, settings: Settings) -> AsyncIterator[Any]:
    async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "taken", "why"),
    [
        ({}, True, "a command or the demonstration: no browser"),
        ({"origin": BASE}, True, "our own page"),
        ({"origin": "https://evil.example"}, False, "another site's page"),
        ({"origin": "null"}, False, "a page that hides where it is from"),
        ({"origin": "http://127.0.0.1:9999"}, False, "another service on this machine"),
        ({"origin": "https://127.0.0.1:8103"}, False, "another scheme"),
        ({"host": "evil.example:8103"}, False, "a name made to lead here"),
        ({"host": "evil.example", "origin": "http://evil.example"}, False, "the same, with page"),
        ({"host": "localhost:8103"}, True, "another name of this machine"),
        ({"host": "[::1]:8103"}, True, "and in IPv6"),
        ({"host": "[::1"}, False, "not a host"),
        ({"host": ""}, False, "none"),
        ({"sec-fetch-site": "same-origin"}, True, "our own page, says the browser"),
        ({"sec-fetch-site": "cross-site"}, False, "another site's form, without its name"),
        ({"sec-fetch-site": "same-site"}, False, "another service on this machine"),
    ],
)
async def test_who_may_use_the_wallet(
    page: Any, headers: dict[str, str], taken: bool, why: str
) -> None:
    response = await page.post(
        "/face-checks", json={"sample": "match", "purpose": "view"}, headers=headers
    )

    assert response.status_code == (200 if taken else 403)
    if not taken:
        assert response.json()["error"] == "foreign_page"


async def test_a_wallet_on_another_address_goes_by_its_own_name(
    province: Any, settings: Settings
) -> None:
    import msgspec

    elsewhere = msgspec.structs.replace(settings, host="192.0.2.7")
    async with AsyncTestClient(create_app(elsewhere), base_url="http://192.0.2.7:8103") as client:
        assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "taken", "why"),
    [
        ({"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, True, "a link followed"),
        ({"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, False, "a frame"),
        ({"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, False, "a picture elsewhere"),
        ({"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, False, "a script elsewhere"),
        ({}, False, "not said"),
    ],
)
async def test_other_sites_may_only_lead_here(
    page: Any, headers: dict[str, str], taken: bool, why: str
) -> None:
    response = await page.get("/", headers={"sec-fetch-site": "cross-site", **headers})

    assert response.status_code == (200 if taken else 403)
