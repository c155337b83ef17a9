"""What the counter's page asks while people stand before it: frames to texts, texts to verdicts.

Each call is for the counter that this browser is; its county is never part of the call.
"""

from typing import Annotated, Any, Final

from litestar import Controller, Request, post
from litestar.datastructures import CacheControlHeader, UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from keys.clock import Clock
from verifier.counter_checks import CounterChecks, ForService
from verifier.counter_desks import CounterDesks
from verifier.frame_reading import MAX_FRAME_BYTES, Frame, FrameReader
from verifier.qr_reader import MAX_BYTES
from verifier.scanned_text import MAX_TYPED
from verifier.verdict import Verdict
from verifier.verdict_report import report
from verifier.web.counter_cookie import desk_of
from verifier.web.counter_language import language_of
from verifier.web.verdict_view import VerdictView, view_of

MAX_JSON_BYTES: Final = 128 * 1024
MAX_FORM_BYTES: Final = MAX_BYTES + 64 * 1024
Line = Annotated[str, Meta(max_length=400)]
AnyRequest = Request[Any, Any, Any]


class ScannedText(Struct, frozen=True):
    """A code's text, and what it is shown for."""

    item: Line
    text: Annotated[str, Meta(max_length=MAX_TYPED)]
    case_number: Line = ""
    purpose: Line = ""


class ScannedFile(Struct, frozen=True):
    """A picture or document, and what it is shown for."""

    item: Line
    file: UploadFile
    case_number: Line = ""
    purpose: Line = ""


class CounterApiController(Controller):
    """Paths of checking."""

    path = "/counter/api"
    cache_control = CacheControlHeader(no_store=True)

    @post("/checks", status_code=HTTP_200_OK, request_max_body_size=MAX_JSON_BYTES)
    async def check(
        self,
        request: AnyRequest,
        data: JSONBody[ScannedText],
        desks: NamedDependency[CounterDesks],
        checks: NamedDependency[CounterChecks],
        clock: NamedDependency[Clock],
    ) -> VerdictView:
        """Verdict on a text."""
        desk = desk_of(request, desks)
        asked = checks.for_service(
            desk, item=data.item, case_number=data.case_number, purpose=data.purpose
        )
        return _view(request, await checks.text(desk, asked, data.text), asked, clock)

    @post("/pictures", status_code=HTTP_200_OK, request_max_body_size=MAX_FORM_BYTES)
    async def check_file(
        self,
        request: AnyRequest,
        data: Annotated[ScannedFile, Body(media_type=RequestEncodingType.MULTI_PART)],
        desks: NamedDependency[CounterDesks],
        checks: NamedDependency[CounterChecks],
        clock: NamedDependency[Clock],
    ) -> VerdictView:
        """Verdict on a picture (PNG, JPEG) or document (PDF)."""
        desk = desk_of(request, desks)
        asked = checks.for_service(
            desk, item=data.item, case_number=data.case_number, purpose=data.purpose
        )
        verdict = await checks.picture(desk, asked, await data.file.read())
        return _view(request, verdict, asked, clock)

    @post("/frames", status_code=HTTP_200_OK, request_max_body_size=MAX_FRAME_BYTES)
    async def frame(
        self,
        request: AnyRequest,
        desks: NamedDependency[CounterDesks],
        frames: NamedDependency[FrameReader],
    ) -> Frame:
        """What is on a frame of the camera; nothing is checked, and nothing is kept."""
        desk_of(request, desks)
        return await frames.read(await request.body())


def _view(request: AnyRequest, verdict: Verdict, asked: ForService, clock: Clock) -> VerdictView:
    return view_of(report(verdict), asked.item, language=language_of(request), now=clock())
