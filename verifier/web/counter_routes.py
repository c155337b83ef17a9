"""All paths of the counter, behind one guard and with one set of headers."""

from litestar import Router
from litestar.exceptions import HTTPException

from schemas.errors import ServiceError
from verifier.settings import Settings
from verifier.web.counter_answers import counter_defect, counter_error, counter_http_error
from verifier.web.counter_api import CounterApiController
from verifier.web.counter_guard import OwnCounterPages
from verifier.web.counter_headers import add_counter_headers
from verifier.web.counter_language import choose_language
from verifier.web.counter_pages import CounterPagesController
from verifier.web.counter_static import counter_file
from verifier.web.counter_wallet_api import CounterWalletController


def counter_router(settings: Settings) -> Router:
    """The counter's pages and what they ask."""
    return Router(
        path="/",
        route_handlers=[
            CounterApiController,
            CounterPagesController,
            CounterWalletController,
            choose_language,
            counter_file,
        ],
        exception_handlers={
            ServiceError: counter_error,
            HTTPException: counter_http_error,
            Exception: counter_defect,
        },
        before_request=OwnCounterPages(settings.base_url, settings.host),
        after_request=add_counter_headers,
    )
