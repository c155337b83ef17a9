"""Every request finds the setup of the service it belongs to."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import RequestFactory

from issuer.web.page_setup import Pages, pages_of
from keys.clock import system_clock


def test_the_setup_is_the_applications() -> None:
    setup = Pages(clock=system_clock, secure=True, demonstration=False, session_absolute_s=9)
    app = Litestar([], state=State({"pages": setup}), openapi_config=None)

    assert pages_of(RequestFactory(app=app).get("/")) is setup
