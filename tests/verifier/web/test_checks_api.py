"""The counter's scan over HTTP: verdicts for whatever is held up, and errors that help."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from holder_sim.qr_picture import picture_of

Http = AsyncTestClient[Litestar]
AT = {"county": "330302", "item": "identity_look"}
TEXT = {"content-type": "text/plain"}


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("https://example.com/pay", "refused", "foreign_code"),
        ("ZJ1:ABC", "cannot_say", "cut_off"),
        ("ZJ9:ABC:", "cannot_say", "unsupported_version"),
        ("", "refused", "foreign_code"),
    ],
)
async def test_a_text_that_is_no_permit_gets_a_verdict_in_both_languages(
    http: Http, text: str, verdict: str, reason: str
) -> None:
    answer = await http.post("/checks", params=AT, content=text.encode(), headers=TEXT)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["verdict"], body["reason"], body["claims"]) == (verdict, reason, {})
    assert body["tell"]["zh"]
    assert body["tell"]["en"]


async def test_a_picture_is_read_and_judged(http: Http) -> None:
    picture = picture_of("ZJ1:ABC:").png

    answer = await http.post(
        "/checks", params=AT, content=picture, headers={"content-type": "image/png"}
    )

    assert answer.json()["reason"] == "unreadable_code"


@pytest.mark.parametrize(
    ("params", "content", "kind", "status", "error"),
    [
        (AT, b"\xff\xfe", "text/plain", 400, "bad_encoding"),
        (AT, b"GIF89a", "image/png", 400, "not_a_picture"),
        ({"item": "identity_look"}, b"x", "text/plain", 400, "invalid_request"),
        ({"county": "1", "item": "identity_look"}, b"x", "text/plain", 400, "unknown_county"),
        ({"county": "330302", "item": "?"}, b"x", "text/plain", 404, "unknown_item"),
        (
            {"county": "330302", "item": "marriage_registration"},
            b"x",
            "text/plain",
            409,
            "permit_not_needed",
        ),
    ],
)
async def test_what_cannot_be_checked_says_why(
    http: Http, params: dict[str, str], content: bytes, kind: str, status: int, error: str
) -> None:
    answer = await http.post(
        "/checks", params=params, content=content, headers={"content-type": kind}
    )

    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_the_items_are_listed_for_a_counter_to_choose_from(http: Http) -> None:
    listed = (await http.get("/items")).json()

    assert {"identity_look", "vehicle_registration"} <= {item["id"] for item in listed}


async def test_health_tells_of_the_trust_list_that_is_held(http: Http) -> None:
    assert (await http.get("/health")).json() == {
        "status": "ok",
        "trust_list": 1,
        "status_lists": 0,
    }
