"""What a form says, read without trust."""

from typing import Any

import pytest
from litestar import Litestar, Request, Response, post
from litestar.testing import AsyncTestClient

from issuer.web.page_forms import (
    MAX_FILES,
    MAX_TEXT_CHARACTERS,
    AnswerMissingError,
    Form,
    TooManyFilesError,
    read_form,
)


@post("/", request_max_body_size=4_000_000)
async def said(request: Request[Any, Any, Any]) -> dict[str, Any]:
    form = await read_form(request)
    return {
        "name": form.text("name"),
        "several": form.several("several"),
        "files": [(file.field, file.filename, len(file.data)) for file in form.files],
    }


@pytest.fixture
def app() -> Litestar:
    return Litestar(
        [said],
        openapi_config=None,
        exception_handlers={TooManyFilesError: lambda _, error: Response(error.code)},
    )


async def test_fields_and_files_come_by_name(app: Litestar) -> None:
    async with AsyncTestClient(app) as client:
        plain = await client.post("/", data={"name": " 林 ", "several": ["a", "b"]})
        files = [
            ("lease", ("租约.png", b"12345")),
            ("card", ("empty.png", b"")),
            ("card", ("x", b"1")),
        ]
        parts = await client.post("/", data={"name": "x"}, files=files)

    assert plain.json() == {"name": "林", "several": ["a", "b"], "files": []}
    assert parts.json()["files"] == [["lease", "租约.png", 5], ["card", "x", 1]]


async def test_files_and_fields_stay_in_the_order_in_which_they_were_sent(app: Litestar) -> None:
    names = [f"field{number}" for number in range(MAX_FILES)]
    async with AsyncTestClient(app) as client:
        answer = await client.post("/", files=[(name, ("x", b"1")) for name in names])

    assert [field for field, _, _ in answer.json()["files"]] == names


async def test_more_files_than_a_form_takes_are_refused_and_not_left_out(app: Litestar) -> None:
    async with AsyncTestClient(app) as client:
        files = [("card", ("none", b"")), *[("card", ("x", b"1"))] * MAX_FILES]
        taken = await client.post("/", data={}, files=files)
        refused = await client.post("/", data={}, files=[*files, ("card", ("x", b"1"))])

    assert len(taken.json()["files"]) == MAX_FILES
    assert refused.text == "too_many_files"


@pytest.mark.parametrize("text", ["a\0b", "\0"])
async def test_what_no_register_can_keep_is_no_text(app: Litestar, text: str) -> None:
    async with AsyncTestClient(app) as client:
        answer = await client.post("/", data={"name": text})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("12", 12, id="a number"),
        pytest.param("0", 0, id="nought"),
        pytest.param("", -1, id="nothing"),
        pytest.param("-3", -1, id="below nought"),
        pytest.param("١٢", -1, id="other digits"),
        pytest.param("9" * 10, -1, id="too many digits"),
    ],
)
def test_a_number_is_one_or_minus_one(text: str, number: int) -> None:
    assert Form({"revision": [text]}, []).number("revision") == number


def test_what_is_missing_reads_as_empty_and_what_is_long_is_cut() -> None:
    form = Form({"long": ["x" * 9_999], "twice": ["a", "b"]}, [])

    assert (form.text("nothing"), form.several("nothing"), form.ticked("nothing")) == (
        "",
        [],
        False,
    )
    assert len(form.text("long")) == MAX_TEXT_CHARACTERS
    assert form.text("twice") == "b"
    assert form.ticked("twice")


def test_a_missing_answer_knows_its_field() -> None:
    error = AnswerMissingError("county", "Choose the county you live in.")

    assert (error.field, error.http_status, error.code) == ("county", 400, "answer_missing")
