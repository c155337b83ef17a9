"""A form acts once, of however many processes share the store."""

import asyncio
from typing import Any

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from issuer.web.form_once import FormOnce, new_name
from issuer.web.page_forms import Form
from keys.one_time import MemoryOneTimeStore


def request(path: str = "/desk/permits/ZJ1/slip") -> Request[Any, Any, Any]:
    return RequestFactory().post(path)


def form(name: str) -> Form:
    return Form({"once": [name]}, [])


async def test_the_first_acts_and_the_second_does_not() -> None:
    once, sent = FormOnce(MemoryOneTimeStore()), form(new_name())

    assert await once.first(request(), sent)
    assert not await once.first(request(), sent)


async def test_of_many_at_once_one_acts() -> None:
    once, sent = FormOnce(MemoryOneTimeStore()), form(new_name())

    answers = await asyncio.gather(*(once.first(request(), sent) for _ in range(20)))

    assert sum(answers) == 1


async def test_each_form_of_a_page_acts_once() -> None:
    once, sent = FormOnce(MemoryOneTimeStore()), form(new_name())

    assert await once.first(request("/a"), sent)
    assert await once.first(request("/b"), sent)


@pytest.mark.parametrize("name", ["", "x" * 65], ids=["none", "too long"])
async def test_a_form_that_came_from_no_page_of_ours_does_not_act(name: str) -> None:
    assert not await FormOnce(MemoryOneTimeStore()).first(request(), form(name))


def test_names_differ() -> None:
    assert len({new_name() for _ in range(100)}) == 100
