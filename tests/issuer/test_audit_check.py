"""Checking chains: each fault is named, the check goes on, and heads show what was cut off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.audit_check import MOST_FAULTS, AuditRow, CheckedChain, check_chains
from issuer.audit_log import Act, AuditEntry, DamagedEntry, next_entry
from issuer.audit_storage import StoredHead

LUCHENG, OUHAI = "330302", "330304"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


def chain(length: int, county: str = LUCHENG) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(length):
        act = Act(county, AT + timedelta(minutes=number), "li-3", "look", "ZJ1")
        entries.append(next_entry(entries[-1] if entries else None, act))
    return entries


def head(entry: AuditEntry, day: date = DAY) -> StoredHead:
    return StoredHead(entry.county, day, entry.sequence, entry.digest, "token")


def checked(rows: list[AuditRow], *heads: StoredHead) -> CheckedChain:
    (result,) = check_chains(rows, heads)
    return result


def said(result: CheckedChain) -> list[str]:
    return [str(fault).removeprefix("county 330302, ") for fault in result.faults]


def test_a_whole_chain_and_its_end() -> None:
    entries = chain(4)
    result = checked([*entries], head(entries[1]), head(entries[3]))

    assert result.whole
    assert (result.entries, result.sequence, result.digest) == (4, 4, entries[3].digest)
    assert result.heads == 2


def test_counties_have_chains_of_their_own() -> None:
    results = list(check_chains([*chain(2), *chain(3, OUHAI)]))

    assert [(r.county, r.entries, r.whole) for r in results] == [
        (LUCHENG, 2, True),
        (OUHAI, 3, True),
    ]


def test_one_altered_entry_is_one_fault_and_the_check_goes_on() -> None:
    entries = chain(5)
    entries[1] = replace(entries[1], actor="wang-2")
    entries[3] = replace(entries[3], digest="0" * 64)

    assert said(checked([*entries])) == [
        "entry 2 was altered: its digest does not fit",
        "entry 4 was altered: its digest does not fit",
    ]


def test_one_altered_together_with_its_digest_shows_behind_it_and_at_a_head() -> None:
    entries = chain(4)
    before = entries[1]
    entries[1] = next_entry(entries[0], Act(LUCHENG, AT, "wang-2", "look", "ZJ1"))

    assert said(checked([*entries])) == ["entry 3 does not follow the entry before it"]
    assert said(checked([*entries], head(before)))[0] == (
        "entry 2 is not the one that the head of 2026-11-23 signed"
    )


def test_a_whole_chain_written_anew_shows_at_its_head() -> None:
    old, new = chain(3), chain(3)[:2]
    new.append(next_entry(new[-1], Act(LUCHENG, AT, "wang-2", "look", "ZJ1")))

    assert checked([*new]).whole
    assert said(checked([*new], head(old[2]))) == [
        "entry 3 is not the one that the head of 2026-11-23 signed"
    ]


def test_a_damaged_row_is_named_with_its_column() -> None:
    entries: list[AuditRow] = [*chain(4)]
    entries[1] = DamagedEntry(LUCHENG, 2, "at")

    assert said(checked(entries, head(chain(4)[1]))) == [
        "entry 2 was altered: at is not as it was written"
    ]


def test_a_row_whose_place_is_damaged_leaves_a_gap_that_is_named() -> None:
    whole = chain(3)
    rows: list[AuditRow] = [whole[0], whole[2], DamagedEntry(LUCHENG, None, "sequence")]

    assert said(checked(rows)) == [
        "entry 2 is missing: 3 stands in its place",
        "entry 4 or a later one was altered: so was its sequence",
    ]


@given(st.integers(2, 8), st.data())
def test_taking_out_one_in_the_middle_is_one_fault(length: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, length - 2))
    entries = chain(length)
    del entries[at]

    assert said(checked([*entries])) == [f"entry {at + 1} is missing: {at + 2} stands in its place"]


@given(st.integers(1, 6), st.integers(1, 6))
def test_an_end_cut_off_is_found_by_a_head_that_names_it(kept: int, cut: int) -> None:
    entries = chain(kept + cut)

    assert checked([*entries[:kept]]).whole
    assert said(checked([*entries[:kept]], head(entries[-1]))) == [
        f"entry {kept + cut} is missing: the head of 2026-11-23 names it"
    ]


def test_a_county_of_which_only_heads_are_left_is_reported() -> None:
    (result,) = check_chains([], [head(chain(2)[-1])])

    assert said(result) == ["entry 2 is missing: the head of 2026-11-23 names it"]
    assert result.entries == 0


def test_an_entry_moved_to_another_county_is_found_in_both() -> None:
    entries = chain(3)
    moved = replace(entries[1], county=OUHAI)
    results = list(check_chains([entries[0], entries[2], moved]))

    assert [str(f) for r in results for f in r.faults] == [
        "county 330302, entry 2 is missing: 3 stands in its place",
        "county 330304, entry 1 is missing: 2 stands in its place",
        "county 330304, entry 2 was altered: its digest does not fit",
    ]


@pytest.mark.parametrize("at", [0, 1])
def test_an_entry_put_in_between_is_found(at: int) -> None:
    entries = chain(3)
    false = next_entry(entries[at], Act(LUCHENG, AT, "wang-2", "grant", "ZJ2"))
    shifted = [replace(e, sequence=e.sequence + 1) for e in entries[at + 1 :]]
    result = checked([*entries[: at + 1], false, *shifted], head(entries[-1]))

    assert not result.whole


def test_many_faults_are_counted_and_the_first_told() -> None:
    entries: list[AuditRow] = [replace(e, digest="0" * 64) for e in chain(MOST_FAULTS + 5)]
    result = checked(entries)

    assert len(result.faults) == MOST_FAULTS
    assert result.fault_count == MOST_FAULTS + 5
