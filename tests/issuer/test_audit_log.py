"""The chain: whatever is done to it, short of cutting the end, is found."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.audit_log import (
    FIRST_PREVIOUS,
    Act,
    AuditEntry,
    details_of,
    details_text,
    digest_of_entry,
    next_entry,
    verify_chain,
)
from issuer.errors import AuditError

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)


def act(number: int = 0, county: str = "330302") -> Act:
    return Act(
        county=county,
        at=AT + timedelta(minutes=number),
        actor="li-3",
        act="suspend",
        permit_number="ZJ330302202500000017",
        details={"reason": f"示范{number}", "legal_basis": "示范条例"},
    )


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(length):
        entries.append(next_entry(entries[-1] if entries else None, act(number)))
    return entries


def test_a_chain_as_written_verifies_and_gives_its_head() -> None:
    entries = chain(4)

    assert verify_chain(entries) == entries[-1].digest
    assert verify_chain([]) == FIRST_PREVIOUS
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "wang-2"},
        {"act": "restore"},
        {"permit_number": "ZJ330302202500000025"},
        {"details": {"reason": "其他", "legal_basis": "示范条例"}},
        {"details": {}},
        {"at": AT},
        {"county": "330303"},
        {"previous": FIRST_PREVIOUS},
        {"digest": FIRST_PREVIOUS},
        {"sequence": 7},
        {"role": "approver"},
        {"before": "0" * 64},
        {"after": "0" * 64},
    ],
)
def test_any_altered_field_is_found(change: dict[str, object]) -> None:
    entries = chain(4)
    entries[2] = replace(entries[2], **change)

    with pytest.raises(AuditError, match="entry 3"):
        verify_chain(entries)


def test_an_entry_altered_together_with_its_digest_breaks_the_next_one() -> None:
    entries = chain(4)
    entries[1] = next_entry(entries[0], replace(act(1), actor="wang-2"))

    with pytest.raises(AuditError, match="entry 3 does not follow"):
        verify_chain(entries)


@given(st.integers(2, 6), st.data())
def test_taking_out_swapping_or_doubling_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 2))
    broken = data.draw(
        st.sampled_from(
            [
                entries[:at] + entries[at + 1 :],
                [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]],
                [*entries[: at + 1], *entries[at:]],
            ]
        )
    )

    with pytest.raises(AuditError):
        verify_chain(broken)


def test_a_missing_entry_is_named() -> None:
    entries = chain(4)

    with pytest.raises(AuditError, match="entry 2 is missing: 3 stands in its place"):
        verify_chain([entries[0], *entries[2:]])


def test_an_end_cut_off_shows_only_against_a_head_noted_before() -> None:
    entries = chain(3)

    assert verify_chain(entries[:2]) != entries[-1].digest


def test_an_act_follows_only_its_own_county_and_has_an_instant() -> None:
    with pytest.raises(ValueError, match="another county"):
        next_entry(chain(1)[0], act(1, county="330303"))
    with pytest.raises(ValueError, match="aware"):
        next_entry(None, replace(act(), at=datetime(2026, 11, 23)))  # noqa: DTZ001


def test_what_came_later_is_in_the_digest_and_chains_of_before_stay_whole() -> None:
    entry = next_entry(None, replace(act(), role="approver", before="b", after="a"))
    # As the first revision of this software wrote it.
    old = AuditEntry(
        sequence=1,
        county="330302",
        at=AT,
        actor="li-3",
        act="grant",
        permit_number="ZJ330302202600000012",
        details={},
        previous=FIRST_PREVIOUS,
        digest="9f8260d6d527039877625689d0fcb344452e73657637842e1cf54bf56109ffc7",
    )

    assert (entry.role, entry.before, entry.after) == ("approver", "b", "a")
    assert (
        len({digest_of_entry(replace(entry, **{f: ""})) for f in ("role", "before", "after")}) == 3
    )
    assert digest_of_entry(old) == old.digest


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_details_are_written_in_one_way_and_come_back(details: dict[str, str]) -> None:
    text = details_text(details)

    assert details_of(text) == details
    assert details_text(dict(reversed(details.items()))) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "[]", "null", '{"a":1}', '{"a":{}}', '{"a": "b"}', '{"a":"b"} ', "{}\n"),
        *('{"b":"","a":""}', '{"a":"","a":""}', '{"a":"\\u0062"}', '{"a":"b",}', "\ufeff{}"),
    ],
)
def test_details_written_in_another_way_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        details_of(text)
