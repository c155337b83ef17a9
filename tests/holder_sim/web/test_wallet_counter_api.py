"""Showing over the wallet's interface: codes that renew, requests read before they are answered."""

from io import BytesIO
from typing import Any

import pytest
import qrcode

from holder_sim.qr_picture import rows_of


async def test_a_code_comes_as_it_is_drawn(wallet_with_permit: Any, pass_face: Any) -> None:
    await pass_face("present")
    code = (await wallet_with_permit.post("/api/codes", json={"claims": ["name"]})).json()

    assert code["text"].startswith("ZJ1:")
    assert tuple(code["rows"]) == rows_of(code["text"])
    assert code["renew_after_s"] < code["gone_after_s"]
    assert 85 <= code["left_s"] <= 90


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/codes", {"claims": ["name"]}),
        ("/api/requests", {"url": "openid4vp://?"}),
        ("/api/requests/x", {"agreed": True}),
    ],
)
@pytest.mark.parametrize("purpose", [None, "view", "collect"])
async def test_only_a_check_for_presenting_shows(
    wallet_with_permit: Any, pass_face: Any, path: str, body: Any, purpose: str | None
) -> None:
    if purpose:
        await pass_face(purpose)

    response = await wallet_with_permit.post(path, json=body)

    assert (response.status_code, response.json()["error"]) == (403, "locked")


@pytest.fixture
async def asked(wallet_with_permit: Any, pass_face: Any, counter: Any) -> Any:
    await pass_face("present")
    members = counter.members("name", "sex") | {"service_item": {"zh": "入学", "en": "School"}}
    answer = await wallet_with_permit.post(
        "/api/requests", json={"url": counter.ask(members)}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 200
    return answer.json()


async def test_who_asks_for_what_and_what_would_be_sent(asked: Any, counter: Any) -> None:
    assert (asked["who"], asked["item"], asked["held"]) == ("Test Office", "School", True)
    assert {row["label"]: row["text"] for row in asked["rows"]} == {
        "Name": "买买提·示范",
        "Sex": "Male",
    }
    assert counter.posted == []


async def test_what_was_agreed_to_is_sent_once(
    wallet_with_permit: Any, asked: Any, counter: Any
) -> None:
    path = f"/api/requests/{asked['id']}"
    answer = await wallet_with_permit.post(path, json={"agreed": True})
    assert answer.json()["sent"]
    assert answer.json()["redirect_uri"].startswith("https://counter.example/")
    assert counter.claims()["name"] == "买买提·示范"

    again = await wallet_with_permit.post(path, json={"agreed": True})

    assert (again.status_code, again.json()["error"]) == (404, "no_such_request")
    assert len(counter.posted) == 1


async def test_a_no_is_told_and_nothing_else(
    wallet_with_permit: Any, asked: Any, counter: Any
) -> None:
    answer = await wallet_with_permit.post(f"/api/requests/{asked['id']}", json={"agreed": False})

    assert answer.json() == {"sent": False, "redirect_uri": ""}
    assert counter.response()["error"] == "access_denied"


@pytest.mark.parametrize("how", ["locked", "failed", "over", "passed-anew-after"])
async def test_what_was_read_does_not_outlive_its_check(
    wallet_with_permit: Any, pass_face: Any, moved_clock: Any, asked: Any, counter: Any, how: str
) -> None:
    """It holds the keys of the copies that would answer it."""
    if how == "locked":
        await wallet_with_permit.post("/locks")
    elif how == "failed":
        await pass_face("present", "mismatch")
    else:
        moved_clock(95)
    if how == "passed-anew-after":
        await wallet_with_permit.get("/api/gate")
    moved_clock(0)
    await pass_face("present")

    answer = await wallet_with_permit.post(f"/api/requests/{asked['id']}", json={"agreed": True})

    assert counter.posted == []
    assert answer.json()["error"] == "no_such_request"


async def test_what_is_not_held_is_named_without_a_value(
    wallet_page: Any, pass_face: Any, counter: Any
) -> None:
    await pass_face("present")
    url = counter.ask(counter.members("name"))
    asked = (await wallet_page.post("/api/requests", json={"url": url})).json()

    assert not asked["held"]
    assert [(row["name"], row["text"]) for row in asked["rows"]] == [("name", "")]


def picture_of(text: str) -> bytes:
    file = BytesIO()
    qrcode.make(text).save(file)
    return file.getvalue()


async def test_a_link_is_read_out_of_a_picture(wallet_page: Any) -> None:
    link = "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fa.example"
    headers = {"content-type": "image/png"}

    read = await wallet_page.post("/api/links", content=picture_of(link), headers=headers)
    foreign = await wallet_page.post(
        "/api/links", content=picture_of("https://pay.example"), headers=headers
    )

    assert read.json() == {"link": link}
    assert foreign.json()["error"] == "not_a_wallet_link"


async def test_a_picture_over_the_cap_is_refused(wallet_page: Any) -> None:
    response = await wallet_page.post(
        "/api/links", content=bytes(9 * 1024 * 1024), headers={"content-type": "image/png"}
    )

    assert response.status_code == 413


async def test_the_portrait_fits_no_code_and_says_so(
    wallet_with_permit: Any, pass_face: Any
) -> None:
    await pass_face("present")
    response = await wallet_with_permit.post("/api/codes", json={"claims": ["height"]})

    assert response.json()["error"] == "nothing_to_show"
