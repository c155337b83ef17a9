"""Signed heads: only the county's own count, and none is signed over a log that was cut."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from issuer.audit_check import AuditRow
from issuer.audit_heads import (
    AUDIT_HEAD_TYP,
    AuditHeads,
    HeadPayload,
    believed_heads,
    read_head,
    sign_head,
)
from issuer.audit_log import Act
from issuer.errors import AuditError
from issuer.issuance_errors import NotReadyError
from issuer.sql_register import SqlReading, SqlTransaction
from issuer.storage import IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage
from keys.county_keys import CountyKeys, load_county_keys
from keys.jws import sign_jws, x5c_header
from keys.province import Province
from keys.signing_key import SigningKey

LUCHENG, OUHAI = "330302", "330304"
BASE_URL = "http://127.0.0.1:8101"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Time:
    now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(tmp_path_factory.mktemp("keys"))
    made.initialise(
        issuer_url=BASE_URL,
        counties=[LUCHENG, OUHAI],
        verifier_url="http://127.0.0.1:8102",
        now=AT - timedelta(days=1),
    )
    return made


@pytest.fixture(scope="module")
def counties(province: Province) -> dict[str, CountyKeys]:
    return {
        code: load_county_keys(province.directory, base_url=BASE_URL, county=code)
        for code in (LUCHENG, OUHAI)
    }


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlIssuerStorage]:
    opened = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def heads(register: SqlIssuerStorage, counties: dict[str, CountyKeys], time: Time) -> AuditHeads:
    return AuditHeads(register, counties, time)


def look(
    register: SqlIssuerStorage, times: int = 1, county: str = LUCHENG, *, by: str = "li-3"
) -> None:
    with register.transaction() as tx:
        for _ in range(times):
            tx.record(Act(county, AT, by, "look", "ZJ1"))


def execute(register: SqlIssuerStorage, statement: str) -> None:
    with register._writer.begin() as connection:
        connection.execute(text(statement))


def test_a_head_says_where_the_log_ends_and_reads_back(
    heads: AuditHeads, register: SqlIssuerStorage, province: Province
) -> None:
    look(register, 3)
    signed = heads.sign(LUCHENG)

    with register.reading() as reading:
        last = reading.last_audit(LUCHENG)
        kept = reading.audit_heads()
    assert last is not None
    assert (signed.sequence, signed.digest, signed.day) == (3, last.digest, date(2026, 11, 23))
    assert kept == [signed]
    assert read_head(signed.token, root=province.root) == signed
    assert believed_heads(kept, root=province.root) == ([signed], [])


def test_heads_are_believed_after_the_certificate_has_run_out_but_not_from_then(
    counties: dict[str, CountyKeys], province: Province
) -> None:
    late = AT + timedelta(days=10 * 365)
    signed = sign_head(LUCHENG, sequence=1, digest="d", keys=counties[LUCHENG], now=late)

    with pytest.raises(AuditError, match="ended at"):
        read_head(signed.token, root=province.root)


def forged(counties: dict[str, CountyKeys]) -> dict[str, str]:
    keys, other = counties[LUCHENG], counties[OUHAI]
    payload = msgspec.json.encode(HeadPayload(LUCHENG, 1, "d", int(AT.timestamp())))
    never = msgspec.json.encode(HeadPayload(LUCHENG, 1, "d", 10**18))

    def signed(
        said: bytes = payload,
        *,
        typ: str = AUDIT_HEAD_TYP,
        key: SigningKey = keys.status,
        chain: SigningKey | None = keys.status,
    ) -> str:
        header = {"x5c": x5c_header(chain)} if chain else {}
        return sign_jws(said, typ=typ, key=key, **header)

    good = signed()
    return {
        "of another type": signed(typ="statuslist+jwt"),
        "by another county": signed(key=other.status, chain=other.status),
        "by the key for permits": signed(key=keys.credential, chain=keys.credential),
        "by another key": signed(key=keys.credential),
        "without a chain": signed(chain=None),
        "saying more": signed(payload[:-1] + b',"more":1}'),
        "saying it twice": signed(payload[:-1] + b',"sequence":9}'),
        "of no entry": signed(payload.replace(b'"sequence":1', b'"sequence":0')),
        "of the end of time": signed(never),
        "altered": good[:-8] + ("A" if good[-8] != "A" else "B") + good[-7:],
        "nothing": "no token",
    }


CASES = (
    *("of another type", "by another county", "by the key for permits", "by another key"),
    *("without a chain", "saying more", "saying it twice", "of no entry"),
    *("of the end of time", "altered", "nothing"),
)


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_head_of_the_county_is_not_believed(
    counties: dict[str, CountyKeys], province: Province, case: str
) -> None:
    with pytest.raises(AuditError, match="cannot be believed"):
        read_head(forged(counties)[case], root=province.root)


@pytest.mark.parametrize(
    "change",
    [{"sequence": 1}, {"digest": "0" * 64}, {"day": date(2026, 11, 24)}, {"token": "x.y.z"}],
    ids=lambda change: next(iter(change)),
)
def test_a_kept_head_that_was_altered_is_named(
    heads: AuditHeads, register: SqlIssuerStorage, province: Province, change: dict[str, object]
) -> None:
    look(register, 2)
    altered = replace(heads.sign(LUCHENG), **change)

    believed, faults = believed_heads([altered], root=province.root)

    assert believed == []
    assert faults[0].startswith(f"the head of county 330302 of {altered.day}")


def test_one_head_a_day_that_is_renewed_as_the_log_grows(
    heads: AuditHeads, register: SqlIssuerStorage, time: Time
) -> None:
    assert heads.sign_due() == 0, "nothing was written down yet"
    look(register, 2)
    assert (heads.sign_due(), heads.sign_due()) == (1, 0)
    look(register)
    look(register, county=OUHAI)
    assert heads.sign_due() == 2
    time.now += timedelta(days=1)
    assert heads.sign_due() == 0, "it did not grow"
    look(register)
    assert heads.sign_due() == 1

    with register.reading() as reading:
        kept = reading.audit_heads(LUCHENG)
    assert [(head.day.day, head.sequence) for head in kept] == [(23, 3), (24, 4)]


def test_a_log_that_was_cut_off_is_never_signed_anew(
    heads: AuditHeads, register: SqlIssuerStorage
) -> None:
    look(register, 4)
    look(register, county=OUHAI)
    heads.sign(LUCHENG)
    execute(register, "DELETE FROM audit_entries WHERE county = '330302' AND sequence > 2")

    with pytest.raises(AuditError, match="entry 4 is missing: the head of 2026-11-23 names it"):
        heads.sign(LUCHENG)
    with pytest.raises(AuditError, match="330302, entry 4 is missing"):
        heads.sign_due()

    with register.reading() as reading:
        counted = [(head.county, head.sequence) for head in reading.audit_heads()]
    assert counted == [(LUCHENG, 4), (OUHAI, 1)], "the other county is signed all the same"


def test_a_log_that_was_cut_and_grew_again_is_never_signed_anew(
    heads: AuditHeads, register: SqlIssuerStorage
) -> None:
    look(register, 4)
    heads.sign(LUCHENG)
    execute(register, "DELETE FROM audit_entries WHERE sequence > 2")
    look(register, 5, by="wang-2")

    with pytest.raises(AuditError, match="entry 4 is not the one that the head"):
        heads.sign_due()


def test_a_log_broken_since_its_last_head_is_not_signed(
    heads: AuditHeads, register: SqlIssuerStorage
) -> None:
    look(register, 2)
    heads.sign(LUCHENG)
    look(register, 3)
    execute(register, "UPDATE audit_entries SET actor = 'x' WHERE sequence = 4")

    with pytest.raises(AuditError, match="entry 4 was altered"):
        heads.sign(LUCHENG)


def test_a_county_whose_end_cannot_be_read_keeps_no_other_from_being_signed(
    heads: AuditHeads, register: SqlIssuerStorage
) -> None:
    look(register)
    look(register, county=OUHAI)
    execute(register, "UPDATE audit_entries SET details = 'x' WHERE county = '330302'")

    with pytest.raises(AuditError, match="330302, entry 1 was altered"):
        heads.sign_due()

    with register.reading() as reading:
        assert [head.county for head in reading.audit_heads()] == [OUHAI]


def test_a_long_log_is_checked_while_others_write_and_nothing_of_theirs_is_missed(
    register: SqlIssuerStorage,
    counties: dict[str, CountyKeys],
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A block that writes keeps all others out, so it reads only what came meanwhile."""
    look(register, 4)
    begin, read = register.transaction, []

    def after_somebody_else() -> AbstractContextManager[IssuerTransaction]:
        monkeypatch.setattr(register, "transaction", begin)
        look(register, 2)
        return begin()

    def noting(tx: SqlTransaction, county: str, *, first: int = 1) -> Iterator[AuditRow]:
        read.append(first)
        return SqlReading.audit_rows(tx, county, first=first)

    monkeypatch.setattr(register, "transaction", after_somebody_else)
    monkeypatch.setattr(SqlTransaction, "audit_rows", noting)
    signed = AuditHeads(register, counties, time).sign(LUCHENG)

    assert (signed.sequence, read) == (6, [5])


def test_what_is_broken_between_check_and_signature_is_not_signed(
    register: SqlIssuerStorage,
    counties: dict[str, CountyKeys],
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look(register, 3)
    begin = register.transaction

    def after_somebody_else() -> AbstractContextManager[IssuerTransaction]:
        monkeypatch.setattr(register, "transaction", begin)
        look(register, 2)
        execute(register, "UPDATE audit_entries SET previous = 'x' WHERE sequence = 4")
        return begin()

    monkeypatch.setattr(register, "transaction", after_somebody_else)
    with pytest.raises(AuditError, match="entry 4 does not follow the entry before it"):
        AuditHeads(register, counties, time).sign(LUCHENG)


def test_a_certificate_that_has_run_out_signs_nothing(
    register: SqlIssuerStorage, heads: AuditHeads, time: Time
) -> None:
    look(register)
    time.now += timedelta(days=10 * 365)

    with pytest.raises(NotReadyError, match=r"330302 ended at .*, so no head"):
        heads.sign(LUCHENG)
    with pytest.raises(AuditError, match="330302 ended at"):
        heads.sign_due()
    with register.reading() as reading:
        assert reading.audit_heads() == []


def test_without_keys_or_without_a_log_there_is_no_head(
    register: SqlIssuerStorage, heads: AuditHeads, time: Time
) -> None:
    with pytest.raises(NotReadyError, match="is empty"):
        heads.sign(LUCHENG)
    with pytest.raises(NotReadyError, match="no keys of county 330302"):
        AuditHeads(register, {}, time).sign(LUCHENG)
