"""The card over the wallet's interface: nothing before the check, everything worded."""

from typing import Any

import pytest

API = (("GET", "/api/permit"), ("GET", "/api/portrait"), ("GET", "/api/showings"))
TENDING = (("POST", "/api/upkeep"), ("POST", "/api/renewals"))


@pytest.mark.parametrize(("method", "path"), API + TENDING)
@pytest.mark.parametrize("purpose", [None, "present", "collect"])
async def test_only_a_check_for_viewing_shows_the_card(
    wallet_with_permit: Any, pass_face: Any, method: str, path: str, purpose: str | None
) -> None:
    if purpose:
        await pass_face(purpose)

    response = await wallet_with_permit.request(method, path)

    assert (response.status_code, response.json()["error"]) == (403, "locked")
    assert "买买提" not in response.text


@pytest.mark.parametrize(
    ("language", "place", "sex", "band"),
    [
        ("zh-CN", "温州市鹿城区", "男", "正常使用"),
        ("en", "Lucheng District, Wenzhou", "Male", "Usable through 23 November 2027"),
    ],
)
async def test_the_card_is_worded_in_the_pages_language(
    wallet_with_permit: Any, pass_face: Any, language: str, place: str, sex: str, band: str
) -> None:
    await pass_face("view")
    answer = await wallet_with_permit.get("/api/permit", headers={"accept-language": language})

    card = answer.json()["card"]
    assert (card["name"], card["place"]) == ("买买提·示范", place)
    assert band in card["band"]
    assert card["front"][0]["text"] == sex
    assert card["number_masked"] == "650" + "*" * 11 + "0007"
    assert (card["state"], card["tone"], card["advice"]) == ("usable", "good", "")
    assert answer.headers["cache-control"] == "no-store"


async def test_the_portal_is_where_the_issuer_stands(
    wallet_with_permit: Any, pass_face: Any, issuer: Any
) -> None:
    await pass_face("view")
    card = (await wallet_with_permit.get("/api/permit")).json()["card"]

    assert card["portal"] == issuer.web.base_url + "/"


async def test_without_a_permit_there_is_no_card(wallet_page: Any, pass_face: Any) -> None:
    await pass_face("view")

    assert (await wallet_page.get("/api/permit")).json() == {"card": None}
    assert (await wallet_page.get("/api/portrait")).status_code == 404
    assert (await wallet_page.get("/api/showings")).json() == {"showings": []}


async def test_the_portrait_is_a_picture_for_this_page_alone(
    wallet_with_permit: Any, pass_face: Any
) -> None:
    await pass_face("view")
    portrait = await wallet_with_permit.get("/api/portrait")

    assert portrait.headers["content-type"] == "image/png"
    assert portrait.content.startswith(b"\x89PNG")
    assert portrait.headers["cache-control"] == "no-store"
    assert portrait.headers["cross-origin-resource-policy"] == "same-origin"


async def test_the_gate_tells_how_things_stand_and_nothing_of_the_permit(
    wallet_with_permit: Any, pass_face: Any, moved_clock: Any
) -> None:
    state = (await wallet_with_permit.get("/api/gate")).json()
    assert (state["simulated"], state["holds"], state["open"]) == (True, True, {})
    assert state["locked_for_s"] == 0

    await pass_face("view")
    state = (await wallet_with_permit.get("/api/gate")).json()
    assert list(state["open"]) == ["view"]
    assert 85 <= state["open"]["view"] <= 90

    moved_clock(95)
    assert (await wallet_with_permit.get("/api/gate")).json()["open"] == {}


async def test_too_many_failures_are_told_at_the_gate(wallet_page: Any, pass_face: Any) -> None:
    for _ in range(5):
        await pass_face("view", "mismatch")

    state = (await wallet_page.get("/api/gate")).json()

    assert 1790 <= state["locked_for_s"] <= 1800
    assert not state["holds"]


async def test_the_history_is_worded(wallet_with_permit: Any, pass_face: Any, counter: Any) -> None:
    await pass_face("present")
    await wallet_with_permit.post("/showings", json={"claims": ["name"]})
    members = counter.members("birthdate") | {
        "service_item": {"id": "x", "zh": "入学", "en": "School"},
        "case_number": "2026-17",
    }
    await wallet_with_permit.post("/presentations", json={"url": counter.ask(members)})
    await pass_face("view")

    answer = await wallet_with_permit.get("/api/showings", headers={"accept-language": "en"})
    asked, code = answer.json()["showings"]

    assert (asked["who"], asked["item"], asked["case_number"]) == (
        "Test Office",
        "School",
        "2026-17",
    )
    assert (asked["outcome"], asked["claims"]) == ("sent", ["Date of birth"])
    assert (code["outcome_text"], code["claims"]) == ("Code shown on the screen", ["Name"])
    assert (code["day"], code["time"]) == ("25 November 2026", "12:00")
    assert "1990" not in answer.text


async def test_copies_are_renewed_because_their_holder_wants_it(
    wallet_with_permit: Any, pass_face: Any, issuer: Any
) -> None:
    issued = issuer.issue_count
    await pass_face("view")

    tended = (await wallet_with_permit.post("/api/renewals")).json()

    assert tended["renewed"]
    assert issuer.issue_count == issued + 4


async def test_upkeep_that_reaches_nobody_says_so(
    wallet_with_permit: Any, pass_face: Any, web: Any
) -> None:
    await pass_face("view")
    web.clear()

    tended = await wallet_with_permit.post("/api/upkeep")

    assert tended.json() == {"renewed": False, "trouble": "unreachable"}
    assert (await wallet_with_permit.get("/api/permit")).json()["card"] is not None


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_device_is_cleared_only_when_confirmed(
    wallet_with_permit: Any, pass_face: Any, settings: Any, confirmed: bool
) -> None:
    await pass_face("view")
    answer = await wallet_with_permit.post("/api/removals", json={"confirmed": confirmed})

    assert answer.json() == {"removed": confirmed}
    state = (await wallet_with_permit.get("/api/gate")).json()
    assert state["holds"] is not confirmed
    assert (state["open"] == {}) is confirmed


async def test_removal_needs_no_face(wallet_with_permit: Any) -> None:
    """Whoever finds a phone can throw it away; to see anything they need the face."""
    answer = await wallet_with_permit.post("/api/removals", json={"confirmed": True})

    assert answer.status_code == 200
