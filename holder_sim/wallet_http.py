"""The wallet's requests: to few addresses, of bounded size, and without a trace of itself.

Addresses come from offers, metadata and signed requests, so each is checked before use;
redirects are not followed, for they lead where nobody signed. Nothing tells one wallet
from another, and what a server sets to recognise it (cookies) is not kept [OID4VP §15.8].
"""

import asyncio
import ssl
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx

from holder_sim.errors import UnreachableError
from schemas.endpoint_url import check_https_url

TIMEOUT_S = 10.0
"""From the first byte sent to the last byte read, however slowly they come."""
MAX_BYTES = 4 * 1024 * 1024
"""Largest body taken: a batch of copies, each with a portrait."""
# Compression is not asked for: a small body could then become a huge one.
_HEADERS = {"user-agent": "wallet", "accept-encoding": "identity"}


class WalletHttp:
    """One client for all of a wallet's requests."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            headers=_HEADERS,
            verify=_tls(),
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def get(self, url: str, *, accept: str = "application/json") -> bytes:
        """The body behind ``url``.

        Raises:
            schemas.endpoint_url.UrlError: an address that is not taken.
            UnreachableError: no answer, another status than 200 or media type than
                ``accept``, or too much.
        """
        response, body = await self._send("GET", url, headers={"accept": accept})
        if response.status_code != 200:
            raise UnreachableError(f"{_origin(url)} answered {response.status_code}")
        if response.headers.get("content-type", "").split(";")[0].strip().lower() != accept:
            raise UnreachableError(f"{_origin(url)} answered with something else than {accept}")
        return body

    async def post(self, url: str, **content: Any) -> tuple[int, bytes]:
        """Status and body of the answer; arguments as for httpx.

        Raises:
            schemas.endpoint_url.UrlError, UnreachableError: as above.
        """
        response, body = await self._send("POST", url, **content)
        return response.status_code, body

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _send(self, method: str, url: str, **content: Any) -> tuple[httpx.Response, bytes]:
        check_https_url(url)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream(method, url, **content) as response,
            ):
                return response, await _body_of(response, url)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
            raise UnreachableError(
                f"{_origin(url)} cannot be reached: {type(error).__name__}",
                remedy="Check the network and try again.",
            ) from error


@lru_cache
def _tls() -> ssl.SSLContext:
    # Reading the certificate authorities takes longer than most requests.
    return httpx.create_ssl_context(trust_env=False)


async def _body_of(response: httpx.Response, url: str) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise UnreachableError(f"{_origin(url)} sent more than is taken")
    return bytes(body)


def _origin(url: str) -> str:
    # Paths hold secrets: offer references, session identifiers.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
