"""The counter's scan over HTTP: a code's text or its picture in, a verdict out."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, HeaderParameter
from litestar.status_codes import HTTP_200_OK

from keys.clock import Clock
from schemas.divisions import county as county_of
from schemas.errors import EncodingError
from verifier.case_details import CaseDetails
from verifier.service_items import ServiceItem, find_item
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache
from verifier.verdict_report import report_json
from verifier.verify import Counter, Verifier
from verifier.web.error_answers import NO_STORE

PICTURES = ("image/png", "image/jpeg", "application/pdf")


class ChecksController(Controller):
    """Paths for counters on their own network."""

    @post("/checks", status_code=HTTP_200_OK)
    async def check(
        self,
        request: Request[Any, Any, Any],
        county: FromQuery[str],
        item: FromQuery[str],
        verifier: NamedDependency[Verifier],
        items: NamedDependency[Mapping[str, ServiceItem]],
        clock: NamedDependency[Clock],
        case_number: Annotated[str, HeaderParameter(name="case-number")] = "",
        purpose: Annotated[str, HeaderParameter(name="case-purpose")] = "",
    ) -> Response[bytes]:
        """Verdict on what the body holds: a picture by its content type, else the code's text.

        For services that ask, the case stands in two headers, percent-encoded: an address
        would be logged on its way.
        """
        counter, asked_for = Counter(county_of(county)), find_item(items, item)
        case = CaseDetails(unquote(case_number), unquote(purpose))
        body = await request.body()
        if request.content_type[0] in PICTURES:
            verdict = await verifier.check_picture(
                body, counter=counter, item=asked_for, now=clock(), case=case
            )
        else:
            text = _text(body)
            verdict = await verifier.check_code(
                text, counter=counter, item=asked_for, now=clock(), case=case
            )
        return Response(report_json(verdict), media_type="application/json", headers=NO_STORE)

    @get("/items")
    async def list_items(
        self, items: NamedDependency[Mapping[str, ServiceItem]]
    ) -> list[ServiceItem]:
        """The service items counters may choose from."""
        return list(items.values())

    @get("/health")
    async def health(
        self,
        trust: NamedDependency[TrustCache],
        statuses: NamedDependency[StatusCache],
        clock: NamedDependency[Clock],
    ) -> dict[str, Any]:
        """Healthy means: a trust list is held that holds now, so verdicts can be given.

        Raises:
            verifier.errors.TrustListUnavailableError: none is.
        """
        return {
            "status": "ok",
            "trust_list": trust.current(clock()).sequence,
            "status_lists": statuses.lists_held(),
        }


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EncodingError("neither a picture nor text in UTF-8") from error
