"""The contract of the audit log's part of the storage, run against every adapter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from msgspec.structs import replace

from issuer.audit_check import check_chains
from issuer.audit_log import Act, AuditEntry, DamagedEntry, next_entry, verify_chain
from issuer.audit_storage import AuditQuery, StoredHead
from issuer.errors import StorageError
from issuer.particulars import Resident
from issuer.permit import Permit, grant, suspend
from issuer.sql_told_records import ROWS_AT_ONCE
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from schemas.civil_id import Sex

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 23)
LUCHENG, OUHAI = "330302", "330304"
NUMBER, ANOTHER = "ZJ330302202600000012", "ZJ330302202600000020"


@pytest.fixture
def storage(register_url: str) -> Iterator[IssuerStorage]:
    opened = SqlIssuerStorage(register_url)
    yield opened
    opened.close()


def act(name: str = "look", *, county: str = LUCHENG, number: str = NUMBER, at: int = 0) -> Act:
    details = {"reason": '示范·𠮷 "x" \\ \n\t\x01\x7f\u2028', "a": ""}
    return Act(county, AT + timedelta(minutes=at), "li-3", name, number, details)


def permit(number: str = NUMBER) -> Permit:
    resident = Resident(
        name="示范",
        citizen_id_number="430000198506160017",
        sex=Sex.MALE,
        birthdate=date(1985, 6, 16),
        ethnic_group="01",
        registered_address="示范路9号",
        portrait=b"\xff\xd8\xff",
    )
    return grant(
        number=number,
        county=LUCHENG,
        resident=resident,
        residence_address="示范路9号",
        registered_on=DAY,
        on=DAY,
        by="li-3",
    )


def test_entries_come_back_as_they_were_and_fit_the_chain(storage: IssuerStorage) -> None:
    given = replace(act(), role="approver", before="b", after="a")
    with storage.transaction() as tx:
        kept = [tx.record(given), tx.record(act(at=1)), tx.record(act(county=OUHAI))]

    with storage.reading() as register:
        assert register.audit() == kept
        assert list(register.audit_rows()) == kept
        assert list(register.audit_rows(LUCHENG, first=2)) == [kept[1]]
        assert register.last_audit(LUCHENG) == kept[1]
        assert register.last_audit("330303") is None
        assert all(chain.whole for chain in check_chains(register.audit_rows()))
        verify_chain(register.audit(LUCHENG))
    assert (kept[0].role, kept[0].before, kept[0].after) == ("approver", "b", "a")


def test_more_rows_than_are_held_at_once_come_in_their_order(storage: IssuerStorage) -> None:
    count = 2 * ROWS_AT_ONCE + 1
    entries: list[AuditEntry] = []
    for number in range(count):
        entries.append(next_entry(entries[-1] if entries else None, act(at=number)))
    with storage.transaction() as tx:
        for entry in entries:
            tx.append_audit(entry)

    with storage.reading() as register:
        rows = register.audit_rows()
        assert next(rows) == entries[0]
        assert list(rows) == entries[1:]


def test_pages_go_back_in_time(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        for number in range(5):
            tx.record(act("endorse" if number % 2 else "look", at=number))
        tx.record(act(county=OUHAI))
    query = AuditQuery(county=LUCHENG)

    with storage.reading() as register:
        first = register.audit_page(query, limit=2)
        second = register.audit_page(query, limit=2, before=first[-1].sequence)
        endorsed = register.audit_page(replace(query, act="endorse"), limit=9)
        between = register.audit_page(
            replace(query, since=AT + timedelta(minutes=1), until=AT + timedelta(minutes=3)),
            limit=9,
        )
    assert [e.sequence for e in (*first, *second)] == [5, 4, 3, 2]
    assert [e.sequence for e in endorsed] == [4, 2]
    assert [e.sequence for e in between] == [3, 2]


def test_all_about_one_record_in_the_order_of_time(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.record(act(county=OUHAI, at=5))
        tx.record(act(at=1))
        tx.record(act(number=ANOTHER))

    with storage.reading() as register:
        assert [e.county for e in register.audit_about(NUMBER)] == [LUCHENG, OUHAI]


def test_a_place_is_taken_once(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        entry = tx.record(act())

    with pytest.raises(StorageError), storage.transaction() as tx:
        tx.append_audit(entry)


def test_an_entry_tells_what_became_of_the_record(storage: IssuerStorage) -> None:
    made = permit()
    suspended = suspend(made, by="li-3", at=AT, reason="r", legal_basis="b")
    with storage.transaction() as tx:
        tx.add_permit(made)
        tx.add_permit(permit(ANOTHER))
        granted = tx.record(act("grant"))
    with storage.transaction() as tx:
        tx.replace_permit(replace(made, residence_address="x"))
        tx.replace_permit(suspended)
        changed = tx.record(act("suspend"))
        looked = tx.record(act("look"))
        other = tx.record(act("look", number=ANOTHER))

    assert granted.before == ""
    assert granted.after == changed.before != ""
    assert changed.after not in ("", changed.before)
    assert (looked.before, looked.after) == ("", "")
    assert (other.before, other.after) == ("", "")


def test_two_acts_in_one_block_each_tell_of_their_own_change(storage: IssuerStorage) -> None:
    made = permit()
    with storage.transaction() as tx:
        tx.add_permit(made)
        first = tx.record(act("grant"))
        tx.replace_permit(replace(made, residence_address="x"))
        second = tx.record(act("change"))

    assert first.after == second.before != second.after


def test_a_permit_handed_over_is_told_of_in_both_counties(storage: IssuerStorage) -> None:
    made = permit()
    with storage.transaction() as tx:
        tx.add_permit(made)
    with storage.transaction() as tx:
        tx.replace_permit(replace(made, county=OUHAI))
        there = tx.record(act("hand_over"))
        here = tx.record(act("change", county=OUHAI))

    assert (there.before, there.after) == (here.before, here.after)
    assert there.before != "" != there.after


def test_digests_are_of_the_bytes_that_are_kept(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_permit(permit())
        entry = tx.record(act("grant"))

    assert isinstance(storage, SqlIssuerStorage)
    with storage._reader.begin() as connection:
        kept = connection.exec_driver_sql("SELECT document FROM permits").scalar_one()
    assert entry.after == sha256(bytes(kept)).hexdigest()


def test_a_record_that_was_altered_behind_the_log_is_named(storage: IssuerStorage) -> None:
    made = permit()
    with storage.transaction() as tx:
        for each in (made, permit(ANOTHER)):
            tx.add_permit(each)
            tx.record(act("grant", number=each.number))
    with storage.transaction() as tx:
        tx.replace_permit(replace(made, residence_address="x"))
        tx.record(act("change", at=1))
        tx.record(act("look", at=2))
    with storage.reading() as register:
        assert list(register.records_not_told()) == []
    with storage.transaction() as tx:
        tx.replace_permit(replace(made, residence_address="y"))

    with storage.reading() as register:
        assert list(register.records_not_told()) == [NUMBER]
        assert list(register.records_not_told(LUCHENG)) == [NUMBER]
        assert list(register.records_not_told(OUHAI)) == []


def test_a_record_that_is_gone_is_named(storage: IssuerStorage) -> None:
    receipt = "SQ330302202600000012"
    with storage.transaction() as tx:
        tx.record(replace(act("grant"), after="a" * 64))
        tx.record(replace(act("apply", number=receipt), after="a" * 64))
        tx.record(replace(act("add_officer", number="wang-2"), after="a" * 64))

    with storage.reading() as register:
        assert list(register.records_not_told()) == [NUMBER, receipt]


def test_digests_given_with_the_act_come_first(storage: IssuerStorage) -> None:
    with storage.transaction() as tx:
        tx.add_permit(permit())
        entry = tx.record(replace(act("grant"), before="b", after="a"))

    assert (entry.before, entry.after) == ("b", "a")


def test_a_block_that_failed_leaves_no_change_behind(storage: IssuerStorage) -> None:
    def broken_off() -> None:
        with storage.transaction() as tx:
            tx.add_permit(permit())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken_off()
    with storage.transaction() as tx:
        assert tx.take_changes(LUCHENG, NUMBER) == ("", "")


def test_one_head_a_county_and_day(storage: IssuerStorage) -> None:
    first = StoredHead(LUCHENG, DAY, 1, "d1", "t1")
    later = StoredHead(LUCHENG, DAY, 2, "d2", "t2")
    tomorrow = StoredHead(LUCHENG, DAY + timedelta(days=1), 2, "d2", "t3")
    other = StoredHead(OUHAI, DAY, 7, "d7", "t7")
    with storage.transaction() as tx:
        for head in (tomorrow, other, first, later):
            tx.put_audit_head(head)

    with storage.reading() as register:
        assert register.audit_heads() == [later, tomorrow, other]
        assert register.audit_heads(LUCHENG) == [later, tomorrow]


def test_the_last_head_is_the_one_that_names_the_latest_entry(storage: IssuerStorage) -> None:
    earlier = StoredHead(LUCHENG, DAY + timedelta(days=1), 2, "d2", "t2")
    last = StoredHead(LUCHENG, DAY, 3, "d3", "t3")  # signed by a clock that was set back
    with storage.transaction() as tx:
        for head in (last, earlier, StoredHead(OUHAI, DAY, 9, "d9", "t9")):
            tx.put_audit_head(head)

    with storage.reading() as register:
        assert register.last_audit_head(LUCHENG) == last
        assert register.last_audit_head("330303") is None


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("details = details || ' '", "details"),
        ("details = '{}x'", "details"),
        ("at = 9223372036854775807", "at"),
        ("actor = 'wang-2'", None),
        ("role = 'auditor'", None),
        ("permit_number = 'ZJ330302202600000020'", None),
        ("digest = 'd'", None),
    ],
)
def test_what_is_altered_in_the_database_is_named(
    storage: IssuerStorage, change: str, column: str | None
) -> None:
    with storage.transaction() as tx:
        for number in range(3):
            tx.record(act(at=number))
    assert isinstance(storage, SqlIssuerStorage)
    with storage._writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE audit_entries SET {change} WHERE sequence = 2")  # noqa: S608

    with storage.reading() as register:
        (chain,) = check_chains(register.audit_rows())
        damaged = [row for row in register.audit_rows() if isinstance(row, DamagedEntry)]
    assert [fault.sequence for fault in chain.faults] == [2]
    assert damaged == ([DamagedEntry(LUCHENG, 2, column)] if column else [])
