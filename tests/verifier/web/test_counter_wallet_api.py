"""A request from the counter's page, and the stream that says how far it is."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from keys.clock import system_clock
from verifier.presentation_requests import PresentationRequests
from verifier.presentation_session import NotYourSessionError
from verifier.service_items import load_items
from verifier.web.counter_language import ENGLISH
from verifier.web.counter_wallet_api import Progress
from verifier.web.request_picture import rows_of_link

REQUESTS = "/counter/api/requests/"
LOOK = {"item": "identity_look"}


async def begin(http: Any, **sent: str) -> Any:
    answer = await http.post(REQUESTS, json=LOOK | sent)
    assert answer.status_code == 201, answer.text
    return answer.json()


def events(text: str) -> list[dict[str, Any]]:
    lines = [line[5:] for line in text.splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines]


async def test_a_request_to_show(desk_http: Any) -> None:
    made = await begin(desk_http)

    assert made["rows"] == list(rows_of_link(made["link"]))
    assert made["transaction_id"] not in made["link"]
    assert 290 <= made["left_s"] <= 300


async def test_a_wallet_that_says_no_ends_the_stream(desk_http: Any) -> None:
    made = await begin(desk_http)
    uri = parse_qs(urlsplit(made["link"]).query)["request_uri"][0]
    assert (await desk_http.get(urlsplit(uri).path)).status_code == 200
    said = urlencode({"error": "access_denied"})
    told = await desk_http.post(f"/responses/{made['id']}", content=said)
    assert told.status_code in (200, 400), told.text
    answer = await desk_http.get(
        f"{REQUESTS}{made['id']}/progress",
        headers={"authorization": f"Bearer {made['transaction_id']}"},
    )

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events(answer.text)[-1] == {"state": "declined"}


@pytest.mark.parametrize(
    ("name", "transaction", "status"), [("nobody's", "x", 404), (None, "x", 403)]
)
async def test_only_who_asked_sees_how_far_it_is(
    desk_http: Any, name: str | None, transaction: str, status: int
) -> None:
    made = await begin(desk_http)
    answer = await desk_http.get(
        f"{REQUESTS}{name or made['id']}/progress",
        headers={"authorization": f"Bearer {transaction}"},
    )
    assert answer.status_code == status


async def test_case_number_and_purpose_are_asked_for(desk_http: Any) -> None:
    answer = await desk_http.post(REQUESTS, json={"item": "compulsory_education"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_case")
    await begin(desk_http, item="compulsory_education", case_number="A-1", purpose="x")
    answer = await desk_http.post(REQUESTS, json={"item": "driving_licence"})
    assert answer.json()["error"] == "permit_not_needed"


@pytest.fixture
def requests(counters: Any) -> PresentationRequests:
    from keys.certificates import Role
    from keys.one_time import MemoryOneTimeStore
    from verifier.session_store import MemorySessionStore

    return PresentationRequests(
        verifier=counters.verifier,
        items=load_items(),
        sessions=MemorySessionStore(100),
        one_time=MemoryOneTimeStore(),
        key=counters.world._certified(Role.VERIFIER, "Counters", "https://verifier.example"),
        base_url="https://verifier.example",
        ttl_s=300,
        clock=system_clock,
    )


async def test_the_states_come_one_by_one(requests: PresentationRequests) -> None:
    late = timedelta(0)
    created = await requests.create(
        item="identity_look", county_code="330302", response_mode="direct_post"
    )
    told = Progress(requests, load_items(), lambda: system_clock() + late, ENGLISH)
    states = told.states(created.id, created.transaction_id)

    assert events_of(await anext(states)) == "requested"
    await requests.request_object(created.id)
    assert events_of(await anext(states)) == "opened"
    late = timedelta(seconds=301)
    assert events_of(await anext(states)) == "expired"
    with pytest.raises(StopAsyncIteration):
        await anext(states)
    with pytest.raises(NotYourSessionError):
        await anext(told.states(created.id, "another"))


def events_of(message: Any) -> str:
    return str(json.loads(message.data)["state"])
