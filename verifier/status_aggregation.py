"""Learning of an issuer's status lists before a permit brings one along [TSL §9].

Fetching every list ahead has two merits: the first check of the day works though the
network to the issuer is down, and the issuer cannot tell from our requests whose permit
is being looked at. One issuer that does not answer must not keep us from the others.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated

import msgspec

from keys.clock import Clock
from keys.trust_list import TrustedIssuer, TrustList
from schemas.endpoint_url import well_known_url
from schemas.errors import ServiceError
from schemas.openid4vci import AUTHORIZATION_SERVER, AuthorizationServerMetadata, parse_message
from verifier.fetching import Fetcher
from verifier.status_cache import MAX_LISTS_OF_ISSUER, StatusCache

MAX_BYTES = 256 * 1024
ISSUERS_AT_ONCE = 8

_log = logging.getLogger(__name__)


class ListOfLists(msgspec.Struct, frozen=True):
    """An issuer's answer [TSL §9.3]."""

    status_lists: Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_LISTS_OF_ISSUER)]


async def fetch_ahead(
    trust_list: TrustList,
    statuses: StatusCache,
    fetcher: Fetcher,
    clock: Clock,
    *,
    progress: Callable[[int, int], None] = lambda done, issuers: None,
) -> None:
    """Bring every status list of every trusted issuer into ``statuses``, where due.

    What cannot be fetched is logged and left: the verdict that needs it says so.
    ``progress`` is told how many issuers were asked, and of how many.
    """
    at_once = asyncio.Semaphore(ISSUERS_AT_ONCE)
    asked = 0

    async def of_one(issuer: TrustedIssuer) -> None:
        try:
            async with at_once:
                uris = await lists_of(issuer.issuer, fetcher)
        except ServiceError as error:
            _log.warning("no list of status lists from %s: %s", issuer.issuer, error.code)
            return
        for uri in uris:
            # The time of each: a round over many issuers takes minutes, and a list signed
            # meanwhile would look as if it came from the future.
            await statuses.known(uri, issuer, clock(), ahead=True)

    async def counted(issuer: TrustedIssuer) -> None:
        nonlocal asked
        await of_one(issuer)
        asked += 1
        progress(asked, len(trust_list.issuers))

    await asyncio.gather(*(counted(issuer) for issuer in trust_list.issuers))


async def lists_of(issuer: str, fetcher: Fetcher) -> tuple[str, ...]:
    """Addresses of an issuer's status lists; none where it does not publish them.

    Raises:
        FetchError, InputError: no answer, or not what was asked for.
    """
    url = well_known_url(issuer, AUTHORIZATION_SERVER)
    document = await fetcher.get(url, accept="application/json", max_bytes=MAX_BYTES)
    metadata = parse_message(document.body, AuthorizationServerMetadata)
    if metadata.status_list_aggregation_endpoint is None:
        return ()
    answer = await fetcher.get(
        metadata.status_list_aggregation_endpoint, accept="application/json", max_bytes=MAX_BYTES
    )
    return parse_message(answer.body, ListOfLists).status_lists
