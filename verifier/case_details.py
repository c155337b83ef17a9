"""Case number and purpose of a check: short lines that a person reads on two screens.

The number goes into the signed request and onto the holder's screen, so nothing may be in it
that is not seen, or that turns the reading direction around what stands beside it.
"""

import re
import unicodedata
from typing import Final

from msgspec import Struct

from schemas.errors import InputError
from verifier.service_items import ServiceItem

MAX_CHARACTERS: Final = 80
_HIDDEN: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]"
)


class CaseDetailsError(InputError):
    """A case number or purpose that is missing, too long, or not a line of text."""

    code = "bad_case"


class CaseDetails(Struct, frozen=True):
    """What a check belongs to; both empty where the item does not ask."""

    number: str = ""
    purpose: str = ""


def one_line(text: str) -> str:
    """``text`` in its one spelling, without spaces around it; may be empty.

    Raises:
        CaseDetailsError: more than ``MAX_CHARACTERS``, or characters that are not seen.
    """
    line = unicodedata.normalize("NFC", text[: 4 * MAX_CHARACTERS]).strip()
    if len(line) > MAX_CHARACTERS or len(text) > 4 * MAX_CHARACTERS:
        raise CaseDetailsError(f"a line of at most {MAX_CHARACTERS} characters is taken")
    if _HIDDEN.search(line):
        raise CaseDetailsError("there are characters in it that are not seen", remedy="Type it.")
    return line


def case_for(item: ServiceItem, *, number: str, purpose: str) -> CaseDetails:
    """What belongs to a check for ``item``; nothing where the item does not ask for it.

    Raises:
        CaseDetailsError: the item asks for both, and one is missing or no line.
    """
    if not item.asks_case:
        return CaseDetails()
    case = CaseDetails(one_line(number), one_line(purpose))
    if not (case.number and case.purpose):
        raise CaseDetailsError(
            "this service asks for case number and purpose before the check",
            remedy="Fill in both, then scan.",
        )
    return case
