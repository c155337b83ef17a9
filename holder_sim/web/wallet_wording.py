"""Claims, days and places in the words of a page.

Days are Asia/Shanghai; instants are aware and written in Asia/Shanghai. What is missing is a
dash, so that a gap looks like one.
"""

import re
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from holder_sim.web.wallet_language import CHINESE, WalletLanguage
from schemas.divisions import County
from schemas.endorsement_window import SHANGHAI
from schemas.ethnic_groups import ethnic_group
from schemas.permit_credential import CLAIM_LABELS

MISSING: Final = "—"
_SEX: Final = {"1": ("男", "Male"), "2": ("女", "Female")}
_TRUTH: Final = {True: ("是", "Yes"), False: ("否", "No")}
_PICTURE: Final = ("照片一张", "One picture")
_DAYS: Final = frozenset({"birthdate", "date_of_issuance", "continuous_residence_since"})
# The organisation in a subject as RFC 4514 writes it; a comma in it has a backslash before it.
_ORGANISATION: Final = re.compile(r"(?:^|,)O=((?:\\.|[^\\,])*)")


def said(pair: tuple[str, str], language: WalletLanguage) -> str:
    """The half of (Chinese, English) that is in ``language``."""
    return pair[0] if language == CHINESE else pair[1]


def claim_label(name: str, language: WalletLanguage) -> str:
    """What a claim is called; its bare name where we do not know it."""
    return said(CLAIM_LABELS.get(name, (name, name)), language)


def claim_text(name: str, value: Any, language: WalletLanguage) -> str:
    """The value of a claim as a person reads it."""
    if value is None:
        return MISSING
    if name == "portrait":
        return said(_PICTURE, language)
    if name == "sex":
        return said(_SEX.get(value, (value, value)), language)
    if name == "ethnic_group":
        group = ethnic_group(value)
        return said((group.name_zh, group.name_en), language)
    if name in _DAYS:
        return day(value if isinstance(value, date) else date.fromisoformat(value), language)
    return said(_TRUTH[value], language) if isinstance(value, bool) else str(value)


def day(value: date, language: WalletLanguage) -> str:
    """2026年11月23日, or 23 November 2026."""
    if language == CHINESE:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"


def clock_time(value: datetime) -> str:
    """Hours and minutes in Asia/Shanghai."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


def instant(value: datetime, language: WalletLanguage) -> str:
    """Day and time in Asia/Shanghai."""
    return f"{day(value.astimezone(SHANGHAI).date(), language)} {clock_time(value)}"


def place(where: County, language: WalletLanguage) -> str:
    """温州市鹿城区, or Lucheng, Wenzhou."""
    if language == CHINESE:
        return where.city_name_zh + where.name_zh
    return f"{where.name_en}, {where.city_name_en}"


def portal_beside(issuer: str) -> str:
    """The residents' portal: the start of the service that the identifier of an issuer names."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/"


def asker(subject: str) -> str:
    """Who signed a request: the organisation in the subject of the certificate.

    The whole subject where it names none, so that nobody stays without a name.
    """
    found = _ORGANISATION.search(subject)
    return re.sub(r"\\(.)", r"\1", found.group(1)) if found else subject
