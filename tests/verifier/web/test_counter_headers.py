"""Every answer of the counter says what it may load, and where it may be shown."""

import re
from typing import Any

from verifier.web.counter_headers import COUNTER_HEADERS

PATHS = ("/counter", "/counter/setup", "/counter/static/x/none.css")


async def test_every_answer_has_them(desk_http: Any) -> None:
    for path in PATHS:
        for accept in ("text/html", "application/json"):
            answer = await desk_http.get(path, headers={"accept": accept})
            assert {name: answer.headers.get(name) for name in COUNTER_HEADERS} == COUNTER_HEADERS


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_in_the_text() -> None:
    policy = COUNTER_HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert set(re.findall(r"'[^']+'", policy)) == {"'none'", "'self'"}
    assert re.findall(r"\S*-src(?= [^;]*data:)", policy) == ["img-src"]
    assert "http" not in policy


async def test_pages_hold_no_script_and_no_style_in_their_text(desk_http: Any) -> None:
    text = "".join([(await desk_http.get(path)).text for path in PATHS])

    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    addresses = re.findall(r"(?:src|href|action)=\"([^\"]*)\"", text)
    assert [a for a in addresses if not a.startswith(("/counter", "#"))] == []
