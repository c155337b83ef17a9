"""One bounded GET, for addresses that a stranger may have had a say in.

https only, or plain http to this machine. The host is resolved first, every address it
has must be a public one, and the connection then goes to the very address that was
looked at: a name that answers differently a moment later cannot lead us into the
operator's own network. Redirects are followed a few times [TSL §8.2], each hop through
the same gate, and never from https to http or to another place on this machine.
Time and bytes are capped, and the body is taken as it comes: no decompression of
strangers' data.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx
from msgspec import Struct

from verifier.errors import FetchError

MAX_REDIRECTS = 3
TIMEOUT_S = 5.0
"""For the whole of it, redirects included: a clerk and a person are waiting."""
MAX_URL_CHARACTERS = 2048
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

NAT64 = IPv6Network("64:ff9b::/96")
"""Global by the registry, yet whatever v4 address stands in it, a private one too."""

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[Address]]]


class Fetched(Struct, frozen=True):
    """What came back with a status of 200."""

    body: bytes
    media_type: str
    """Lower case, without parameters."""


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of ``host``, by the machine's own resolver."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("the host name cannot be resolved") from error
    return [ip_address(entry[4][0]) for entry in found]


class Fetcher:
    """Fetches; holds no connection in between, for it is asked a few times a minute."""

    def __init__(self, *, resolve: Resolve = resolve, timeout_s: float = TIMEOUT_S) -> None:
        self._resolve = resolve
        self._timeout_s = timeout_s

    async def get(self, url: str, *, accept: str, max_bytes: int) -> Fetched:
        """The document at ``url``.

        Raises:
            FetchError: address not allowed, no answer in time, another status than 200,
                too many redirects, compressed, or longer than ``max_bytes``.
        """
        try:
            # No proxy from the environment: it would resolve names in our place.
            async with (
                asyncio.timeout(self._timeout_s),
                httpx.AsyncClient(verify=_tls(), trust_env=False) as client,
            ):
                return await self._follow(client, _parsed(url), accept, max_bytes)
        except TimeoutError as error:
            raise FetchError(f"no whole answer within {self._timeout_s} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"the connection failed ({type(error).__name__})") from error

    async def _follow(
        self, client: httpx.AsyncClient, url: httpx.URL, accept: str, max_bytes: int
    ) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            async with self._answer(client, url, accept) as response:
                if not response.has_redirect_location:
                    return await _read(response, max_bytes)
                url = _next_hop(url, response.headers["location"])
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")

    @asynccontextmanager
    async def _answer(
        self, client: httpx.AsyncClient, url: httpx.URL, accept: str
    ) -> AsyncIterator[httpx.Response]:
        address = await self._allowed_address(url)
        # To the address that was looked at; name and certificate stay the host's.
        async with client.stream(
            "GET",
            url.copy_with(host=str(address)),
            headers={
                "host": url.netloc.decode("ascii"),
                "accept": accept,
                "accept-encoding": "identity",
            },
            extensions={"sni_hostname": url.host},
        ) as response:
            yield response

    async def _allowed_address(self, url: httpx.URL) -> Address:
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._resolve(url.host, port)
        local = url.host in LOOPBACK_NAMES
        # All of them, not the first: which one is taken must not be up to chance.
        if not addresses or not all(_fits(address, local) for address in addresses):
            raise FetchError("the host has an address that is not a public one")
        return addresses[0]


class Unconnected(Fetcher):
    """For a counter that is set to work without a network: refuses at once, and asks nobody."""

    async def get(self, url: str, *, accept: str, max_bytes: int) -> Fetched:
        raise FetchError("this verifier is set to work without a network")


@cache
def _tls() -> ssl.SSLContext:
    """The machine's own certificates, read once."""
    return ssl.create_default_context()


def _fits(address: Address, local: bool) -> bool:
    if local:
        return address.is_loopback
    # Where a v6 address leads to a v4 one, what the v6 one is says nothing. Mapped ones are
    # not global in any case; these two kinds are.
    leads_to_v4 = address.version == 6 and (address in NAT64 or address.sixtofour is not None)
    return address.is_global and not address.is_multicast and not leads_to_v4


def _parsed(text: str) -> httpx.URL:
    """An absolute https URL, or http on this machine; no credentials in it.

    Raises:
        FetchError: anything else.
    """
    if len(text) > MAX_URL_CHARACTERS:
        raise FetchError(f"an address longer than {MAX_URL_CHARACTERS} characters")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise FetchError("not an address") from error
    plain_but_local = url.scheme == "http" and url.host in LOOPBACK_NAMES
    if not url.host or url.userinfo or not (url.scheme == "https" or plain_but_local):
        raise FetchError("only https, or http on this machine, is fetched")
    return url


def _next_hop(current: httpx.URL, location: str) -> httpx.URL:
    target = _parsed(str(current.join(location)))
    same_place = (target.scheme, target.netloc) == (current.scheme, current.netloc)
    if not same_place and (target.scheme != "https" or target.host in LOOPBACK_NAMES):
        raise FetchError("a redirect away from https, or into this machine")
    return target


async def _read(response: httpx.Response, max_bytes: int) -> Fetched:
    if response.status_code != 200:
        raise FetchError(f"answered with status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FetchError("answered compressed, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(f"answered with more than {max_bytes} bytes")
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    return Fetched(bytes(body), media_type)
