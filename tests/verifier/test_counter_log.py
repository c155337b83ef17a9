"""What an entry of each retention class holds, and what it never holds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.divisions import county
from verifier.case_details import CaseDetails
from verifier.counter_log import (
    Check,
    Entry,
    decode_details,
    encode_details,
    entry_of,
    receipt_of,
    tally_of,
)
from verifier.judgement import Counter, first_use, seen_before
from verifier.service_items import Retention, load_items
from verifier.verdict import PASSED, Finding, Verdict, failed

NOW = datetime(2026, 11, 25, 16, 30, 5, 123456, tzinfo=UTC)
LUCHENG = county("330302")
CLAIMS = {"name": "买买提·示范", "citizen_id_tail": "0007"}
PLACE = "https://issuer.example/330302/status/1#4711"
ITEM = replace(load_items()["identity_look"], asks_case=True, retention_days=30)
ACCEPTED = Verdict(
    kind="accepted",
    reason=None,
    findings=(Finding("signature", PASSED), Finding("revocation", PASSED)),
    item=ITEM.id,
    counter_county=LUCHENG,
    permit_county=LUCHENG,
    permit_place=PLACE,
    claims=CLAIMS,
)
FORGED = Verdict(
    kind="refused",
    reason="forged_credential",
    findings=(Finding("signature", failed("forged_credential")),),
    item=ITEM.id,
    counter_county=LUCHENG,
)


def check(retention: Retention, verdict: Verdict = ACCEPTED, **changes: Any) -> Check:
    members: dict[str, Any] = {
        "verdict": verdict,
        "item": replace(ITEM, retention=retention),
        "counter": Counter(LUCHENG, desk="d1"),
        "shown": "ZJ1:WHAT-WAS-SHOWN",
        "case": CaseDetails("A-7", "school place"),
        "now": NOW,
    }
    return Check(**members | changes)


def kept(retention: Retention, verdict: Verdict = ACCEPTED) -> Entry:
    entry = entry_of(check(retention, verdict))
    assert entry is not None
    return entry


def test_nothing_is_no_entry_but_is_counted() -> None:
    asked = check(Retention.NOTHING)

    assert entry_of(asked) is None
    tally = tally_of(asked)
    assert (tally.county, tally.desk, tally.item) == ("330302", "d1", "identity_look")
    assert (tally.day, tally.verdict) == (date(2026, 11, 26), "accepted"), "the day in Shanghai"


def test_the_verdict_alone_is_about_nobody() -> None:
    entry = kept(Retention.VERDICT, FORGED)

    assert (entry.verdict, entry.reason) == ("refused", "forged_credential")
    assert (entry.county, entry.desk, entry.item) == ("330302", "d1", "identity_look")
    assert entry.at == NOW.replace(microsecond=0)
    assert entry.expires_at == entry.at + timedelta(days=30)
    assert entry.details is None


def test_a_minimal_record_has_the_case_and_the_permits_place() -> None:
    details = kept(Retention.MINIMAL).details

    assert details is not None
    assert (details.case_number, details.purpose) == ("A-7", "school place")
    assert details.permit == PLACE
    assert (details.claims, details.shown, details.checks) == ({}, "", ())


def test_full_evidence_is_what_was_shown_and_found() -> None:
    details = kept(Retention.FULL, first_use(ACCEPTED)).details

    assert details is not None
    assert (details.claims, details.shown) == (CLAIMS, "ZJ1:WHAT-WAS-SHOWN")
    assert details.checks[-1] == {"check": "replay", "outcome": "passed", "code": None}
    assert decode_details(encode_details(details)) == details


@pytest.mark.parametrize("verdict", [FORGED, seen_before(ACCEPTED)], ids=["forged", "replayed"])
def test_what_is_no_evidence_about_a_person_is_not_kept(verdict: Verdict) -> None:
    details = kept(Retention.FULL, verdict).details

    assert details is not None
    assert (details.claims, details.shown) == ({}, "")
    assert details.checks[-1]["outcome"] == "failed"
    assert details.checks[-1]["code"] == verdict.reason


def test_a_slip_is_noted_as_paper() -> None:
    details = kept(Retention.MINIMAL, replace(ACCEPTED, on_paper=True)).details

    assert details is not None
    assert details.on_paper is True


def test_a_receipt_says_what_is_kept_and_not_what_came_of_it() -> None:
    receipts = [
        receipt_of(
            replace(ITEM, retention=retention),
            counter=Counter(LUCHENG),
            case=CaseDetails("A-7", "school place"),
            now=NOW,
        )
        for retention in (Retention.FULL, Retention.NOTHING)
    ]

    full, nothing = receipts
    assert (full.item, full.case_number, full.county) == ("identity_look", "A-7", "330302")
    assert (full.kept, full.kept_until) == (Retention.FULL, full.at + timedelta(days=30))
    assert nothing.kept_until is None
    assert {"verdict", "reason", "claims"}.isdisjoint(full.__struct_fields__)
