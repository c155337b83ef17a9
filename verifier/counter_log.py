"""What an office keeps of a check: nothing, the verdict, a minimal record, or full evidence.

    nothing     no entry; as with every check, one more in the day's counts
    verdict     when, where, for what, and the verdict with its reason
    minimal     also case number and purpose, and which permit: its place in the status list,
                which leads the police to it and tells nobody else anything
    full        also every finding, the claims the service needs, and what was shown, as it was
                shown: it is signed, and with anything left out it would prove nothing

What is not authentic, or was seen before, is no evidence about a person: then there are no
claims and no presentation in an entry, whatever the class. The counts name days, services
and verdicts and nobody, so they are kept. Which class an item has is for ``service_items``
to say. Days are Asia/Shanghai, instants aware UTC.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.endorsement_window import day_of
from verifier.case_details import CaseDetails
from verifier.judgement import Counter
from verifier.service_items import Retention, ServiceItem
from verifier.verdict import Finding, Kind, Passed, Verdict


class Tally(Struct, frozen=True, kw_only=True):
    """What every check adds one to."""

    day: date
    county: str
    desk: str
    """The counter; empty where it has no name of its own."""
    item: str
    verdict: Kind


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The part of an entry that may be about a person; it is sealed on disk."""

    case_number: str = ""
    purpose: str = ""
    permit: str = ""
    """Address of the status list, ``#``, and the place in it."""
    on_paper: bool = False
    checks: tuple[dict[str, str | None], ...] = ()
    """Each with ``check``, ``outcome`` and ``code``."""
    claims: dict[str, Any] = {}
    shown: str = ""
    """The code's text, or the presentation that a wallet sent."""


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the log."""

    at: datetime
    """When it was checked, to the second, UTC."""
    county: str
    desk: str
    item: str
    verdict: Kind
    reason: str | None
    retention: Retention
    expires_at: datetime
    """From then on it is deleted, and shown no more before that, UTC."""
    details: Details | None = None
    """``None`` where the class keeps the verdict only."""


class Receipt(Struct, frozen=True, kw_only=True):
    """What a wallet is told of a check, for its own records; what came of it is not in it."""

    at: datetime
    county: str
    item: str
    case_number: str
    kept: Retention
    """What the office keeps of it."""
    kept_until: datetime | None
    """``None`` where nothing is kept."""


class Check(Struct, frozen=True, kw_only=True):
    """All there is to know of a check that was concluded."""

    verdict: Verdict
    item: ServiceItem
    counter: Counter
    shown: str
    case: CaseDetails
    now: datetime


def tally_of(check: Check) -> Tally:
    """What the check adds one to."""
    return Tally(
        day=day_of(check.now),
        county=check.counter.county.code,
        desk=check.counter.desk,
        item=check.item.id,
        verdict=check.verdict.kind,
    )


def entry_of(check: Check) -> Entry | None:
    """The line that the item's class makes of a check; ``None`` where nothing is kept."""
    if check.item.retention is Retention.NOTHING:
        return None
    at = check.now.replace(microsecond=0)
    return Entry(
        at=at,
        county=check.counter.county.code,
        desk=check.counter.desk,
        item=check.item.id,
        verdict=check.verdict.kind,
        reason=check.verdict.reason,
        retention=check.item.retention,
        expires_at=at + timedelta(days=check.item.retention_days),
        details=_details(check),
    )


def receipt_of(item: ServiceItem, *, counter: Counter, case: CaseDetails, now: datetime) -> Receipt:
    """For the wallet that answered."""
    at = now.replace(microsecond=0)
    keeps = item.retention is not Retention.NOTHING
    return Receipt(
        at=at,
        county=counter.county.code,
        item=item.id,
        case_number=case.number,
        kept=item.retention,
        kept_until=at + timedelta(days=item.retention_days) if keeps else None,
    )


def _details(check: Check) -> Details | None:
    verdict = check.verdict
    if check.item.retention is Retention.VERDICT:
        return None
    minimal = Details(
        case_number=check.case.number,
        purpose=check.case.purpose,
        permit=verdict.permit_place or "",
        on_paper=verdict.on_paper,
    )
    if check.item.retention is Retention.MINIMAL:
        return minimal
    full = replace(minimal, checks=_checks(verdict.findings))
    if verdict.permit_county is None:
        return full  # not authentic, or seen before
    return replace(full, claims=verdict.claims, shown=check.shown)


def _checks(findings: Sequence[Finding]) -> tuple[dict[str, str | None], ...]:
    return tuple(
        {
            "check": finding.check,
            "outcome": type(finding.result).__name__.lower(),
            "code": None if isinstance(finding.result, Passed) else finding.result.code,
        }
        for finding in findings
    )


def encode_details(details: Details) -> bytes:
    """For sealing."""
    return msgspec.json.encode(details)


def decode_details(data: bytes) -> Details:
    """From what only we sealed."""
    return msgspec.json.decode(data, type=Details)
