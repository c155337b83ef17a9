"""Files of the pages: whole, typed, kept for ever under their digest, and no others."""

import re
from typing import Any

import pytest

from verifier.web.counter_static import (
    ASK_AGAIN,
    FOREVER,
    counter_address,
    counter_digest,
    counter_files,
)


async def test_every_file_is_served_as_what_it_is_and_no_other(counter_http: Any) -> None:
    for name, file in counter_files().items():
        answer = await counter_http.get(counter_address(name))
        assert answer.content == file.content
        assert answer.headers["content-type"].partition(";")[0] == file.media_type
        assert answer.headers["cache-control"] == FOREVER
    for name in ("..%2Fcounter_static.py", "counter_static.py", "%00", "counter"):
        nothing = await counter_http.get(f"/counter/static/{counter_digest()}/{name}")
        assert nothing.status_code == 404

    old = await counter_http.get("/counter/static/0000/counter.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, ASK_AGAIN)


def test_a_template_that_names_no_file_fails() -> None:
    with pytest.raises(KeyError):
        counter_address("counter_nothing.js")


def test_scripts_name_only_files_that_are_there() -> None:
    for file in counter_files().values():
        for name in re.findall(rb'from "\./([^"]+)"', file.content):
            assert name.decode() in counter_files()
