"""The counter's pages: the screen that is always ready, and setting it up once.

A browser becomes a counter by the administrator's PIN, and another counter by the same. The
pages hold nothing of a person.
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from msgspec import Struct

from keys.clock import Clock
from schemas.divisions import UnknownCountyError, counties, county
from schemas.errors import ServiceError
from verifier.case_details import MAX_CHARACTERS
from verifier.counter_desks import CounterDesks, Desk, DeskError
from verifier.counter_pin import CounterPin, PinLockedError, PinNotSetError, WrongPinError
from verifier.service_items import ServiceItem
from verifier.settings import Settings
from verifier.web.counter_cookie import desk_cookie, desk_secret
from verifier.web.counter_language import language_of
from verifier.web.counter_rendering import counter_page
from verifier.web.counter_words import error_words

CLEAR_AFTER_S: Final = 30
"""Seconds after which a result leaves the screen."""
MAX_PIN_CHARACTERS: Final = 64
_SETUP_ERRORS: Final = (
    DeskError,
    UnknownCountyError,
    PinLockedError,
    PinNotSetError,
    WrongPinError,
)
AnyRequest = Request[Any, Any, Any]


class SetupForm(Struct, frozen=True):
    """What an administrator enters once."""

    pin: str = ""
    county: str = ""
    office: str = ""
    items: list[str] = []


class CounterPagesController(Controller):
    """Paths of the pages."""

    @get("/")
    async def start(self) -> Redirect:
        """Whoever types only the name of the service wants the counter."""
        return Redirect("/counter", status_code=HTTP_303_SEE_OTHER)

    @get("/counter")
    async def desk(
        self,
        request: AnyRequest,
        desks: NamedDependency[CounterDesks],
        items: NamedDependency[Mapping[str, ServiceItem]],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """The screen that is always ready."""
        secret = desk_secret(request)
        desk = desks.find(secret)
        if desk is None or secret is None or not desk.offers(items):
            return Redirect("/counter/setup", status_code=HTTP_303_SEE_OTHER)
        shown = counter_page(
            request,
            "counter_desk.html",
            desk=desk,
            place=county(desk.county),
            items=desk.offers(items),
            max_case=MAX_CHARACTERS,
            told={"clear_after_s": CLEAR_AFTER_S, "items": _told(desk.offers(items))},
        )
        shown.set_cookie(desk_cookie(secret, settings.base_url))
        return shown

    @get("/counter/setup")
    async def setup(
        self,
        request: AnyRequest,
        desks: NamedDependency[CounterDesks],
        pin: NamedDependency[CounterPin],
        items: NamedDependency[Mapping[str, ServiceItem]],
    ) -> Response[str]:
        """County, office and services of this counter."""
        desk = desks.find(desk_secret(request))
        return _form(request, items, _filled(desk, items), desk, problem=_no_pin(request, pin))

    @post("/counter/setup", status_code=HTTP_303_SEE_OTHER)
    async def set_up(
        self,
        request: AnyRequest,
        data: Annotated[SetupForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        desks: NamedDependency[CounterDesks],
        pin: NamedDependency[CounterPin],
        items: NamedDependency[Mapping[str, ServiceItem]],
        settings: NamedDependency[Settings],
        clock: NamedDependency[Clock],
    ) -> Response[Any]:
        """Make this browser a counter; what it was before opens nothing any more."""
        before = desk_secret(request)
        try:
            await asyncio.to_thread(pin.check, data.pin)
            _, secret = desks.set_up(
                county=data.county, office=data.office, items=data.items, now=clock()
            )
        except _SETUP_ERRORS as error:
            problem = error_words(error.code, language_of(request))
            return _form(
                request, items, data, desks.find(before), problem=problem, status=_status(error)
            )
        desks.forget(before)
        answer = Redirect("/counter", status_code=HTTP_303_SEE_OTHER)
        answer.set_cookie(desk_cookie(secret, settings.base_url))
        return answer


def _form(
    request: AnyRequest,
    items: Mapping[str, ServiceItem],
    filled: SetupForm,
    desk: Desk | None,
    *,
    problem: tuple[str, str] | None,
    status: int = 200,
) -> Response[str]:
    return counter_page(
        request,
        "counter_setup.html",
        status_code=status,
        cities=_cities(),
        items=tuple(items.values()),
        filled=filled,
        desk=desk,
        problem=problem,
        max_office=MAX_CHARACTERS,
        max_pin=MAX_PIN_CHARACTERS,
    )


def _filled(desk: Desk | None, items: Mapping[str, ServiceItem]) -> SetupForm:
    """What the form begins with: the counter as it is, or one that offers everything."""
    if desk is None:
        return SetupForm(items=list(items))
    return SetupForm(county=desk.county, office=desk.office, items=list(desk.items))


def _no_pin(request: AnyRequest, pin: CounterPin) -> tuple[str, str] | None:
    return None if pin.is_set() else error_words(PinNotSetError.code, language_of(request))


def _status(error: ServiceError) -> int:
    return error.http_status


def _cities() -> dict[Any, list[Any]]:
    """The counties by their city, as a list of choices shows them."""
    by_city: dict[str, list[Any]] = {}
    for place in counties():
        by_city.setdefault(place.city_code, []).append(place)
    return {places[0]: places for places in by_city.values()}


def _told(items: tuple[ServiceItem, ...]) -> list[dict[str, Any]]:
    """What the scripts know of the services."""
    return [{"id": item.id, "may_ask": item.may_ask, "asks_case": item.asks_case} for item in items]
