"""What every form of the desk goes through before its handler: it acts once.

A form that comes a second time leads to the page it was on, which says so; what the first one
did stands there.
"""

from typing import Any, Final

from litestar import Request
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from issuer.officer import Officer
from issuer.web.error_sentences import N_
from issuer.web.form_once import FormOnce
from issuer.web.page_forms import Form
from issuer.web.page_sessions import say
from schemas.errors import ServiceError

SENT_BEFORE: Final = N_("This form had been sent before. Nothing was done twice.")


class SentBeforeError(ServiceError):
    """The form acted already, or never came from a page of ours."""

    code = "sent_before"
    http_status = 409


async def sent_once(
    request: Request[Any, Any, Any],
    form: NamedDependency[Form],
    form_once: NamedDependency[FormOnce],
    officer: NamedDependency[Officer],
) -> Form:
    """The form, if it comes for the first time; a dependency named ``sent``.

    Only forms of a signed-in ``officer`` are remembered, or passers-by could fill the store.

    Raises:
        SentBeforeError: it does not.
        keys.one_time.StoreUnavailableError, StoreFullError: nobody can say; nothing is done.
    """
    if not await form_once.first(request, form):
        raise SentBeforeError("this form was sent before")
    return form


def answer_sent_before(request: Request[Any, Any, Any], _: SentBeforeError) -> Redirect:
    """To the page above the form's address, with a word about it."""
    say(request, SENT_BEFORE, "neutral")
    above = request.url.path.rsplit("/", 1)[0]
    return Redirect(above, status_code=HTTP_303_SEE_OTHER)
