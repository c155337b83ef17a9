"""Every answer says what it may load, and where it may be shown."""

import re
from typing import Any

import pytest

from holder_sim.web.wallet_headers import HEADERS
from holder_sim.web.wallet_static import SHELL

OTHERS = ("/health", "/api/gate", "/cards", "/wallet.webmanifest", "/service-worker.js", "/nothing")


@pytest.mark.parametrize("path", SHELL + OTHERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_answer_has_them(wallet_page: Any, path: str, accept: str) -> None:
    answer = await wallet_page.get(path, headers={"accept": accept})

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_in_the_text() -> None:
    policy = HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert set(re.findall(r"'[^']+'", policy)) == {"'none'", "'self'"}
    assert "http" not in policy


@pytest.mark.parametrize("path", SHELL)
async def test_pages_hold_no_script_and_no_style_in_their_text(wallet_page: Any, path: str) -> None:
    text = (await wallet_page.get(path)).text

    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    addresses = re.findall(r"(?:src|href|action)=\"([^\"]*)\"", text)
    elsewhere = [a for a in addresses if not a.startswith(("/", "#"))]
    assert [a for a in elsewhere if not re.match(r"http://127\.0\.0\.1:\d+/$", a)] == []
