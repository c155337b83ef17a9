"""How days, instants and places are written on pages, in the language of the page.

Days are Asia/Shanghai; instants are aware and shown in Asia/Shanghai. What is missing is shown
as a dash, so that a gap in a record looks like one.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from issuer.web.inline_picture import inline_picture
from issuer.web.labels import document_purpose, label, stage, standing
from issuer.web.page_language import CHINESE, Language, translations
from schemas.divisions import UnknownCountyError, county
from schemas.endorsement_window import SHANGHAI, start_of_day
from schemas.ethnic_groups import ethnic_group

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WEEKDAYS: Final = "一二三四五六日"


def filters_for(language: Language) -> dict[str, Callable[..., Any]]:
    """The filters of every template, by name."""
    return {
        "day": lambda value: day(value, language),
        "weekday": lambda value: weekday(value, language),
        "instant": lambda value: instant(value, language),
        "time_left": pass_context(
            lambda context, value: time_left(_span(context, value), language)
        ),
        "county_name": lambda code: county_name(code, language),
        "city_name": lambda code: city_name(code, language),
        "said": lambda pair: said(pair, language),
        "label": lambda name: translations(language).gettext(label(name)),
        "purpose_name": lambda name: translations(language).gettext(document_purpose(name)),
        "stage_badge": lambda name: badge(*stage(name), language),
        "standing_badge": lambda name: badge(*standing(name), language),
        "picture_source": inline_picture,
        "chinese": lambda text: chinese(text, language),
        "masked": masked,
        "grouped": grouped,
        "count": count,
        "size": size,
        "ethnic_name": lambda code: said(ethnic_group(code), language),
    }


def day(value: date | None, language: Language) -> str:
    """2026年11月23日, or 23 November 2026."""
    if value is None:
        return "—"
    if language == CHINESE:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"


def weekday(value: date, language: Language) -> str:
    """周一, or Monday."""
    return f"周{_WEEKDAYS[value.weekday()]}" if language == CHINESE else f"{value:%A}"


def instant(value: datetime | None, language: Language) -> str:
    """The day and the minute, in Asia/Shanghai."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    return f"{day(local.date(), language)} {local:%H:%M}"


def time_left(span: timedelta, language: Language) -> str:
    """The two largest parts of ``span`` in words; of a negative one, how late it is."""
    catalogue = translations(language)
    if span < timedelta(0):
        return catalogue.gettext("%(time)s over time") % {"time": _length(-span, language)}
    return catalogue.gettext("%(time)s left") % {"time": _length(span, language)}


def _length(span: timedelta, language: Language) -> str:
    catalogue = translations(language)
    days, hours = span // _DAY, span % _DAY // _HOUR
    minutes = span % _HOUR // _MINUTE
    parts = []
    if days:
        parts.append(catalogue.ngettext("%(n)d day", "%(n)d days", days) % {"n": days})
    if hours:
        parts.append(catalogue.ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if not days and (minutes or not hours):
        parts.append(catalogue.ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(parts)


def county_name(code: str, language: Language) -> str:
    """The county's name; the code itself where nobody knows it."""
    try:
        found = county(code)
    except UnknownCountyError:
        return code
    return found.name_zh if language == CHINESE else found.name_en


def city_name(code: str, language: Language) -> str:
    """The name of the city that the county with this code belongs to."""
    found = county(code)
    return found.city_name_zh if language == CHINESE else found.city_name_en


def said(pair: Any, language: Language) -> str:
    """The half of a sentence in two languages: a pair, ``zh``/``en`` or ``name_zh``/``name_en``."""
    if isinstance(pair, tuple):
        zh, en = pair[:2]
        return str(zh if language == CHINESE else en)
    suffix = "zh" if language == CHINESE else "en"
    found = getattr(pair, suffix, None)
    return str(found if found is not None else getattr(pair, f"name_{suffix}"))


def badge(msgid: str, tone: str, language: Language) -> Markup:
    """A state as ``ui.badge`` shows it, in words and in its tone."""
    text = translations(language).gettext(msgid)
    return Markup('<span class="badge badge--{}">{}</span>').format(tone, text)


def chinese(text: str, language: Language) -> Markup:
    """A name or address, marked as Chinese where the page is not, so that it is read out so."""
    if language == CHINESE:
        return escape(text)
    return Markup('<span lang="zh-CN">{}</span>').format(text)


def masked(number: str) -> str:
    """The first and the last character of a citizen number; enough for its owner."""
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}" if len(number) > 2 else "**"


def grouped(number: str) -> str:
    """A receipt or permit number in groups, to be read out: SQ 330302 2026 0000001 X."""
    return f"{number[:2]} {number[2:8]} {number[8:12]} {number[12:19]} {number[19:]}".strip()


def count(value: int) -> str:
    """A number of things with its thousands apart, which both languages write as 12,345."""
    return f"{value:,}"


def size(count: int) -> str:
    """Bytes in the unit that people know from their files."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, count // 1024)} KB"


def _span(context: Context, value: timedelta | date | datetime) -> timedelta:
    """From now to an instant, or to the end of a day; a span as it is.

    Macros have no "now" of their own, so they are given spans.
    """
    if isinstance(value, timedelta):
        return value
    end = value if isinstance(value, datetime) else start_of_day(value + _DAY)
    now: datetime = context["now"]
    return end - now
