"""The citizen identification number, and what it says about its holder.

Eighteen characters: six of region, eight of birth date, three of sequence (odd: male,
even: female), one check character [GB11643]. The region is where the number was first
given out; it is neither birthplace nor present registration, so nothing is decided by it
and its last four digits are not looked up: numbers outlive the divisions they name.
"""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from schemas.errors import InputError

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
_COMPATRIOTS = frozenset({"81", "82", "83"})
_EARLIEST = date(1900, 1, 1)
_TO_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")


class CivilIdError(InputError):
    """Not a citizen identification number that can exist."""

    code = "bad_citizen_id_number"


class Sex(StrEnum):
    """Codes of sex [GBT2261]."""

    MALE = "1"
    FEMALE = "2"


class CivilId(Struct, frozen=True):
    """A number that passed, and what follows from it."""

    number: str
    """Eighteen characters, the last a digit or X."""
    birthdate: date
    sex: Sex
    region: str
    """Six digits."""


def parse_civil_id(text: str, *, today: date) -> CivilId:
    """The number in ``text``, freed of spaces, full-width digits and a small x.

    Args:
        text: as typed.
        today: in Asia/Shanghai; nobody is born later.

    Raises:
        CivilIdError: saying which part cannot be. The number itself is not repeated.
    """
    number = normalise(text)
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        raise CivilIdError("a citizen number has 17 digits and a check character")
    if number[17] != check_character(number[:17]):
        raise CivilIdError(
            "the check character does not fit the digits", remedy="Compare with the ID card."
        )
    if number[:2] not in _PROVINCES:
        raise CivilIdError("the first two digits name no province")
    return CivilId(
        number=number,
        birthdate=_birthdate(number[6:14], today),
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        region=number[:6],
    )


def normalise(text: str) -> str:
    """Half-width digits, capital X, no white space."""
    return "".join(text.split()).translate(_TO_HALF_WIDTH).replace("x", "X")


def check_character(first17: str) -> str:
    """The check character of 17 digits: ISO 7064 MOD 11-2 as weights [GB11643]."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return _CHECKS[total % 11]


def is_demonstration(number: str) -> bool:
    """Whether a number can belong to nobody: a province as region, or sequence 000."""
    whole_province = number[2:6] == "0000" and number[:2] not in _COMPATRIOTS
    return whole_province or number[14:17] == "000"


def _birthdate(digits: str, today: date) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise CivilIdError("the birth date in the number is no date") from error
    if not _EARLIEST <= day <= today:
        raise CivilIdError("the birth date in the number lies before 1900 or in the future")
    return day
