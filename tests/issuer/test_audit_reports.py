"""Reading the log: by auditors of the county only, page by page, and each look written down."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from issuer.audit_export import check_export
from issuer.audit_heads import AuditHeads
from issuer.audit_log import Act
from issuer.audit_reports import (
    PAGE_ENTRIES,
    THE_LOG,
    AuditFilter,
    AuditReports,
    verify_log,
)
from issuer.errors import AuditError, CriteriaError, DeskError
from issuer.issuance_errors import NotReadyError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.sql_register import SqlTransaction
from issuer.storage_sql import SqlIssuerStorage
from keys.county_keys import CountyKeys, load_county_keys
from keys.province import Province

LUCHENG, OUHAI = "330302", "330304"
BASE_URL = "http://127.0.0.1:8101"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ZHAO = Officer("zhao-7", LUCHENG, frozenset({Role.AUDITOR, Role.REGISTRAR}))
PERMIT, ANOTHER = "ZJ330302202600000012", "ZJ330302202600000020"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(tmp_path_factory.mktemp("keys"))
    made.initialise(
        issuer_url=BASE_URL,
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:8102",
        now=AT - timedelta(days=1),
    )
    return made


@pytest.fixture(scope="module")
def counties(province: Province) -> dict[str, CountyKeys]:
    return {LUCHENG: load_county_keys(province.directory, base_url=BASE_URL, county=LUCHENG)}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlIssuerStorage]:
    opened = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def reports(register: SqlIssuerStorage, counties: dict[str, CountyKeys]) -> AuditReports:
    return AuditReports(register, counties, lambda: AT + timedelta(days=30))


@pytest.fixture
def heads(register: SqlIssuerStorage, counties: dict[str, CountyKeys]) -> AuditHeads:
    return AuditHeads(register, counties, lambda: AT + timedelta(days=30))


def write(register: SqlIssuerStorage, *acts: Act) -> None:
    with register.transaction() as tx:
        for act in acts:
            tx.record(act)


def act(
    name: str = "look",
    *,
    number: str = PERMIT,
    actor: str = "li-3",
    at: datetime = AT,
    county: str = LUCHENG,
) -> Act:
    return Act(county, at, actor, name, number, {"reason": "示范"}, role="approver")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(), ["look", "grant", "suspend", "look"]),
        (AuditFilter(subject=PERMIT), ["look", "grant", "look"]),
        (AuditFilter(subject=f" {ANOTHER} "), ["suspend"]),
        (AuditFilter(actor="wang-2"), ["look"]),
        (AuditFilter(act="look"), ["look", "look"]),
        (AuditFilter(act="look", actor="li-3"), ["look"]),
        (AuditFilter(first_day=date(2026, 11, 24)), ["look"]),
        (AuditFilter(last_day=date(2026, 11, 23)), ["grant", "suspend", "look"]),
        (AuditFilter(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)), ["grant"]),
        (AuditFilter(subject="' OR 1=1 --"), []),
    ],
)
def test_what_is_looked_for_and_found(
    register: SqlIssuerStorage, reports: AuditReports, wanted: AuditFilter, found: list[str]
) -> None:
    write(
        register,
        act(at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC), actor="wang-2"),
        act("suspend", number=ANOTHER, at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC)),
        # Midnight in Shanghai begins and ends a day.
        act("grant", at=datetime(2026, 11, 22, 16, 0, tzinfo=UTC)),
        act(at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        act("look", county=OUHAI),
    )

    page = reports.page(ZHAO, wanted)

    assert [entry.act for entry in page.entries] == found
    assert page.next_before is None
    assert all(entry.county == LUCHENG for entry in page.entries)


def test_each_auditor_reads_the_log_of_their_own_county(
    register: SqlIssuerStorage, reports: AuditReports
) -> None:
    write(register, act(), act("suspend", county=OUHAI))
    page = reports.page(Officer("qian-8", OUHAI, ZHAO.roles), AuditFilter())

    assert [(entry.county, entry.act) for entry in page.entries] == [(OUHAI, "suspend")]
    with register.reading() as reading:
        last = reading.last_audit(OUHAI)
    assert last is not None
    assert (last.act, last.actor) == ("look_at_audit", "qian-8")


def test_who_as_what_and_why_are_shown(register: SqlIssuerStorage, reports: AuditReports) -> None:
    write(register, act("suspend"))
    (entry,) = reports.page(ZHAO, AuditFilter()).entries

    assert (entry.actor, entry.role, entry.county) == ("li-3", "approver", LUCHENG)
    assert entry.details == {"reason": "示范"}


def test_reading_the_log_is_in_the_log(register: SqlIssuerStorage, reports: AuditReports) -> None:
    wanted = AuditFilter(subject=PERMIT, actor="li-3", first_day=date(2026, 11, 1))
    assert reports.page(ZHAO, wanted).entries == ()

    (entry,) = reports.page(ZHAO, AuditFilter()).entries
    assert (entry.act, entry.actor, entry.permit_number) == ("look_at_audit", "zhao-7", THE_LOG)
    assert entry.role == "auditor", "that of the roles by which it was allowed"
    assert entry.details == {"subject": PERMIT, "actor": "li-3", "from": "2026-11-01"}


def test_page_by_page_nothing_is_left_out_or_told_twice(
    register: SqlIssuerStorage, reports: AuditReports
) -> None:
    write(register, *(act(actor=f"a-{number}") for number in range(2 * PAGE_ENTRIES + 1)))
    seen: list[int] = []
    before = None
    while True:
        page = reports.page(ZHAO, AuditFilter(act="look"), before=before)
        seen += [entry.sequence for entry in page.entries]
        if page.next_before is None:
            break
        before = page.next_before

    assert seen == list(range(2 * PAGE_ENTRIES + 1, 0, -1))


@pytest.mark.parametrize(
    "wanted",
    [
        AuditFilter(subject="52000019920512000X"),
        AuditFilter(actor="who is 52000019920512000x?"),
        AuditFilter(act="look\x1b[2J"),
        AuditFilter(actor="a\x00"),
        AuditFilter(subject="\udcff"),
        AuditFilter(subject="Z" * 65),
    ],
    ids=["a person", "a person in a sentence", "control", "nul", "no character", "long"],
)
def test_what_must_not_stand_in_the_log_is_not_looked_for(
    register: SqlIssuerStorage, reports: AuditReports, wanted: AuditFilter
) -> None:
    with pytest.raises(CriteriaError):
        reports.page(ZHAO, wanted)

    with register.reading() as reading:
        assert reading.audit() == []


def test_the_log_is_searched_without_keeping_others_from_writing(
    register: SqlIssuerStorage, reports: AuditReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is rare is looked for in a county's whole log."""
    monkeypatch.setattr(SqlTransaction, "audit_page", None, raising=False)
    write(register, act())

    assert len(reports.page(ZHAO, AuditFilter()).entries) == 1


def test_records_are_not_compared_with_a_log_that_is_not_whole(register: SqlIssuerStorage) -> None:
    """Some of it cannot even be read; which entry it is comes first."""
    write(register, replace(act("grant"), after="a" * 64))
    assert verify_log(register, root=None, records=True).altered == (PERMIT,)
    with register._writer.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET after = CAST(X'FF' AS TEXT)"))

    verdict = verify_log(register, root=None, records=True)
    assert verdict.faults == ("county 330302, entry 1 was altered: after is not as it was written",)


@pytest.mark.parametrize("role", sorted(ALL_ROLES - {Role.AUDITOR}))
def test_only_auditors_read_the_log(
    register: SqlIssuerStorage, reports: AuditReports, role: Role
) -> None:
    other = Officer("wang-2", LUCHENG, frozenset({role}))

    with pytest.raises(DeskError, match="needs the role auditor"):
        reports.page(other, AuditFilter())
    with pytest.raises(DeskError, match="needs the role auditor"):
        reports.export(other)
    with register.reading() as reading:
        assert reading.audit() == []


def test_an_export_holds_the_log_up_to_its_own_entry_and_is_whole(
    register: SqlIssuerStorage, reports: AuditReports, province: Province
) -> None:
    write(register, act(), act("grant"), act(county=OUHAI))

    entries, lines = reports.export(ZHAO)
    write(register, act("endorse"))
    data = b"".join(lines)

    checked = check_export(BytesIO(data), root=province.root)
    assert entries == checked.entries == 3
    assert checked.whole
    assert b'"act":"export_audit","actor":"zhao-7"' in data.splitlines()[2]
    assert b"endorse" not in data


def test_a_damaged_log_is_not_exported(
    register: SqlIssuerStorage, reports: AuditReports, heads: AuditHeads
) -> None:
    write(register, act(), act(), act())
    heads.sign(LUCHENG)
    with register._writer.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET details = 'x' WHERE sequence = 2"))

    _, lines = reports.export(ZHAO)
    with pytest.raises(AuditError, match="entry 2 was altered"):
        list(lines)


def test_the_verdict_on_all_chains_with_kept_and_noted_heads(
    register: SqlIssuerStorage, heads: AuditHeads, province: Province
) -> None:
    write(register, act(), act(), act(county=OUHAI))
    noted = heads.sign(LUCHENG)

    whole = verify_log(register, root=province.root)
    assert whole.faults == ()
    assert [(c.county, c.entries, c.heads) for c in whole.chains] == [
        (LUCHENG, 2, 1),
        (OUHAI, 1, 0),
    ]
    with pytest.raises(NotReadyError, match="no provincial root"):
        verify_log(register, root=None)
    with register._writer.begin() as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE sequence = 2"))
        connection.execute(text("DELETE FROM audit_heads"))
    assert verify_log(register, root=None).faults == (), "what nobody noted cannot be missed"
    assert verify_log(register, root=province.root, noted=[noted]).faults == (
        "county 330302, entry 2 is missing: the head of 2026-12-23 names it",
    )
    assert verify_log(register, county=OUHAI, root=province.root, noted=[noted]).faults == ()


def test_a_kept_head_that_was_altered_is_a_fault(
    register: SqlIssuerStorage, heads: AuditHeads, province: Province
) -> None:
    write(register, act())
    heads.sign(LUCHENG)
    with register._writer.begin() as connection:
        connection.execute(text("UPDATE audit_heads SET digest = 'x'"))

    (fault,) = verify_log(register, root=province.root).faults
    assert fault.startswith("the head of county 330302 of 2026-12-23 was altered")
