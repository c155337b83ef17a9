"""A verdict for a person at a terminal: one big word, what to say, every check."""

from collections.abc import Mapping
from typing import Any

from verifier.sentences import Language, claim_label, duration

_WORDS = {
    "accepted": {"zh": "通 过", "en": "A C C E P T E D"},
    "refused": {"zh": "不 予 受 理", "en": "R E F U S E D"},
    "cannot_say": {"zh": "无 法 判 断", "en": "C A N N O T   S A Y"},
}
_MARKS = {"passed": "✓", "failed": "✗", "unknown": "?"}


def verdict_text(report: Mapping[str, Any], language: Language) -> str:
    """The text for a report as ``verdict_report.py`` makes it."""
    lines = ["", f"  {_WORDS[report['verdict']][language]}", "", report["tell"][language], ""]
    lines += [f"  {_MARKS[check['outcome']]} {check[language]}" for check in report["checks"]]
    if report["claims"]:
        lines.append("")
    lines += [
        f"  {claim_label(name, language)}: {_short(value)}"
        for name, value in report["claims"].items()
    ]
    lines += ["", _age(report, language)]
    if report.get("log_failed"):  # a service of before has no such member
        lines += ["", f"  ! {report['log_failed'][language]}"]
    return "\n".join(lines)


def _age(report: Mapping[str, Any], language: Language) -> str:
    as_of, age_s = report["status_known_as_of"], report["status_age_s"]
    if as_of is None:
        return "证件状态：未知" if language == "zh" else "Status: not known."
    if language == "zh":
        return f"证件状态截至 {as_of}（{duration(age_s, language)}前）"
    return f"Status as of {as_of}, {duration(age_s, language)} ago."


def _short(value: object) -> str:
    # A portrait is a picture in letters; a terminal cannot show it.
    text = str(value)
    return text if len(text) <= 120 else f"{text[:40]}… ({len(text)})"
