"""An error is a page for who opened one, and JSON for scripts."""

from typing import Any

import pytest


async def test_a_page_or_json(counter_http: Any) -> None:
    path = "/counter/static/x/none"
    page = await counter_http.get(path, headers={"accept": "text/html"})
    data = await counter_http.get(path, headers={"accept": "*/*"})

    assert page.status_code == data.status_code == 404
    assert "<h1" in page.text
    assert "Go back to the counter." in page.text
    assert set(data.json()) == {"error", "error_description", "remedy"}


async def test_an_error_of_ours_has_its_words(counter_http: Any) -> None:
    refused = {"accept": "text/html", "host": "evil.example"}
    page = await counter_http.get("/counter", headers=refused)

    assert page.status_code == 403
    assert "under a name that is not the verifier" in page.text


async def test_a_defect_is_told_to_nobody(
    counter_http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret in a trace")

    monkeypatch.setattr("verifier.counter_desks.CounterDesks.find", broken)
    for accept in ("text/html", "application/json"):
        answer = await counter_http.get("/counter", headers={"accept": accept})
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["x-frame-options"] == "DENY"
