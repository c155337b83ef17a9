"""From codes to words: what was found, and what the clerk tells the person.

The words are data (``sentences.toml``), so that an office can improve them without
touching code. They are written only when somebody reads a verdict, never while checking.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from schemas.divisions import Area, County
from schemas.endorsement_window import SHANGHAI
from schemas.foreign_code import ForeignKind
from schemas.permit_credential import CLAIM_LABELS
from verifier.verdict import CheckResult, Param, Passed, Verdict

Language = Literal["zh", "en"]

_NOT_CODES = {"passed", "areas", "foreign", "log"}


class Sentence(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one code; ``{names}`` are replaced by the values of the finding."""

    zh: str
    en: str
    tell_zh: str
    """What the clerk tells the person, and what to do next."""
    tell_en: str
    paper_zh: str | None = None
    """What is told instead of a slip on paper, which has no app and no phone to look to."""
    paper_en: str | None = None

    def template(self, language: Language, *, tell: bool) -> str:
        """One of the four."""
        if tell:
            return self.tell_zh if language == "zh" else self.tell_en
        return self.zh if language == "zh" else self.en

    def told(self, language: Language, *, on_paper: bool) -> str:
        """What the clerk tells the person, by what was shown."""
        of_paper = self.paper_zh if language == "zh" else self.paper_en
        return of_paper if on_paper and of_paper else self.template(language, tell=True)


class Words(Struct, frozen=True):
    """All of ``sentences.toml``."""

    codes: dict[str, Sentence]
    areas: dict[str, dict[str, str]]
    foreign: dict[str, dict[str, str]]
    log: dict[str, dict[str, str]]
    passed: dict[str, str]


def _load() -> Words:
    path = Path(__file__).with_name("sentences.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = {code: words for code, words in tables.items() if code not in _NOT_CODES}
    return msgspec.convert({"codes": codes, **{name: tables[name] for name in _NOT_CODES}}, Words)


_WORDS = _load()
SENTENCES = _WORDS.codes


def describe(check: str, result: CheckResult, language: Language) -> str:
    """What one check found, as a sentence."""
    if isinstance(result, Passed):
        return _WORDS.passed[f"{check}_{language}"]
    return _fill(SENTENCES[result.code].template(language, tell=False), result.params, language)


def tell(verdict: Verdict, language: Language) -> str:
    """What the clerk tells the person, by the verdict's reason."""
    if verdict.reason is None:
        return SENTENCES["accepted"].told(language, on_paper=verdict.on_paper)
    params = next(
        (
            finding.result.params
            for finding in verdict.findings
            if not isinstance(finding.result, Passed) and finding.result.code == verdict.reason
        ),
        {},
    )
    template = SENTENCES[verdict.reason].told(language, on_paper=verdict.on_paper)
    return _fill(template, params, language)


def log_sentence(code: str, language: Language) -> str:
    """That a check is not in the counter log, and what the clerk does about it."""
    return _WORDS.log[code][language]


def county_name(county: County, language: Language) -> str:
    """With the city it belongs to, for readers from elsewhere."""
    if language == "zh":
        return county.city_name_zh + county.name_zh
    return f"{county.name_en}, {county.city_name_en}"


def claim_label(name: str, language: Language) -> str:
    """What a claim is called on the screen."""
    in_zh, in_en = CLAIM_LABELS[name]
    return in_zh if language == "zh" else in_en


def _fill(template: str, params: Mapping[str, Param], language: Language) -> str:
    return template.format_map(
        {name: _write(name, value, language) for name, value in params.items()}
    )


def _write(name: str, value: Param, language: Language) -> str:
    if isinstance(value, County):
        return county_name(value, language)
    if isinstance(value, Area):
        return _WORDS.areas[value][language]
    if isinstance(value, ForeignKind):
        return _WORDS.foreign[value][language]
    if isinstance(value, tuple):
        joint = "、" if language == "zh" else ", "
        return joint.join(claim_label(claim, language) for claim in value)
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return f"{_day(local.date(), language)} {local:%H:%M}"
    if isinstance(value, date):
        return _day(value, language)
    if isinstance(value, int) and name.endswith("_s"):
        return duration(value, language)
    return str(value)


def _day(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def duration(seconds: int, language: Language) -> str:
    """In the largest unit that says enough: ``90`` is "90 s", ``7300`` is "2 h"."""
    for unit_s, zh, en in ((86400, "天", "days"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds // unit_s} {zh if language == 'zh' else en}"
    return f"{seconds} {'秒' if language == 'zh' else 's'}"
