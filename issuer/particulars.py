"""What a granted application says about a person, checked before a permit carries it.

Sex and birth date are never taken from a form: they are read out of the citizen
identification number, so the three cannot contradict each other [GB11643]. The contents are
the ten of the law and no more [SC663 §4].
"""

import re
import unicodedata
from datetime import date

from msgspec import Struct

from issuer.errors import ParticularsError
from schemas.civil_id import Sex, parse_civil_id
from schemas.ethnic_groups import ethnic_group

MAX_NAME_CHARACTERS = 50
MAX_ADDRESS_CHARACTERS = 120
MAX_PORTRAIT_BYTES = 32 * 1024
"""A portrait travels inside every full credential; 358x441 JPEG needs about 20 KiB."""

_MIDDLE_DOTS = dict.fromkeys(map(ord, "\u2022\u30fb\u2027\uff0e\u22c5"), "\u00b7")
# Ideographs by range, planes 2 and 3 whole: the tables of this Python are older than some names.
_IDEOGRAPHS = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
_NAME = re.compile(rf"{_IDEOGRAPHS}(?:\u00b7{_IDEOGRAPHS})*")
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Resident(Struct, frozen=True):
    """The person a permit is about."""

    name: str
    citizen_id_number: str
    sex: Sex
    birthdate: date
    ethnic_group: str
    """Two digits [GBT3304]."""
    registered_address: str
    """Where the household registration lies."""
    portrait: bytes
    """A small JPEG or PNG."""


class Particulars(Struct, frozen=True):
    """What was applied for and found right; nothing here has been checked yet."""

    name: str
    citizen_id_number: str
    ethnic_group: str
    registered_address: str
    residence_address: str
    residence_registered_on: date
    portrait: bytes


def resident_of(particulars: Particulars, *, today: date) -> Resident:
    """The person, in the one spelling a permit carries.

    Raises:
        CivilIdError: the citizen identification number cannot be one.
        UnknownEthnicGroupError: no group has this code.
        ParticularsError: a name, address or portrait that cannot be one.
    """
    civil_id = parse_civil_id(particulars.citizen_id_number, today=today)
    if len(particulars.portrait) > MAX_PORTRAIT_BYTES:
        raise ParticularsError(f"the portrait has more than {MAX_PORTRAIT_BYTES} bytes")
    if not particulars.portrait.startswith(_PICTURE_STARTS):
        raise ParticularsError("the portrait is neither JPEG nor PNG")
    return Resident(
        name=normal_name(particulars.name),
        citizen_id_number=civil_id.number,
        sex=civil_id.sex,
        birthdate=civil_id.birthdate,
        ethnic_group=ethnic_group(particulars.ethnic_group).code,
        registered_address=address(particulars.registered_address),
        portrait=particulars.portrait,
    )


def normal_name(text: str) -> str:
    """The legal name with U+00B7 as its middle dot.

    NFC, never NFKC, which would replace characters by others that only look related.
    Characters outside the BMP count as one.

    Raises:
        ParticularsError: empty, too long, or with anything but ideographs and middle dots.
    """
    name = unicodedata.normalize("NFC", text.strip()).translate(_MIDDLE_DOTS)
    if len(name) > MAX_NAME_CHARACTERS:
        raise ParticularsError(f"the name has more than {MAX_NAME_CHARACTERS} characters")
    if not _NAME.fullmatch(name):
        raise ParticularsError("the name holds something else than characters and middle dots")
    return name


def address(text: str) -> str:
    """An address on one line, NFC.

    Raises:
        ParticularsError: empty, too long, or with control characters.
    """
    line = unicodedata.normalize("NFC", text.strip())
    if not 1 <= len(line) <= MAX_ADDRESS_CHARACTERS or not line.isprintable():
        raise ParticularsError(
            f"an address is one line of 1 to {MAX_ADDRESS_CHARACTERS} characters"
        )
    return line
