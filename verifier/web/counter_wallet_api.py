"""Asking a wallet from the counter's page, and telling the page how far things are.

The page gets the picture of the request and, as a stream of server-sent events, its states:
``requested``, ``opened`` when a wallet has fetched it, then ``answered`` with the verdict,
``declined`` or ``expired``. The transaction identifier opens the stream; it travels in a
header, so that no address holds it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Struct

from keys.clock import Clock
from schemas.openid4vp import DIRECT_POST_JWT
from verifier.counter_checks import CounterChecks
from verifier.counter_desks import CounterDesks
from verifier.presentation_requests import PresentationRequests, state_of
from verifier.presentation_session import Answered
from verifier.service_items import ServiceItem, find_item
from verifier.web.counter_api import MAX_JSON_BYTES, Line
from verifier.web.counter_cookie import desk_of
from verifier.web.counter_language import CounterLanguage, language_of
from verifier.web.request_picture import rows_of_link
from verifier.web.verdict_view import view_of

LOOK_EVERY_S: Final = 0.25
"""Between two looks at a session; it may be answered through another process."""
QUIET_LOOKS: Final = 40
"""Looks without news after which a line is sent, so that no proxy ends the stream."""
_WAITING: Final = frozenset({"requested", "opened"})
AnyRequest = Request[Any, Any, Any]


class WalletAsked(Struct, frozen=True):
    """What a wallet is to be asked for."""

    item: Line
    case_number: Line = ""
    purpose: Line = ""


class RequestToShow(Struct, frozen=True):
    """A request as its page shows it."""

    id: str
    transaction_id: str
    """Opens the progress; never shown."""
    rows: tuple[str, ...]
    """Modules of the QR code."""
    link: str
    """What it holds, for a wallet on the same device."""
    left_s: int


class CounterWalletController(Controller):
    """Paths of asking."""

    path = "/counter/api/requests"
    cache_control = CacheControlHeader(no_store=True)

    @post("/", status_code=HTTP_201_CREATED, request_max_body_size=MAX_JSON_BYTES)
    async def ask(
        self,
        request: AnyRequest,
        data: JSONBody[WalletAsked],
        desks: NamedDependency[CounterDesks],
        checks: NamedDependency[CounterChecks],
        requests: NamedDependency[PresentationRequests],
        clock: NamedDependency[Clock],
    ) -> RequestToShow:
        """Begin a session for one of this counter's services."""
        desk = desk_of(request, desks)
        asked = checks.for_service(
            desk, item=data.item, case_number=data.case_number, purpose=data.purpose
        )
        created = await requests.create(
            item=asked.item.id,
            county_code=desk.county,
            response_mode=DIRECT_POST_JWT,
            case_number=asked.case.number,
            purpose=asked.case.purpose,
            desk=desk.id,
        )
        return RequestToShow(
            id=created.id,
            transaction_id=created.transaction_id,
            rows=rows_of_link(created.authorization_url),
            link=created.authorization_url,
            left_s=int((created.expires_at - clock()).total_seconds()),
        )

    @get("/{session_id:str}/progress")
    async def progress(
        self,
        request: AnyRequest,
        session_id: FromPath[str],
        authorization: Annotated[str, HeaderParameter(name="authorization")],
        desks: NamedDependency[CounterDesks],
        requests: NamedDependency[PresentationRequests],
        items: NamedDependency[Mapping[str, ServiceItem]],
        clock: NamedDependency[Clock],
    ) -> ServerSentEvent:
        """The states of a session, as they come, until its last."""
        desk_of(request, desks)
        transaction_id = authorization.removeprefix("Bearer ")
        await requests.result(session_id, transaction_id)  # else: answered with an error
        told = Progress(requests, items, clock, language_of(request))
        return ServerSentEvent(told.states(session_id, transaction_id))


class Progress:
    """Looks at a session again and again."""

    def __init__(
        self,
        requests: PresentationRequests,
        items: Mapping[str, ServiceItem],
        clock: Clock,
        language: CounterLanguage,
    ) -> None:
        self._requests = requests
        self._items = items
        self._clock = clock
        self._language = language

    async def states(
        self, session_id: str, transaction_id: str
    ) -> AsyncIterator[ServerSentEventMessage]:
        """One event for each state; ``answered`` has the verdict with it."""
        last, quiet = "", 0
        while True:
            state, told = await self._look(session_id, transaction_id)
            if state != last:
                yield ServerSentEventMessage(data=msgspec.json.encode(told).decode(), event="state")
                last, quiet = state, 0
            if state not in _WAITING:
                return
            quiet += 1
            if quiet % QUIET_LOOKS == 0:
                yield ServerSentEventMessage(comment="still waiting")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, session_id: str, transaction_id: str) -> tuple[str, dict[str, Any]]:
        session = await self._requests.result(session_id, transaction_id)
        state = state_of(session, self._clock())
        if state == "requested" and await self._requests.opened(session_id):
            state = "opened"
        told: dict[str, Any] = {"state": state}
        if isinstance(session, Answered):
            report = msgspec.json.decode(session.result)
            item = find_item(self._items, report["item"])
            told["verdict"] = view_of(
                report, item, language=self._language, now=session.answered_at
            )
        return state, told
