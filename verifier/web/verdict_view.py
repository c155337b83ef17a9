"""A verdict as the counter's screen shows it: one word, what to tell, what was found.

Made from the report (``verdict_report.py``), whatever way the permit was shown. Of the claims
only those stand here that the report has, which are those the service needs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from schemas.endorsement_window import SHANGHAI
from verifier.service_items import ServiceItem
from verifier.web.counter_language import CounterLanguage, catalogue
from verifier.web.counter_wording import (
    age_text,
    instant_text,
    label_of,
    picture_of,
    said,
    text_of,
)

PORTRAIT = "portrait"


class ShownCheck(Struct, frozen=True):
    """One finding."""

    outcome: str
    text: str


class ShownClaim(Struct, frozen=True):
    """One claim, for the clerk to read."""

    label: str
    text: str


class VerdictView(Struct, frozen=True, kw_only=True):
    """All that the result on the screen says."""

    kind: str
    """``accepted``, ``refused`` or ``cannot_say``: word, colour, shape, place and sound."""
    reason: str | None
    tell: str
    item: str
    checked_at: str
    """Day and time in Asia/Shanghai, with seconds."""
    checks: tuple[ShownCheck, ...]
    claims: tuple[ShownClaim, ...]
    portrait: str | None
    status: str
    """How old what is known of the status is; empty where no permit was read."""
    permit: str
    """County of the permit, empty where there is none."""
    on_paper: bool
    foreign: str | None
    not_recorded: str
    """What the clerk does where the counter log failed; empty where it did not."""


def view_of(
    report: Mapping[str, Any], item: ServiceItem, *, language: CounterLanguage, now: datetime
) -> VerdictView:
    """The screen for a report on ``item`` that was made at ``now``."""
    claims = dict(report["claims"])
    portrait = picture_of(claims.pop(PORTRAIT, None))
    permit = report["permit"]
    return VerdictView(
        kind=report["verdict"],
        reason=report["reason"],
        tell=report["tell"][language.short],
        item=said((item.name_zh, item.name_en), language),
        checked_at=f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        checks=tuple(
            ShownCheck(check["outcome"], check[language.short]) for check in report["checks"]
        ),
        claims=tuple(
            ShownClaim(label_of(name, language), text_of(name, value, language))
            for name, value in claims.items()
        ),
        portrait=portrait,
        status=_status(report, language, now),
        permit=permit[f"name_{language.short}"] if permit else "",
        on_paper=report["on_paper"],
        foreign=report["foreign"],
        not_recorded=_not_recorded(report, language),
    )


def _not_recorded(report: Mapping[str, Any], language: CounterLanguage) -> str:
    failed = report["log_failed"]
    return failed[language.short] if failed else ""


def _status(report: Mapping[str, Any], language: CounterLanguage, now: datetime) -> str:
    gettext = catalogue(language).gettext
    as_of = report["status_known_as_of"]
    if [check["check"] for check in report["checks"]] == ["code"]:
        return ""  # nothing was read that could have a status
    if as_of is None:
        return gettext("Status not known")
    known = instant_text(
        datetime.fromisoformat(as_of), language, today=now.astimezone(SHANGHAI).date()
    )
    age = age_text(report["status_age_s"], language)
    return gettext("Status known as of {time}, {age}").format(time=known, age=age)
