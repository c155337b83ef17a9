"""Claims, times and ages in the words of the counter's screen.

Instants are aware and written in Asia/Shanghai; ages are in seconds. What is missing is a
dash, so that a gap looks like one.
"""

import re
from datetime import date, datetime
from typing import Any, Final

from schemas.endorsement_window import SHANGHAI
from schemas.ethnic_groups import UnknownEthnicGroupError, ethnic_group
from schemas.permit_credential import CLAIM_LABELS
from verifier.web.counter_language import CHINESE, CounterLanguage, catalogue

MISSING: Final = "—"


def N_(sentence: str) -> str:
    """Marks a sentence that is translated when it is used."""
    return sentence


_SEX: Final = {"1": ("男", "Male"), "2": ("女", "Female")}
_TRUTH: Final = {True: ("是", "Yes"), False: ("否", "No")}
_DAYS: Final = frozenset({"birthdate", "date_of_issuance", "continuous_residence_since"})
_AGES: Final = (
    (86_400, N_("1 day ago"), N_("{n} days ago")),
    (3_600, N_("1 hour ago"), N_("{n} hours ago")),
    (60, N_("1 minute ago"), N_("{n} minutes ago")),
)
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


def said(pair: tuple[str, str], language: CounterLanguage) -> str:
    """The half of (Chinese, English) that is in ``language``."""
    return pair[0] if language == CHINESE else pair[1]


def label_of(name: str, language: CounterLanguage) -> str:
    """What a claim is called."""
    return said(CLAIM_LABELS[name], language)


def text_of(name: str, value: Any, language: CounterLanguage) -> str:
    """The value of a claim as a clerk reads it."""
    if value is None:
        return MISSING
    if name == "sex":
        return said(_SEX.get(value, (str(value), str(value))), language)
    if name == "ethnic_group":
        return _group(str(value), language)
    if name in _DAYS:
        return _day(str(value), language)
    return said(_TRUTH[value], language) if isinstance(value, bool) else str(value)


def _day(text: str, language: CounterLanguage) -> str:
    try:
        return day_text(date.fromisoformat(text), language)
    except ValueError:
        return text  # signed all the same: shown as it stands there


def _group(code: str, language: CounterLanguage) -> str:
    try:
        group = ethnic_group(code)
    except UnknownEthnicGroupError:
        return code  # as above
    return said((group.name_zh, group.name_en), language)


def picture_of(value: Any) -> str | None:
    """A portrait's address, if it is a picture and nothing that a browser could follow."""
    return value if isinstance(value, str) and _PICTURE.fullmatch(value) else None


def day_text(value: date, language: CounterLanguage) -> str:
    """2026年11月23日, or 23 November 2026."""
    if language == CHINESE:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"


def instant_text(value: datetime, language: CounterLanguage, *, today: date) -> str:
    """Hours and minutes, with the day where it is another than ``today``."""
    local = value.astimezone(SHANGHAI)
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else f"{day_text(local.date(), language)} {clock}"


def age_text(seconds: int, language: CounterLanguage) -> str:
    """How long ago, in words: a clerk compares it with the clock on the wall."""
    gettext = catalogue(language).gettext
    for unit_s, one, many in _AGES:
        if seconds >= unit_s:
            number = seconds // unit_s
            return gettext(one) if number == 1 else gettext(many).format(n=number)
    return gettext("less than a minute ago")
