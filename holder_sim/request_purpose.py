"""What a counter says it asks for: the service item, and the number of the matter.

OpenID4VP has no member for it, so these two are ours, inside the signed request like all
else that counts: ``service_item`` with ``id``, ``zh`` and ``en``, and ``case_number``. A
counter of another make leaves them out; then the holder is told that no reason was given.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from holder_sim.errors import BadRequestError
from schemas.errors import InputError
from schemas.strict_json import decode_object

MAX_REQUEST_BYTES = 128 * 1024

# Printable and short: this stands on the screen on which somebody agrees to something.
_Words = Annotated[
    str, Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e]*$")
]


class ServiceItem(Struct, frozen=True):
    """A service as the counter names it, in both languages."""

    id: _Words = ""
    zh: _Words = ""
    en: _Words = ""


class RequestPurpose(Struct, frozen=True):
    """What the answer is for, as far as the signed request says it."""

    service_item: ServiceItem = ServiceItem()
    case_number: _Words = ""


def purpose_of(payload: bytes) -> RequestPurpose:
    """The purpose in a request object whose signature was verified.

    Raises:
        BadRequestError: words that cannot be shown to a person as they are.
    """
    try:
        members = decode_object(payload, max_bytes=MAX_REQUEST_BYTES)
        return msgspec.convert(members, RequestPurpose)
    except (InputError, msgspec.ValidationError) as error:
        raise BadRequestError("the request names its purpose in a form not to be shown") from error
