"""The cookie that makes a browser a counter."""

import pytest

from verifier.web.counter_cookie import DESK_COOKIE_PATH, desk_cookie


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://v.example", True), ("http://127.0.0.1:8102", False)]
)
def test_no_script_reads_it_and_no_other_site_sends_it(base_url: str, secure: bool) -> None:
    cookie = desk_cookie("secret", base_url)

    assert (cookie.httponly, cookie.samesite, cookie.secure) == (True, "strict", secure)
    assert cookie.path == DESK_COOKIE_PATH
