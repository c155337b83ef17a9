"""The wallet's requests: bounded in every direction, and the same from every wallet."""

import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from holder_sim.errors import UnreachableError
from holder_sim.wallet_http import MAX_BYTES, WalletHttp
from schemas.endpoint_url import UrlError


@pytest.fixture
async def http() -> AsyncIterator[WalletHttp]:
    made = WalletHttp(timeout_s=0.5)
    yield made
    await made.close()


@pytest.fixture
def serve(web: Any, new_answer: Any) -> Any:
    """Serves a body at /a and gives the address."""

    def put(body: bytes = b"{}", **changes: Any) -> str:
        url: str = web.put("/a", new_answer(body, **changes))
        return url

    return put


async def test_a_body_is_given(http: WalletHttp, serve: Any) -> None:
    assert await http.get(serve(b'{"a":1}')) == b'{"a":1}'
    assert await http.post(serve(b"no", status=400)) == (400, b"no")


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://user@issuer.example/",
        "https:///path",
        "//issuer.example/",
        "https://issuer.example/#part",
        "https://issuer.example/a\nb",
        "",
    ],
)
async def test_vciw_4_addresses_that_are_not_taken(http: WalletHttp, url: str) -> None:
    with pytest.raises(UrlError):
        await http.get(url)
    with pytest.raises(UrlError):
        await http.post(url)


@pytest.mark.parametrize(
    "url", ["https://a..b/", "https://xn--a-ecp.example.:443/", "https://[::1]:1/"]
)
async def test_addresses_that_lead_nowhere_are_unreachable(http: WalletHttp, url: str) -> None:
    with pytest.raises(UnreachableError):
        await http.get(url)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 401, 404, 500])
async def test_only_200_is_an_answer_to_get_and_no_redirect_is_followed(
    http: WalletHttp, serve: Any, web: Any, status: int
) -> None:
    url = serve(status=status, headers={"location": web.base_url + "/b"})

    with pytest.raises(UnreachableError, match=str(status)):
        await http.get(url)

    assert web.paths() == ["/a"]


async def test_another_media_type_is_not_an_answer(http: WalletHttp, serve: Any) -> None:
    assert await http.get(serve(media_type="application/json; charset=utf-8"))
    with pytest.raises(UnreachableError, match="something else"):
        await http.get(serve(media_type="text/html"))


async def test_too_much_is_not_read_to_its_end(http: WalletHttp, serve: Any) -> None:
    assert len(await http.get(serve(b"x" * MAX_BYTES))) == MAX_BYTES
    with pytest.raises(UnreachableError, match="more than is taken"):
        await http.get(serve(b"x" * (MAX_BYTES + 1)))


async def test_a_compressed_body_is_not_inflated(http: WalletHttp, serve: Any) -> None:
    bomb = zlib.compress(b"0" * MAX_BYTES * 2)

    body = await http.get(serve(bomb, headers={"content-encoding": "deflate"}))

    assert body == bomb


async def test_a_trickle_does_not_hold_the_wallet(serve: Any) -> None:
    """Each piece comes well in time; the whole would take for ever."""
    http = WalletHttp(timeout_s=0.3)
    began = time.monotonic()

    with pytest.raises(UnreachableError, match="TimeoutError"):
        await http.get(serve(b"x", chunks=200, pause_s=0.05))

    # Not a measure of speed: without the bound it would be 10 s.
    assert time.monotonic() - began < 5
    await http.close()


async def test_vpw_42_nothing_tells_one_wallet_from_another(
    http: WalletHttp, serve: Any, web: Any
) -> None:
    url = serve(headers={"set-cookie": "wallet=7; Path=/; Max-Age=99999", "etag": '"7"'})
    other = WalletHttp(timeout_s=0.5)

    for client in (http, http, other):
        await client.get(url)
        await client.post(url, content=b"")
    await other.close()

    gets = [asked.headers for asked in web.asked if asked.method == "GET"]
    posts = [asked.headers for asked in web.asked if asked.method == "POST"]
    assert gets[0] == gets[1] == gets[2]
    assert posts[0] == posts[1] == posts[2]
    assert gets[0].keys() <= {"host", "accept", "accept-encoding", "connection", "user-agent"}


async def test_what_went_wrong_names_the_host_and_no_secret_path(
    http: WalletHttp, web: Any
) -> None:
    with pytest.raises(UnreachableError) as caught:
        await http.get(web.base_url + "/offers/secret-reference")

    assert web.base_url in str(caught.value)
    assert "secret-reference" not in str(caught.value)
