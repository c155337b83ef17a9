"""A verdict as JSON: the stable shape that counter screens and programs read.

{"verdict": "accepted" | "refused" | "cannot_say",
 "reason": code | null,
 "checks": [{"check", "outcome": "passed" | "failed" | "unknown", "code": code | null,
             "zh", "en"}],
 "tell": {"zh", "en"},            what the clerk tells the person
 "claims": {name: value},         only those the service item needs
 "permit": {"county", "name_zh", "name_en"} | null,
 "counter": {"county", "name_zh", "name_en"},
 "item": identifier,
 "on_paper": bool,                a confirmation slip: compare the ID card with the claims
 "foreign": kind | null,           what a code of another kind is; schemas/foreign_code.py
 "status_known_as_of": RFC 3339 in UTC | null,
 "status_age_s": seconds | null,
 "log_failed": {"code", "zh", "en"} | null}   the check is not in the log; the verdict stands
"""

from typing import Any

import msgspec

from schemas.divisions import County
from verifier.sentences import county_name, describe, log_sentence, tell
from verifier.verdict import Failed, Finding, Passed, Verdict


def report(verdict: Verdict) -> dict[str, Any]:
    """The JSON object of ``verdict``, made of plain values."""
    return {
        "verdict": verdict.kind,
        "reason": verdict.reason,
        "checks": [_check(finding) for finding in verdict.findings],
        "tell": {"zh": tell(verdict, "zh"), "en": tell(verdict, "en")},
        "claims": verdict.claims,
        "permit": _place(verdict.permit_county) if verdict.permit_county else None,
        "counter": _place(verdict.counter_county),
        "item": verdict.item,
        "on_paper": verdict.on_paper,
        "foreign": _foreign(verdict),
        "status_known_as_of": (
            verdict.status_as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if verdict.status_as_of else None
        ),
        "status_age_s": verdict.status_age_s,
        "log_failed": _log_failed(verdict.log_failed),
    }


def report_json(verdict: Verdict) -> bytes:
    """``report``, encoded."""
    return msgspec.json.encode(report(verdict))


def _foreign(verdict: Verdict) -> str | None:
    kinds = (
        finding.result.params["kind"]
        for finding in verdict.findings
        if isinstance(finding.result, Failed) and finding.result.code == "foreign_code"
    )
    kind = next(kinds, None)
    return None if kind is None else str(kind)


def _check(finding: Finding) -> dict[str, Any]:
    result = finding.result
    return {
        "check": finding.check,
        "outcome": type(result).__name__.lower(),
        "code": None if isinstance(result, Passed) else result.code,
        "zh": describe(finding.check, result, "zh"),
        "en": describe(finding.check, result, "en"),
    }


def _log_failed(code: str | None) -> dict[str, str] | None:
    if code is None:
        return None
    return {"code": code, "zh": log_sentence(code, "zh"), "en": log_sentence(code, "en")}


def _place(county: County) -> dict[str, str]:
    return {
        "county": county.code,
        "name_zh": county_name(county, "zh"),
        "name_en": county_name(county, "en"),
    }
