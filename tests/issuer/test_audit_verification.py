"""The proof at the desk: written down, of one county, and it goes on where the log is broken."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from issuer.audit_heads import AuditHeads
from issuer.audit_log import Act
from issuer.audit_verification import AuditVerification
from issuer.errors import DeskError
from issuer.issuance_errors import NotReadyError
from issuer.officer import Officer, Role
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from keys.county_keys import load_county_keys
from keys.province import Province
from schemas.endorsement_window import day_of

BASE_URL = "http://127.0.0.1:8101"
ZHAO = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
NOW = datetime.now(UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    Province(directory).initialise(
        issuer_url=BASE_URL,
        counties=["330302"],
        verifier_url="http://127.0.0.1:8102",
        now=NOW - timedelta(minutes=1),
    )
    return directory


@pytest.fixture
def verification(storage: IssuerStorage, keys: Path) -> AuditVerification:
    with storage.transaction() as tx:
        for county in ("330302", "330304"):
            for officer in ("li-3", "chen-5"):
                tx.record(Act(county, NOW, officer, "sign_in", officer))
    return AuditVerification(storage, keys / "root.pem", clock)


def damage(storage: IssuerStorage, county: str, sequence: int) -> None:
    assert isinstance(storage, SqlIssuerStorage)
    with storage._writer.begin() as connection:
        connection.execute(
            text("UPDATE audit_entries SET actor = 'x' WHERE county = :county AND sequence = :n"),
            {"county": county, "n": sequence},
        )


def test_a_whole_log_is_said_to_be_with_its_last_entry(
    verification: AuditVerification, storage: IssuerStorage, keys: Path
) -> None:
    county_keys = load_county_keys(keys, base_url=BASE_URL, county="330302")
    AuditHeads(storage, {"330302": county_keys}, clock).sign("330302")
    damage(storage, "330304", 1)  # of another county, which is not this auditor's
    checked = verification.verify(ZHAO)

    with storage.reading() as register:
        last = register.last_audit("330302")
    assert last is not None
    assert (last.act, last.actor, last.role) == ("verify_audit", "zhao-7", "auditor")
    assert checked.noted
    assert checked.verdict.faults == ()
    assert (checked.chain.sequence, checked.chain.digest) == (3, last.digest)
    assert (checked.chain.heads, checked.head_days) == (1, (day_of(NOW),))


def test_the_entry_that_was_altered_is_named(
    verification: AuditVerification, storage: IssuerStorage
) -> None:
    damage(storage, "330302", 1)

    faults = verification.verify(ZHAO).verdict.faults
    assert faults == ("county 330302, entry 1 was altered: its digest does not fit",)


def test_behind_a_damaged_end_it_goes_on_and_says_that_it_is_not_noted(
    verification: AuditVerification, storage: IssuerStorage
) -> None:
    assert isinstance(storage, SqlIssuerStorage)
    with storage._writer.begin() as connection:
        connection.execute(
            text("UPDATE audit_entries SET details = '{ }' WHERE county = '330302' AND sequence=2")
        )
    checked = verification.verify(ZHAO)

    assert not checked.noted
    assert "entry 2 was altered" in checked.verdict.faults[0]


def test_it_is_for_auditors(verification: AuditVerification, storage: IssuerStorage) -> None:
    with pytest.raises(DeskError):
        verification.verify(Officer("li-3", "330302", frozenset({Role.APPROVER})))

    with storage.reading() as register:
        assert len(register.audit("330302")) == 2


def test_without_a_root_nothing_is_proven(storage: IssuerStorage, tmp_path: Path) -> None:
    with pytest.raises(NotReadyError):
        AuditVerification(storage, tmp_path / "root.pem", clock).verify(ZHAO)
