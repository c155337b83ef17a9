"""The bounded GET: which addresses, how many hops, how many bytes, how long."""

from ipaddress import ip_address
from typing import Any

import pytest

from verifier.errors import FetchError
from verifier.fetching import MAX_REDIRECTS, Address, Fetcher, Unconnected

JWT = "application/jwt"


def resolving_to(*addresses: str) -> Fetcher:
    async def resolve(host: str, port: int) -> list[Address]:
        return [ip_address(address) for address in addresses]

    return Fetcher(resolve=resolve, timeout_s=0.5)


async def test_fetches_from_this_machine(web: Any) -> None:
    web.put("/a", "hello", media_type="Application/JWT; charset=utf-8")

    fetched = await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=5)

    assert (fetched.body, fetched.media_type) == (b"hello", JWT)
    assert f"accept: {JWT}" in web.heads[0].lower()
    assert "accept-encoding: identity" in web.heads[0].lower()


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/a",  # plain http to elsewhere
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "https:///a",
        "/a",
        "https://user:secret@issuer.example/a",
        "https://issuer.example:port/a",
        "https://issuer.example/" + "a" * 2048,
    ],
)
async def test_only_https_or_http_on_this_machine(url: str) -> None:
    with pytest.raises(FetchError, match=r"only https|not an address|longer than"):
        await resolving_to("93.184.216.34").get(url, accept=JWT, max_bytes=10)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.8"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["169.254.169.254"],  # where clouds hand out credentials
        ["100.64.0.1"],
        ["0.0.0.0"],  # noqa: S104
        ["224.0.0.1"],
        ["::1"],
        ["fe80::1"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.8"],
        ["64:ff9b::10.0.0.8"],  # both of these are global, and lead to a v4 address
        ["2002:0a00:0008::1"],
        ["93.184.216.34", "10.0.0.8"],  # one bad address among good ones
        [],
    ],
)
async def test_a_public_name_may_not_lead_into_a_private_network(addresses: list[str]) -> None:
    with pytest.raises(FetchError, match="not a public one"):
        await resolving_to(*addresses).get("https://issuer.example/a", accept=JWT, max_bytes=10)


async def test_localhost_must_be_this_machine() -> None:
    with pytest.raises(FetchError, match="not a public one"):
        await resolving_to("93.184.216.34").get("http://localhost/a", accept=JWT, max_bytes=10)


async def test_the_connection_goes_to_the_address_that_was_looked_at(web: Any) -> None:
    web.put("/a", "hello")
    port = web.base_url.rsplit(":", 1)[1]

    url = f"http://localhost:{port}/a"

    await resolving_to("127.0.0.1").get(url, accept=JWT, max_bytes=10)
    assert f"host: localhost:{port}" in web.heads[0].lower()
    # Nobody listens there, and the name is not asked for a second time.
    with pytest.raises(FetchError, match="connection failed"):
        await resolving_to("::1").get(url, accept=JWT, max_bytes=10)


async def test_follows_a_few_redirects_on_the_same_place(web: Any) -> None:
    web.put("/a", "", status="302 Found", location="/b")
    web.put("/b", "there")

    fetched = await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=10)

    assert fetched.body == b"there"


async def test_gives_up_in_a_circle(web: Any) -> None:
    web.put("/a", "", status="307 Temporary Redirect", location="/a")

    with pytest.raises(FetchError, match="redirects"):
        await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=10)
    assert len(web.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("http://127.0.0.1:1/b", "redirect away"),  # another service of this machine
        ("https://localhost/b", "redirect away"),
        ("http://issuer.example/b", "only https"),
        ("https://10.0.0.8/b", "not a public one"),
        ("https://issuer.example:x/b", "connection failed"),
    ],
)
async def test_a_redirect_passes_the_same_gate(web: Any, location: str, says: str) -> None:
    web.put("/a", "", status="302 Found", location=location)

    with pytest.raises(FetchError, match=says):
        await Fetcher(timeout_s=0.5).get(f"{web.base_url}/a", accept=JWT, max_bytes=10)


async def test_stops_reading_at_the_cap(web: Any) -> None:
    web.put("/a", b"x" * 100_000)

    with pytest.raises(FetchError, match="more than 99999 bytes"):
        await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=99_999)


async def test_takes_nothing_compressed(web: Any) -> None:
    web.put("/a", b"\x1f\x8b", content_encoding="gzip")

    with pytest.raises(FetchError, match="compressed"):
        await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=10)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "204 No Content"])
async def test_takes_status_200_only(web: Any, status: str) -> None:
    web.put("/a", "", status=status)

    with pytest.raises(FetchError, match="status"):
        await Fetcher().get(f"{web.base_url}/a", accept=JWT, max_bytes=10)


async def test_the_time_is_for_the_whole_of_it(web: Any) -> None:
    web.put("/a", "late")
    web.delay_s = 1.0

    with pytest.raises(FetchError, match="no whole answer"):
        await Fetcher(timeout_s=0.05).get(f"{web.base_url}/a", accept=JWT, max_bytes=10)


async def test_nobody_there() -> None:
    with pytest.raises(FetchError, match="connection failed"):
        await Fetcher().get("http://127.0.0.1:9/a", accept=JWT, max_bytes=10)


async def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(FetchError):
        await Fetcher(timeout_s=0.5).get("https://no.invalid/a", accept=JWT, max_bytes=10)


async def test_without_a_network_nobody_is_asked(web: Any) -> None:
    web.put("/a", "hello")

    with pytest.raises(FetchError, match="without a network"):
        await Unconnected().get(f"{web.base_url}/a", accept=JWT, max_bytes=5)
    assert web.requests == []
