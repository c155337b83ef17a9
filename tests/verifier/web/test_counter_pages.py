"""Setting a counter up, and its screen."""

import json
import re
from typing import Any

import pytest

from verifier.web.counter_cookie import DESK_COOKIE


async def test_a_browser_that_is_no_counter_is_led_to_setting_up(counter_http: Any) -> None:
    for path, leads in (("/", "/counter"), ("/counter", "/counter/setup")):
        answer = await counter_http.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, leads)
    assert "Ninghai" in (await counter_http.get("/counter/setup")).text


async def test_the_pin_makes_it_one(counter_http: Any, set_up: Any) -> None:
    answer = await set_up()

    assert (answer.status_code, answer.headers["location"]) == (303, "/counter")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = (await counter_http.get("/counter")).text
    assert "Counter 12" in page
    assert "Lucheng" in page
    assert page.count('name="item"') == 3


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"pin": "00000000"}, 403, "not the administrator"),
        ({"pin": ""}, 403, "not the administrator"),
        ({"office": ""}, 400, "not complete"),
        ({"items": []}, 400, "not complete"),
        ({"county": "999999"}, 400, "No county"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_entered_stays(
    set_up: Any, changes: dict[str, Any], status: int, says: str
) -> None:
    answer = await set_up(**changes)

    assert answer.status_code == status
    assert says in answer.text
    assert "set-cookie" not in answer.headers
    assert "48120377" not in answer.text
    assert ('value="Counter 12"' in answer.text) is ("office" not in changes)


async def test_choosing_again_needs_the_pin_and_ends_what_was(desk_http: Any, set_up: Any) -> None:
    before = desk_http.cookies[DESK_COOKIE]
    assert (await set_up(pin="wrong", office="Other")).status_code == 403
    assert "Counter 12" in (await desk_http.get("/counter")).text
    assert (await set_up(office="Other")).status_code == 303
    assert "Other" in (await desk_http.get("/counter")).text

    desk_http.cookies.clear()
    desk_http.cookies.set(DESK_COOKIE, before)
    answer = await desk_http.get("/counter", follow_redirects=False)
    assert answer.headers["location"] == "/counter/setup"


async def test_after_too_many_wrong_pins_none_is_compared(set_up: Any) -> None:
    answers = [(await set_up(pin="wrong")).status_code for _ in range(6)]

    assert answers == [403] * 5 + [429]


async def test_the_scripts_know_what_each_service_needs(desk_http: Any) -> None:
    text = (await desk_http.get("/counter")).text
    found = re.search(r'id="told">(.*?)</script>', text, re.S)
    assert found is not None
    told = json.loads(found.group(1))

    assert told["clear_after_s"] == 30
    assert told["items"] == [
        {"id": "identity_look", "may_ask": True, "asks_case": False},
        {"id": "compulsory_education", "may_ask": True, "asks_case": True},
        {"id": "driving_licence", "may_ask": False, "asks_case": False},
    ]
