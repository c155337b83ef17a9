"""The log as auditors read it: nothing left out, nothing of another place, digests cut short."""

from datetime import UTC, date, datetime

import pytest

from issuer.audit_log import Act, AuditEntry, next_entry
from issuer.audit_reports import AuditFilter
from issuer.errors import CriteriaError
from issuer.web.audit_view import (
    LOG_ACTS,
    actors_offered,
    audit_line,
    entry_number,
    export_name,
    filter_of,
    next_address,
    typed_filter,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)


def entry(
    act: str = "suspend", subject: str = "ZJ330302202600000012", **details: str
) -> AuditEntry:
    return next_entry(
        None,
        Act("330302", AT, "li-3", act, subject, details, "approver", "a" * 64, "b" * 64),
    )


def test_an_entry_says_all_that_is_in_it() -> None:
    made = entry(reason="示范", legal_basis="第十八条", batch="PL1", run_by="chen-5", nameless="?")
    line = audit_line(made)

    assert (line.reason, line.legal_basis) == ("示范", "第十八条")
    assert [(detail.label, detail.value) for detail in line.event.details] == [
        ("Batch", "PL1"),
        ("Run by", "chen-5"),
        ("nameless", "?"),
    ]
    assert (line.event.actor, line.event.roles) == ("li-3", ("Approver",))
    assert (line.digest, line.before, line.after) == (made.digest[:12], "a" * 12, "b" * 12)


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ("ZJ330302202600000012", "/desk/permits/ZJ330302202600000012"),
        ("SQ330302202600000018", "/desk/applications/SQ330302202600000018"),
        ("li-3", ""),
        ("audit-log", ""),
        ("ZJ1/../../x", ""),
    ],
)
def test_what_has_a_page_leads_there(subject: str, place: str) -> None:
    assert audit_line(entry(subject=subject)).place == place


def test_a_verb_without_a_name_is_shown_as_it_is() -> None:
    assert audit_line(entry("look_at_audit")).event.title == LOG_ACTS["look_at_audit"]
    assert audit_line(entry("something_new")).event.title == "something_new"


def test_a_filter_is_read_from_its_form() -> None:
    given = typed_filter(
        {"subject": "ZJ 330302 2026", "actor": " li-3 ", "first_day": "2026-11-01", "x": "y"}
    )

    assert filter_of(given) == AuditFilter(
        subject="ZJ3303022026", actor="li-3", first_day=date(2026, 11, 1)
    )
    with pytest.raises(CriteriaError):
        filter_of(typed_filter({"last_day": "yesterday"}))


def test_addresses_of_pages() -> None:
    given = typed_filter({"actor": "li-3"})

    assert next_address(given, 42) == "?actor=li-3&before=42"
    assert next_address(given, None) == ""
    assert [entry_number(text) for text in ("42", "", "x", "-1", "9" * 20)] == [
        42,
        None,
        None,
        None,
        None,
    ]
    assert export_name("330302", date(2026, 11, 23)) == "audit-330302-20261123.jsonl"
    assert actors_offered(("li-3",))[0] == "li-3"
