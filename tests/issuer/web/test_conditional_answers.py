"""Published texts over HTTP: whole the first time, not again while they stay the same."""

from typing import Any

import pytest
from litestar import Litestar, Request, Response, get
from litestar.testing import AsyncTestClient

from issuer.web.conditional_answers import holds, published


@get("/text")
async def text(request: Request[Any, Any, Any]) -> Response[str]:
    return published(request, "ab.c", media_type="application/x+jwt", entity_tag="v7", max_age_s=9)


async def test_the_first_answer_is_whole_and_says_how_long_it_keeps() -> None:
    async with AsyncTestClient(Litestar([text])) as reader:
        answer = await reader.get("/text")

    assert (answer.status_code, answer.text) == (200, "ab.c")
    assert answer.headers["content-type"].startswith("application/x+jwt")
    assert answer.headers["etag"] == '"v7"'
    assert answer.headers["cache-control"] == "public, max-age=9"


async def test_a_caller_who_has_it_gets_nothing_but_the_headers() -> None:
    async with AsyncTestClient(Litestar([text])) as reader:
        answer = await reader.get("/text", headers={"If-None-Match": '"v7"'})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"v7"'
    assert answer.headers["cache-control"] == "public, max-age=9"


@pytest.mark.parametrize(
    ("if_none_match", "held"),
    [
        ([], False),
        (['"v7"'], True),
        (['W/"v7"'], True),  # a proxy that compressed it marks the tag as weak
        (['"v6", "v7"'], True),
        (['"v6"', '"v7"'], True),  # the same, as two header lines
        (["*"], True),
        (['"v6"'], False),
        (["v7"], False),  # an entity tag has quotes
    ],
)
def test_which_callers_have_it(if_none_match: list[str], held: bool) -> None:
    assert holds(if_none_match, '"v7"') is held
