"""The wallet's interface: each path behind its own face check, errors one can act on."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from holder_sim.app import create_app
from holder_sim.settings import Settings

BASE = "http://127.0.0.1:8103"


@pytest.fixture
async def page(province: Any, settings: Settings, moved_clock: Any) -> AsyncIterator[Any]:
    moved_clock(0)
    moved = msgspec.structs.replace(settings, clock_file=f"{settings.state_dir}-clock")
    async with AsyncTestClient(create_app(moved), base_url=BASE) as client:
        yield client


async def face(page: Any, purpose: str, sample: str = "match") -> httpx.Response:
    response: httpx.Response = await page.post(
        "/face-checks", json={"sample": sample, "purpose": purpose}
    )
    return response


async def taken(page: Any, issuer: Any) -> httpx.Response:
    await face(page, "collect")
    response: httpx.Response = await page.post(
        "/offers", json={"uri": issuer.offer_uri(), "tx_code": "493536"}
    )
    return response


async def test_the_whole_way_from_offer_to_answer(page: Any, issuer: Any, counter: Any) -> None:
    cards = (await taken(page, issuer)).json()["cards"]
    assert [card["configuration"] for card in cards] == [
        "residence_permit",
        "residence_permit_pass",
    ]

    await face(page, "view")
    assert (await page.get("/cards")).json()["cards"] == cards

    await face(page, "present")
    shown = (await page.post("/showings", json={"claims": ["name"]})).json()
    assert shown["code"].startswith("ZJ1:")

    url = counter.ask(counter.members("name"))
    sent = (await page.post("/presentations", json={"url": url})).json()
    assert sent["claims"] == ["name"]
    assert sent["redirect_uri"].startswith("https://counter.example/")

    await face(page, "collect")
    assert len((await page.post("/refreshes")).json()["cards"]) == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/cards", None),
        ("POST", "/showings", {"claims": ["name"]}),
        ("POST", "/presentations", {"url": "openid4vp://?"}),
        ("POST", "/offers", {"uri": "openid-credential-offer://?"}),
        ("POST", "/refreshes", None),
    ],
)
async def test_without_a_face_check_nothing_is_done(
    page: Any, issuer: Any, web: Any, method: str, path: str, body: Any
) -> None:
    await taken(page, issuer)
    await page.post("/locks")
    web.asked.clear()

    response = await page.request(method, path, json=body)

    assert response.status_code == 403
    assert response.json()["error"] == "locked"
    assert "slip" in response.json()["remedy"]  # a way without a face
    assert web.asked == []


@pytest.mark.parametrize(
    ("purpose", "path"), [("view", "/showings"), ("collect", "/showings"), ("present", "/cards")]
)
async def test_a_check_for_one_purpose_opens_no_other_path(
    page: Any, purpose: str, path: str
) -> None:
    await face(page, purpose)
    body = {"claims": ["name"]} if path == "/showings" else None

    response = await page.request("POST" if body else "GET", path, json=body)

    assert response.status_code == 403


async def test_a_check_that_is_over_is_forgotten(page: Any, moved_clock: Any) -> None:
    await face(page, "view")
    assert (await page.get("/cards")).status_code == 200
    moved_clock(91)
    assert (await page.get("/cards")).status_code == 403
    moved_clock(0)

    # With it the vault's key is gone from memory: nothing brings it back but a new check.
    assert (await page.get("/cards")).status_code == 403


async def test_a_failed_check_says_so_and_shows_nothing(page: Any, issuer: Any) -> None:
    await taken(page, issuer)

    refusal = await face(page, "present", "mismatch")
    shown = await page.post("/showings", json={"claims": ["name"]})

    assert (refusal.status_code, refusal.json()["error"]) == (403, "face_mismatch")
    assert (shown.status_code, "code" in shown.json()) == (403, False)


async def test_failures_lock_the_wallet(page: Any) -> None:
    for _ in range(5):
        await face(page, "view", "mismatch")

    response = await face(page, "view")

    assert (response.status_code, response.json()["error"]) == (403, "too_many_failures")


async def test_more_than_was_agreed_to_is_not_sent(page: Any, issuer: Any, counter: Any) -> None:
    await taken(page, issuer)
    await face(page, "present")
    url = counter.ask(counter.members("name", "birthdate"))

    refusal = await page.post("/presentations", json={"url": url, "claims": ["name"]})

    assert refusal.json()["error"] == "declined"
    assert counter.response()["error"] == "access_denied"
    sent = await page.post("/presentations", json={"url": url, "claims": ["birthdate", "name"]})
    assert sent.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/face-checks", {"sample": "match"}),
        ("/face-checks", {"sample": "match", "purpose": "everything"}),
        ("/showings", {"claims": "name"}),
        ("/showings", []),
        ("/offers", {}),
    ],
)
async def test_what_is_no_message_is_refused_in_the_same_shape(
    page: Any, path: str, body: Any
) -> None:
    response = await page.post(path, json=body)

    assert response.status_code == 400
    assert response.json().keys() == {"error", "error_description", "remedy"}


async def test_a_failed_check_ends_what_was_passed_before(page: Any, issuer: Any) -> None:
    await taken(page, issuer)
    await face(page, "present")

    await face(page, "present", "mismatch")

    response = await page.post("/showings", json={"claims": ["name"]})
    assert (response.status_code, response.json()["error"]) == (403, "locked")


async def test_nobody_keeps_what_the_wallet_answers(page: Any, issuer: Any) -> None:
    answers = [await taken(page, issuer), await face(page, "view"), await page.get("/cards")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_a_body_over_the_cap_is_not_read(page: Any) -> None:
    response = await page.post("/offers", json={"uri": "x" * 70000})

    assert response.status_code == 413


async def test_what_an_issuer_says_reaches_the_page(page: Any, issuer: Any) -> None:
    await face(page, "collect")
    response = await page.post("/offers", json={"uri": issuer.offer_uri(), "tx_code": "000000"})

    assert (response.status_code, response.json()["error"]) == (502, "issuer_refused")
    assert "invalid_grant" in response.json()["error_description"]
