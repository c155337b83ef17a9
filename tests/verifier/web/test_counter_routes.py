"""All paths of the counter stand behind the guard."""

from verifier.settings import Settings
from verifier.web.counter_guard import OwnCounterPages
from verifier.web.counter_routes import counter_router


def test_one_guard_and_one_set_of_headers_for_all() -> None:
    router = counter_router(Settings())
    paths = {route.path for route in router.routes}

    assert isinstance(router.before_request, OwnCounterPages)
    assert router.after_request is not None
    assert {path for path in paths if not path.startswith("/counter")} == {"/"}
