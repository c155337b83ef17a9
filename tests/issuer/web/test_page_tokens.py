"""Forms are taken from pages of ours, and odd requests are refused in words, not by a fault."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from issuer.web.page_secret import page_secret
from issuer.web.page_tokens import TOKEN_FIELD, csrf_middleware
from tests.issuer.web.portal_visitor import LIN, Portal, portal

BOUNDARY = b"part"


@pytest.fixture
async def visitor(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as opened:
        yield opened


@pytest.mark.parametrize("left", ["", "nonsense", "f" * 128])
async def test_a_cookie_that_an_earlier_service_left_gives_way(visitor: Portal, left: str) -> None:
    visitor.http.cookies.set("form", left, domain="127.0.0.1")
    await visitor.sign_in(LIN)

    assert visitor.address == "/apply"
    assert visitor.http.cookies["form"] != left


async def test_a_cookie_of_ours_stays_so_that_forms_of_other_tabs_are_taken(
    visitor: Portal,
) -> None:
    await visitor.get("/sign-in")
    token = visitor.http.cookies["form"]
    again = await visitor.get("/")

    assert "set-cookie" not in again.headers
    assert visitor.http.cookies["form"] == token


def part(head: bytes, value: bytes) -> bytes:
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + value


@pytest.mark.parametrize(
    ("head", "value", "status"),
    [
        pytest.param(
            b'name="a"\r\nContent-Type: text/plain; charset=nonsense', b"x", 400, id="charset"
        ),
        pytest.param(b'name="a"\r\nContent-Type: text/plain; charset=hex', b"zz", 400, id="codec"),
        pytest.param(b'name="a"', b"\xff\xfe", 400, id="no utf-8"),
        pytest.param(
            b'name="citizen_id_number"\r\nContent-Type: text/plain; charset=utf-7',
            b"+2AA-",
            400,
            id="half a character",
        ),
        pytest.param(b'name="citizen_id_number"', b"5200\x00", 400, id="nul"),
        pytest.param(f'name="{TOKEN_FIELD}"; filename="x"'.encode(), b"x", 403, id="a file"),
    ],
)
async def test_a_form_that_nobody_can_read_is_refused_in_words(
    visitor: Portal, head: bytes, value: bytes, status: int
) -> None:
    await visitor.get("/sign-in")
    token = visitor.hidden(TOKEN_FIELD).encode()
    parts = [] if TOKEN_FIELD.encode() in head else [part(b'name="_csrf_token"', token)]
    body = b"\r\n".join([*parts, part(head, value), b"--" + BOUNDARY + b"--\r\n"])
    answer = await visitor.http.post(
        "/sign-in",
        content=body,
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
    )

    assert answer.status_code == status
    assert "Error" in answer.text


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        pytest.param("/", "permits.example:99999999", 400, id="a port that is none"),
        pytest.param("/nothing", "permits.example:99999999", 404, id="outside all pages"),
        pytest.param("/apply/%00", "permits.example", 404, id="nul in the path"),
        pytest.param("/sign-in?next=%00", "permits.example", 404, id="nul behind it"),
        pytest.param("/sign-in?next=//evil.example", "evil.example", 200, id="another host"),
    ],
)
async def test_an_odd_address_is_refused_on_a_page(
    visitor: Portal, path: str, host: str, status: int
) -> None:
    answer = await visitor.http.get(path, headers={"host": host}, follow_redirects=False)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "evil.example" not in answer.text.split("<main", 1)[1]


async def test_forms_of_other_sites_are_refused_whatever_they_bring(visitor: Portal) -> None:
    await visitor.get("/sign-in")
    form = {TOKEN_FIELD: visitor.hidden(TOKEN_FIELD), "citizen_id_number": LIN}
    answers = [
        await visitor.http.post("/sign-in", data=form, headers={"sec-fetch-site": site})
        for site in ("cross-site", "same-site")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "session" not in visitor.http.cookies


async def test_a_token_of_another_browser_is_refused(visitor: Portal, tmp_path: Path) -> None:
    other: AsyncTestClient[Any] = AsyncTestClient(visitor.http.app, base_url="http://127.0.0.1")
    page = (await other.get("/sign-in")).text
    await visitor.get("/sign-in")
    foreign = page.split(f'name="{TOKEN_FIELD}" value="')[1].split('"')[0]
    answer = await visitor.http.post(
        "/sign-in", data={TOKEN_FIELD: foreign, "citizen_id_number": LIN}
    )

    assert answer.status_code == 403


def test_with_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    made = csrf_middleware(secure=True, secret=page_secret(tmp_path))
    config = made.kwargs["config"]

    assert (config.cookie_name, config.cookie_secure) == ("__Host-form", True)
