"""Values of a known form in a permit's code, as the few bytes they come down to.

A form says how a text becomes a number of fixed width and back. Not every text that looks
like one has it (a 30th of February, a leading zero); the writer therefore turns each
number back and keeps the text itself where that gives another one.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from msgspec import Struct

from schemas.qr_markers import (
    COUNTY,
    DATE,
    DAY_START,
    ID_NUMBER,
    ID_TAIL,
    INDEX,
    INSTANT,
    RAW_16,
    RAW_32,
    RAW_64,
    SEQUENCE,
    quoted,
)

DAY_S: Final = 86400
SHANGHAI_S: Final = 8 * 3600
"""Seconds that Asia/Shanghai is ahead of UTC; there is no daylight saving time."""
_1970: Final = date(1970, 1, 1).toordinal()
_1900: Final = date(1900, 1, 1).toordinal()
"""Day 0 of dates in two bytes, which last until 2079."""
_ZHEJIANG: Final = 330000
_CHECK_CHARACTERS: Final = b"0123456789X"
RAW_MARKERS: Final = {22: RAW_16, 43: RAW_32, 86: RAW_64}
"""Marker by the length of the base64url text it replaces."""
RAW_WIDTHS: Final = {RAW_16: 16, RAW_32: 32, RAW_64: 64}


class ValueForm(Struct, frozen=True):
    """One form of value."""

    marker: bytes
    width: int
    """Bytes."""
    number_of: Callable[[bytes], int]
    """May raise ``ValueError``."""
    text_of: Callable[[int], bytes]

    def encode(self, text: bytes) -> bytes | None:
        """The bytes for ``text``; ``None``: it does not have this form."""
        try:
            number = self.number_of(text)
            raw = number.to_bytes(self.width, "big")
        except (ValueError, OverflowError):
            return None
        return raw if self.text_of(number) == text else None

    def decode(self, raw: bytes) -> bytes:
        """The text for ``raw``."""
        return self.text_of(int.from_bytes(raw, "big"))


def _decimal(number: int) -> bytes:
    return b"%d" % number


def _day_number(text: bytes) -> int:
    return (int(text) + SHANGHAI_S) // DAY_S


def _day_start(number: int) -> bytes:
    return _decimal(number * DAY_S - SHANGHAI_S)


def _date_number(text: bytes) -> int:
    return date.fromisoformat(text[1:-1].decode("ascii")).toordinal() - _1900


def _date_text(number: int) -> bytes:
    return quoted(date.fromordinal(_1900 + number).isoformat().encode("ascii"))


def _county_number(text: bytes) -> int:
    return int(text) - _ZHEJIANG


def _county_text(number: int) -> bytes:
    return _decimal(_ZHEJIANG + number)


def _checked_number(text: bytes) -> int:
    """Digits and a check character that counts to eleven [GB11643]."""
    return int(text[1:-2]) * 11 + _CHECK_CHARACTERS.index(text[-2])


def _checked_text(digits: int) -> Callable[[int], bytes]:
    def text_of(number: int) -> bytes:
        return quoted(b"%0*d%c" % (digits, number // 11, _CHECK_CHARACTERS[number % 11]))

    return text_of


FORMS: Final[dict[str, tuple[ValueForm, ...]]] = {
    "instant": (
        ValueForm(DAY_START, 2, _day_number, _day_start),
        ValueForm(INSTANT, 4, int, _decimal),
    ),
    "date": (ValueForm(DATE, 2, _date_number, _date_text),),
    "index": (ValueForm(INDEX, 3, int, _decimal),),
    "sequence": (ValueForm(SEQUENCE, 1, int, _decimal),),
    "county": (ValueForm(COUNTY, 2, _county_number, _county_text),),
    "id_tail": (ValueForm(ID_TAIL, 2, _checked_number, _checked_text(3)),),
    "id_number": (ValueForm(ID_NUMBER, 8, _checked_number, _checked_text(17)),),
}
"""By the name of the writer's pattern; the first that fits is taken."""
FORM_OF: Final = {form.marker: form for forms in FORMS.values() for form in forms}


def last_day_before(instant: bytes) -> bytes:
    """The last day, Asia/Shanghai, that is over at ``instant``, quoted.

    For the end of a permit it is the last day of use, which then need not be told.
    """
    return quoted(date.fromordinal(_1970 + _day_number(instant) - 1).isoformat().encode("ascii"))


def encode_name(text: bytes) -> bytes:
    """A quoted name in UTF-16 after its length in bytes: a third less than UTF-8."""
    raw = text[1:-1].decode("utf-8").encode("utf-16-be")
    return bytes((len(raw),)) + raw


def decode_name(raw: bytes) -> bytes:
    """The quoted name; raises ``ValueError`` for what is no UTF-16."""
    return quoted(raw[1:].decode("utf-16-be").encode("utf-8"))
