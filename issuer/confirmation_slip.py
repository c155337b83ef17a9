"""What a confirmation slip says in print: words and values, and nothing about their places.

The page is for people: the ten contents of the law [SC663 §4], the number masked except its
last four characters, until when it holds, who printed it for whom on which document [ZJ],
and how it is checked. What a counter goes by is the signed code, ``slip_code.py``; how the
page looks is ``confirmation_slip.typ``.

Everything here is pure. Days are Asia/Shanghai; the instant of printing is aware.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from issuer.permit import Permit
from schemas.base64url import b64url_decode
from schemas.civil_id import Sex
from schemas.divisions import County, county
from schemas.endorsement_window import SHANGHAI
from schemas.ethnic_groups import ethnic_group
from schemas.permit_credential import CLAIM_LABELS

MASK: Final = "*"
KEY_BYTES: Final = 8
"""Of the signing key's thumbprint: enough to compare two prints by eye."""
SHOWN_CHARACTERS: Final = 4
"""Of the citizen number; the others are masked."""
_SEXES: Final = {Sex.MALE: "男 Male", Sex.FEMALE: "女 Female"}


class DocumentShown(StrEnum):
    """On which document a slip was printed: one of three, shown in person [ZJ]."""

    ID_CARD = "id_card"
    HOUSEHOLD_REGISTER = "household_register"
    ELECTRONIC_PERMIT = "electronic_permit"


DOCUMENT_NAMES: Final = {
    DocumentShown.ID_CARD: ("居民身份证", "ID card"),
    DocumentShown.HOUSEHOLD_REGISTER: ("户口簿", "Household register"),
    DocumentShown.ELECTRONIC_PERMIT: ("电子居住证", "Electronic permit"),
}
"""Chinese, English."""


class Printing(Struct, frozen=True):
    """Who printed a slip, when, on which document."""

    slip_id: str
    at: datetime
    officer: str
    """The officer's id."""
    shown: DocumentShown


class Line(Struct, frozen=True):
    """One value with its label in two languages."""

    zh: str
    en: str
    value: str


class Words(Struct, frozen=True):
    """A sentence in two languages."""

    zh: str
    en: str


class SlipPage(Struct, frozen=True, kw_only=True):
    """All that is printed, the pictures apart. The template takes it as JSON."""

    title: Words
    ribbon: str
    """Across the corner; empty except in demonstrations."""
    name: Line
    person: tuple[Line, ...]
    """In pairs beside the portrait."""
    addresses: tuple[Line, ...]
    issuing: tuple[Line, ...]
    standing: tuple[Line, ...]
    """Number and period of use."""
    code_label: Words
    checking: Words
    checking_steps: tuple[Words, ...]
    meaning: Words
    meaning_lines: tuple[Words, ...]
    printing: tuple[Line, ...]
    key: Line
    """The first eight bytes of the signing key's thumbprint, hex in fours [RFC7638 §3]."""
    no_portrait: Words
    """In the frame where the portrait cannot be drawn."""

    def json(self) -> str:
        """For the template."""
        return msgspec.json.encode(self).decode()

    def characters(self) -> set[str]:
        """Every character that has to be drawn."""
        return set(self.json()) - {" "}


def slip_page(permit: Permit, printing: Printing, *, key_thumbprint: str, demo: bool) -> SlipPage:
    """The page for ``permit``.

    ``key_thumbprint`` is that of the signing key's JWK, base64url; ``demo`` marks the page as
    good for nothing but demonstrations.
    """
    place = county(permit.county)
    return SlipPage(
        title=Words("浙江省居住证确认单", "Confirmation Slip · Residence Permit of Zhejiang"),
        ribbon="演示 DEMO" if demo else "",
        name=_claim("name", permit.resident.name),
        person=_person(permit),
        addresses=(
            _claim("registered_address", permit.resident.registered_address),
            _claim("residence_address", permit.residence_address),
        ),
        issuing=(
            # No real authority is named on a page that nobody issued.
            _claim("issuing_authority", f"{place.name_zh}公安机关{'（演示）' if demo else ''}"),
            _claim("date_of_issuance", _day(permit.issued_on)),
        ),
        standing=_standing(permit, place),
        code_label=Words("扫码核验", "Scan to check"),
        checking=Words("如何核验", "How to check it"),
        checking_steps=_CHECKING,
        meaning=Words("本单说明", "What this paper is"),
        meaning_lines=_meaning(place),
        printing=_printing(printing, place),
        key=Line(
            "签名密钥指纹",
            "Fingerprint of the signing key",
            b64url_decode(key_thumbprint)[:KEY_BYTES].hex(" ", 2),
        ),
        no_portrait=Words("照片见登记", "Picture on record"),
    )


def masked(citizen_id_number: str) -> str:
    """The number with all but its last four characters masked."""
    shown = citizen_id_number[-SHOWN_CHARACTERS:]
    return shown.rjust(len(citizen_id_number), MASK)


_CHECKING: Final = (
    Words(
        "由办事窗口扫描此码核验，断网时也可核验。",
        "The counter scans this code; it can be checked without a network.",
    ),
    Words(
        "请出示居民身份证：姓名和号码后四位须与核验屏幕一致。",
        "Show the ID card: name and last four characters must match the screen.",
    ),
    Words(
        "以核验屏幕显示为准，不以纸面文字为准。",
        "What the screen shows counts, not what is printed here.",
    ),
)


def _meaning(place: County) -> tuple[Words, ...]:
    return (
        Words(
            f"电子居住证的纸质凭证，限持证人本人在{place.city_name_zh}{place.name_zh}办事使用。",
            f"The permit on paper, for its holder alone, for public services in {place.name_en}.",
        ),
        Words(
            "签注到期或居住证中止、吊销、注销的，本单同时失效。",
            "It ends with the endorsement, or as soon as the permit does.",
        ),
        Words(
            "不得出借、转让、涂改或伪造。遗失或信息有变的，请告知签发机关。",
            "Not to be lent, sold, altered or forged. Report loss or changes to the authority.",
        ),
    )


def _person(permit: Permit) -> tuple[Line, ...]:
    resident = permit.resident
    group = ethnic_group(resident.ethnic_group)
    return (
        _claim("sex", _SEXES[resident.sex]),
        _claim("ethnic_group", f"{group.name_zh} {group.name_en}"),
        _claim("birthdate", _day(resident.birthdate)),
        _claim("citizen_id_number", masked(resident.citizen_id_number)),
    )


def _standing(permit: Permit, place: County) -> tuple[Line, ...]:
    endorsement = permit.endorsement
    return (
        Line("有效使用至", "Usable through", _day(endorsement.usable_through)),
        _claim("permit_number", permit.number),
        Line("签注", "Endorsement", f"第 {endorsement.sequence} 次 · No. {endorsement.sequence}"),
        Line("居住地", "County of residence", f"{place.city_name_zh}{place.name_zh}"),
    )


def _printing(printing: Printing, place: County) -> tuple[Line, ...]:
    at = printing.at.astimezone(SHANGHAI)
    return (
        Line("打印时间", "Printed at", f"{_day(at.date())} {at:%H:%M}"),
        Line("打印地", "Printed in", f"{place.city_name_zh}{place.name_zh}"),
        Line("经办人员", "Officer", printing.officer),
        Line("出示证件", "On showing", " ".join(DOCUMENT_NAMES[printing.shown])),
        Line("单号", "Slip No.", printing.slip_id),
    )


def _claim(name: str, value: str) -> Line:
    in_chinese, in_english = CLAIM_LABELS[name]
    return Line(in_chinese, in_english, value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
