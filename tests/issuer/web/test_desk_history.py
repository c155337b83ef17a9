"""The audit log as a page tells it: acts apart from looks, words for what it names."""

from datetime import UTC, datetime

import pytest

from issuer.audit_log import Act, AuditEntry, next_entry
from issuer.web.desk_history import Detail, event_of, history

AT = datetime(2026, 11, 23, tzinfo=UTC)


def entry(act: str, details: dict[str, str] | None = None, **fields: str) -> AuditEntry:
    made = Act("330302", AT, fields.get("actor", "li-3"), act, "ZJ1", details or {})
    return next_entry(None, made)


def test_looks_stand_apart_and_the_newest_comes_first() -> None:
    found = history([entry("grant"), entry("look"), entry("suspend"), entry("look_at_document")])

    assert [event.title for event in found.acts] == ["Suspended by order", "Permit granted"]
    assert [event.title for event in found.looks] == ["Document looked at", "Record looked at"]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"reason": "核查"}, Detail("Reason", "核查")),
        ({"kind": "endorsement"}, Detail("Kind", "Endorsement", word=True)),
        ({"shown": "id_card"}, Detail("Document shown", "ID card", word=True)),
        ({"late": "yes"}, Detail("Late", "yes", word=True)),
        ({"document": "ab" * 32}, Detail("Document", "abababababab")),
        ({"document": "id_card"}, Detail("Document", "ID card", word=True)),
        (
            {"grounds": "materials_incomplete,new_code"},
            Detail(
                "Grounds that failed",
                "materials_incomplete,new_code",
                pairs=(("证明材料不全", "documents incomplete"), ("new_code", "new_code")),
            ),
        ),
        (
            {"changed": "name,county,other"},
            Detail(
                "Changed",
                "name,county,other",
                pairs=(("姓名", "Name"), ("县（市、区）", "County"), ("other", "other")),
            ),
        ),
    ],
    ids=["text", "kind", "shown", "late", "digest", "identity document", "grounds", "changed"],
)
def test_details(details: dict[str, str], expected: Detail) -> None:
    assert event_of(entry("x", details)).details == (expected,)


def test_technical_details_stay_in_the_log() -> None:
    assert event_of(entry("print_slip", {"status_index": "7", "contents": "ab"})).details == ()


def test_who_acted_and_as_what() -> None:
    by_officer = next_entry(None, Act("330302", AT, "li-3", "grant", "ZJ1", role="approver"))
    assert event_of(by_officer).actor == "li-3"
    assert event_of(by_officer).roles == ("Approver",)
    assert event_of(entry("apply", actor="applicant")).actor == "the applicant"
    assert event_of(entry("apply")).roles == ()


def test_an_act_without_a_name_is_shown_as_it_is() -> None:
    assert event_of(entry("brand_new")).title == "brand_new"
