"""OpenID4VP over HTTP: status codes, media types, and who may see what."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

Http = AsyncTestClient[Litestar]
ASKED = {"county": "330302", "item": "identity_look"}


async def test_vp_7_the_request_object_has_its_media_type_and_is_not_cached(http: Http) -> None:
    created = (await http.post("/requests", json=ASKED)).json()

    answer = await http.get(f"/requests/{created['id']}/object")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/oauth-authz-req+jwt"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count(".") == 2


async def test_the_state_is_seen_with_the_transaction_identifier_only(http: Http) -> None:
    created = (await http.post("/requests", json=ASKED)).json()
    path = f"/requests/{created['id']}"

    own = await http.get(path, headers={"authorization": f"Bearer {created['transaction_id']}"})
    other = await http.get(path, headers={"authorization": f"Bearer {created['id']}"})
    none = await http.get(path)

    assert (own.status_code, own.json()["state"]) == (200, "requested")
    assert (other.status_code, other.json()["error"]) == (403, "not_your_session")
    assert none.status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"county": "999999", "item": "identity_look"}, 400, "unknown_county"),
        ({"county": "330302", "item": "nothing"}, 404, "unknown_item"),
        ({"county": "330302", "item": "driving_licence"}, 409, "permit_not_needed"),
        ({"county": "330302"}, 400, "invalid_request"),
        ({"county": "330302", "item": "identity_look", "response_mode": "fragment"}, 400, None),
    ],
)
async def test_a_request_that_cannot_be_made_says_why(
    http: Http, body: dict[str, str], status: int, error: str | None
) -> None:
    answer = await http.post("/requests", json=body)

    assert answer.status_code == status
    assert error is None or answer.json()["error"] == error
    assert answer.json()["error_description"]


async def test_vp_12_the_response_endpoint_takes_one_form_and_nothing_else(http: Http) -> None:
    created = (await http.post("/requests", json=ASKED)).json()
    path = f"/responses/{created['id']}"

    twice = await http.post(path, content=b"response=a&response=b")
    json = await http.post(path, json={"response": "a"})
    large = await http.post(path, content=b"response=" + b"a" * (9 * 1024 * 1024))
    got = await http.get(path)

    assert [twice.status_code, json.status_code, large.status_code, got.status_code] == [
        400,
        400,
        413,
        405,
    ]
    # None of it closed the session.
    assert (await http.get(f"/requests/{created['id']}/object")).status_code == 200


async def test_a_declined_request_is_closed(http: Http) -> None:
    created = (await http.post("/requests", json=ASKED)).json()

    declined = await http.post(f"/responses/{created['id']}", content=b"error=access_denied")
    again = await http.post(f"/responses/{created['id']}", content=b"error=access_denied")

    assert (declined.status_code, declined.json()) == (200, {})
    assert (again.status_code, again.json()["error"]) == (400, "session_closed")


async def test_an_unknown_session_is_told_so_on_every_path(http: Http) -> None:
    answers = [
        await http.get("/requests/unknown/object"),
        await http.post("/responses/unknown", content=b"error=access_denied"),
        await http.get("/requests/unknown", headers={"authorization": "Bearer x"}),
    ]

    assert [(a.status_code, a.json()["error"]) for a in answers] == [(404, "unknown_session")] * 3


async def test_requests_beyond_the_cap_are_turned_away_and_not_forgotten(http: Http) -> None:
    kept = [(await http.post("/requests", json=ASKED)).json() for _ in range(2)]

    over = await http.post("/requests", json=ASKED)

    assert (over.status_code, over.json()["error"]) == (503, "too_many_sessions")
    for created in kept:
        assert (await http.get(f"/requests/{created['id']}/object")).status_code == 200
