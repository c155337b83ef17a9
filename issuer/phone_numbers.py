"""Telephone numbers of residents: what can be one, and how one is shown.

A number is personal data: it is kept for sending notices to, and shown masked everywhere.
"""

import re
from typing import Final

from issuer.errors import PhoneNumberError

_MAINLAND: Final = re.compile(r"1[3-9][0-9]{9}")
_WRITTEN_BETWEEN: Final = re.compile(r"[ \-]")
_PREFIXES: Final = ("+86", "0086")


def checked_phone(text: str) -> str:
    """The eleven digits of a mainland mobile number, however they were spaced.

    Raises:
        PhoneNumberError: it cannot be one; the number is not repeated.
    """
    digits = _WRITTEN_BETWEEN.sub("", text.strip())
    for prefix in _PREFIXES:
        digits = digits.removeprefix(prefix)
    if not _MAINLAND.fullmatch(digits):
        raise PhoneNumberError(
            "a mobile number has eleven digits and begins with 13 to 19",
            remedy="Enter it again, or leave it out: progress is shown online too.",
        )
    return digits


def masked(phone: str) -> str:
    """The first three and the last four digits, as on bills; shorter ones not at all."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****" if phone else ""
