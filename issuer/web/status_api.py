"""Status lists: which permits are suspended or ended, for anyone who asks [TSL §8]."""

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from issuer.status_publication import StatusPublication
from issuer.web.conditional_answers import published
from schemas.status_list import STATUS_LIST_MEDIA_TYPE


class StatusListAddresses(Struct, frozen=True):
    """The answer of the aggregation endpoint."""

    status_lists: tuple[str, ...]


class StatusController(Controller):
    """The status lists of one county.

    Open to anyone, and the same for everyone: a request names a list of a million entries,
    so it tells us nothing of whose permit is being looked at.
    """

    path = "/{county_code:str}/status"

    @get("/")
    async def addresses(
        self, county_code: FromPath[str], publication: NamedDependency[StatusPublication]
    ) -> StatusListAddresses:
        """All lists of the county, so that a verifier can fetch them ahead [TSL §9.3]."""
        return StatusListAddresses(await asyncio.to_thread(publication.addresses, county_code))

    @get("/{list_number:int}")
    async def status_list(
        self,
        county_code: FromPath[str],
        list_number: FromPath[int],
        request: Request[Any, Any, Any],
        publication: NamedDependency[StatusPublication],
    ) -> Response[str]:
        """The list as a signed token, or the word that the caller has it already."""
        published_list = await asyncio.to_thread(publication.token, county_code, list_number)
        return published(
            request,
            published_list.token,
            media_type=STATUS_LIST_MEDIA_TYPE,
            entity_tag=published_list.etag,
            max_age_s=published_list.max_age_s,
        )
