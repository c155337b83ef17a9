"""The person at the counter, as the officer's session holds them until the next one comes.

Who was identified is kept for one person at a time, and goes with the session: an address alone
opens nobody's draft. Only the officer who saw the document goes on with it.
"""

from typing import Any, Final

import msgspec
from litestar import Request
from litestar.di import NamedDependency
from msgspec import Struct

from issuer.application import IdentityDocument
from issuer.identity_check import VerifiedIdentity
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.web.error_sentences import N_
from issuer.web.page_errors import SignInNeededError
from issuer.web.page_sessions import say

COUNTER_PAGE: Final = "/desk/counter"
BEGIN_HERE: Final = N_("Begin with the person's document: an address alone opens nothing.")
_PERSON: Final = "counter_person"


class AtCounter(Struct, frozen=True):
    """Who is served, and by which document the officer knew them."""

    identity: VerifiedIdentity
    document: IdentityDocument


def serve_person(request: Request[Any, Any, Any], person: AtCounter) -> None:
    """From now on this is the person at the counter."""
    request.session[_PERSON] = msgspec.to_builtins(person)


def part_from_person(request: Request[Any, Any, Any]) -> None:
    """The person has left."""
    request.session.pop(_PERSON, None)


async def person_at_counter(
    request: Request[Any, Any, Any], officer: NamedDependency[Officer]
) -> AtCounter:
    """Who is served by ``officer``; a dependency named ``at_counter``.

    Raises:
        SignInNeededError: nobody is; begin with the document.
        issuer.errors.DeskError: the officer does not serve at the counter.
    """
    require(officer, AT_THE_COUNTER)
    held = request.session.get(_PERSON)
    if held is None:
        say(request, BEGIN_HERE, "neutral")
        raise SignInNeededError("nobody is identified at the counter", where=COUNTER_PAGE)
    return msgspec.convert(held, AtCounter)
