"""A verdict on the screen: every check, only the claims needed, and how old the status is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.divisions import county
from schemas.foreign_code import ForeignKind
from verifier.service_items import load_items
from verifier.verdict import PASSED, Finding, Verdict, failed
from verifier.verdict_report import report
from verifier.web.counter_language import CHINESE, ENGLISH
from verifier.web.verdict_view import VerdictView, view_of

NOW = datetime(2026, 11, 25, 6, 35, 10, tzinfo=UTC)
ITEM = load_items()["elder_transport_card"]
PICTURE = "data:image/png;base64,AAAA"
GOOD: dict[str, Any] = {
    "kind": "accepted",
    "reason": None,
    "findings": (Finding("signature", PASSED), Finding("revocation", PASSED)),
    "item": ITEM.id,
    "counter_county": county("330302"),
    "permit_county": county("330303"),
    "claims": {"name": "买买提·示范", "birthdate": "1950-02-03", "portrait": PICTURE},
    "status_as_of": NOW - timedelta(seconds=190),
    "status_age_s": 190,
}


def view(language: Any = ENGLISH, **changes: Any) -> VerdictView:
    return view_of(report(Verdict(**GOOD | changes)), ITEM, language=language, now=NOW)


def test_all_of_it_in_both_languages() -> None:
    shown, gezeigt = view(), view(CHINESE)

    assert (shown.kind, shown.item) == ("accepted", "Elder transport card")
    assert gezeigt.item == "老年人乘车卡"
    assert shown.status == "Status known as of 14:32, 3 minutes ago"
    assert gezeigt.status == "证件状态截至 14:32（3 分钟前）"
    assert shown.checked_at == "2026-11-25 14:35:10"
    assert [check.outcome for check in shown.checks] == ["passed", "passed"]
    assert [(claim.label, claim.text) for claim in shown.claims] == [
        ("Name", "买买提·示范"),
        ("Date of birth", "3 February 1950"),
    ]
    assert shown.portrait == PICTURE
    assert shown.permit.startswith("Longwan")
    assert shown.not_recorded == ""


def test_a_portrait_that_is_no_picture_is_not_shown() -> None:
    assert view(claims={"portrait": "https://elsewhere.example"}).portrait is None


def test_a_status_nobody_knows() -> None:
    assert view(status_as_of=None, status_age_s=None).status == "Status not known"


def test_a_foreign_code_says_what_it_is() -> None:
    finding = Finding("code", failed("foreign_code", kind=ForeignKind.PAYMENT))
    changes: dict[str, Any] = {
        "kind": "refused",
        "reason": "foreign_code",
        "permit_county": None,
        "claims": {},
    }
    shown = view(CHINESE, findings=(finding,), status_as_of=None, **changes)

    assert shown.foreign == "payment"
    assert "付款码" in shown.checks[0].text
    assert (shown.claims, shown.permit, shown.status) == ((), "", "")


def test_a_check_that_is_not_in_the_log_says_so() -> None:
    assert view(log_failed="log_disk_full").not_recorded


@pytest.mark.parametrize("on_paper", [True, False])
def test_paper_is_told(on_paper: bool) -> None:
    assert view(on_paper=on_paper).on_paper is on_paper
