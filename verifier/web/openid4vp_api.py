"""OpenID4VP over HTTP: ask, hand out the request, take the answer, read the result."""

from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from keys.clock import Clock
from schemas.openid4vp import AUTHORIZATION_REQUEST_MEDIA_TYPE
from verifier.counter_log import Receipt
from verifier.presentation_requests import CreatedRequest, PresentationRequests, state_of
from verifier.presentation_session import Answered, Declined
from verifier.web.error_answers import NO_STORE


class NewRequest(Struct, frozen=True):
    """What a counter asks this service to ask."""

    county: str
    """Code of the counter's county, six digits."""
    item: str
    """Identifier of the service item."""
    response_mode: Literal["direct_post", "direct_post.jwt"] = "direct_post.jwt"
    case_number: str = ""
    purpose: str = ""
    """What the matter is, for services that ask."""


class OpenId4VpController(Controller):
    """Paths under which wallets and counters meet."""

    @post("/requests", status_code=HTTP_201_CREATED)
    async def create(
        self, data: JSONBody[NewRequest], requests: NamedDependency[PresentationRequests]
    ) -> Response[CreatedRequest]:
        """Begin a session."""
        created = await requests.create(
            item=data.item,
            county_code=data.county,
            response_mode=data.response_mode,
            case_number=data.case_number,
            purpose=data.purpose,
        )
        return Response(created, headers=NO_STORE)

    @get("/requests/{session_id:str}/object")
    async def request_object(
        self, session_id: FromPath[str], requests: NamedDependency[PresentationRequests]
    ) -> Response[bytes]:
        """The signed request [OID4VP §5.10.1]; may be fetched again while it is open."""
        signed = await requests.request_object(session_id)
        return Response(
            signed.encode(), media_type=AUTHORIZATION_REQUEST_MEDIA_TYPE, headers=NO_STORE
        )

    @post("/responses/{session_id:str}", status_code=HTTP_200_OK)
    async def receive(
        self,
        session_id: FromPath[str],
        request: Request[Any, Any, Any],
        requests: NamedDependency[PresentationRequests],
    ) -> Response[dict[str, Receipt]]:
        """Where the wallet posts [OID4VP §8.2]; the verdict is the counter's, not the wallet's.

        The wallet gets a receipt, in a member of our own: what for, and how long it is kept.
        """
        receipt = await requests.receive(session_id, await request.body())
        return Response({"receipt": receipt} if receipt else {}, headers=NO_STORE)

    @get("/requests/{session_id:str}")
    async def result(
        self,
        session_id: FromPath[str],
        authorization: Annotated[str, HeaderParameter(name="authorization")],
        requests: NamedDependency[PresentationRequests],
        clock: NamedDependency[Clock],
    ) -> Response[dict[str, Any]]:
        """State and, once answered, the verdict; needs the transaction identifier as Bearer."""
        session = await requests.result(session_id, authorization.removeprefix("Bearer "))
        answer = {
            "state": state_of(session, clock()),
            "result": session.result if isinstance(session, Answered) else None,
            "error": session.error if isinstance(session, Declined) else None,
        }
        return Response(answer, headers=NO_STORE)
