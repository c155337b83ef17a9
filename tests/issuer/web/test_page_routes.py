"""All pages in one router, and every part of it with what it asks for."""

from inspect import signature

from msgspec.structs import replace

from issuer.app import Issuer
from issuer.web.page_routes import REQUEST_PARTS, ROUTES, page_router, page_services, page_setup


def test_whatever_a_handler_asks_for_is_there(issuer: Issuer) -> None:
    provided = set(page_services(issuer.pages)) | set(REQUEST_PARTS) | {"request"}
    router = page_router(issuer.pages)
    asked = {
        name
        for route in router.routes
        for handler in getattr(route, "route_handlers", [])
        for name, parameter in signature(handler.fn).parameters.items()
        if "NamedDependency" in str(parameter.annotation)
    }

    assert asked - provided == set()


def test_no_part_stands_there_twice() -> None:
    assert len(ROUTES) == len(set(ROUTES))


def test_cookies_are_secure_where_the_service_is_reached_by_https(issuer: Issuer) -> None:
    settings = issuer.pages.settings
    https = replace(settings, base_url="https://permits.example")

    assert not page_setup(settings, issuer.pages.clock).secure
    assert page_setup(https, issuer.pages.clock).secure
