"""The database: how it is opened, guarded and brought up to date."""

import re
import stat
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from issuer import storage_sql
from issuer.errors import StorageError
from issuer.permit import Permit
from issuer.storage import Notice
from issuer.storage_sql import SqlIssuerStorage

ROOT = Path(__file__).parents[2]


def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state/register.sqlite"


def test_personal_data_are_readable_for_the_service_alone(tmp_path: Path) -> None:
    storage = SqlIssuerStorage(url(tmp_path))
    with storage.transaction() as tx:
        tx.next_permit_serial("330302", 2026)
    files = list((tmp_path / "state").iterdir())
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (*files, tmp_path / "state")}
    storage.close()

    assert len(files) == 3, "the file, its log and its index"
    assert modes == {0o600, 0o700}


def test_every_connection_is_durable_and_strict(tmp_path: Path) -> None:
    storage = SqlIssuerStorage(url(tmp_path))
    for engine, query_only in ((storage._writer, 0), (storage._reader, 1)):
        with engine.connect() as connection:
            pragmas = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "query_only")
            ]
        assert pragmas == ["wal", 2, 1, query_only]
    storage.close()


@pytest.mark.parametrize(
    "database_url",
    [
        "",
        "nonsense",
        "mysql://localhost/x",
        "postgresql+asyncpg://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_what_cannot_keep_the_promises_is_not_opened(database_url: str) -> None:
    with pytest.raises(StorageError) as caught:
        SqlIssuerStorage(database_url)

    assert "localhost" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")

    with pytest.raises(StorageError, match="cannot be made"):
        SqlIssuerStorage(url(tmp_path))


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "register.sqlite").write_text("somebody's notes" * 100)

    with pytest.raises(StorageError, match="not a database"):
        SqlIssuerStorage(url(tmp_path))
    assert (tmp_path / "state" / "register.sqlite").read_text() == "somebody's notes" * 100


def test_a_database_of_a_newer_version_is_left_alone(new_register_url: str) -> None:
    storage = SqlIssuerStorage(new_register_url)
    with storage._writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    storage.close()

    with pytest.raises(StorageError, match="newer version"):
        SqlIssuerStorage(new_register_url)


def test_errors_repeat_no_personal_data(new_register_url: str, permit: Permit) -> None:
    storage = SqlIssuerStorage(new_register_url)
    with storage.transaction() as tx:
        tx.add_permit(permit)

    with pytest.raises(StorageError) as caught, storage.transaction() as tx:
        tx.add_permit(permit)
    storage.close()

    told = "".join(traceback.format_exception(caught.value))
    assert permit.resident.citizen_id_number not in told
    assert permit.number not in told
    assert re.search(r"permits\.number|permits_pkey", str(caught.value))


def test_a_block_inside_a_block_is_refused_and_both_are_undone(
    new_register_url: str, permit: Permit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_sql, "BUSY_TIMEOUT_S", 0.05)
    storage = SqlIssuerStorage(new_register_url)

    def nested() -> None:
        with storage.transaction() as tx:
            tx.add_permit(permit)
            with storage.transaction():
                pass

    with pytest.raises(StorageError, match="does not come to its end"):
        nested()
    with storage.reading() as register:
        assert register.permits() == []
    storage.close()


def test_another_process_that_holds_the_register_makes_ours_wait_and_then_refuse(
    new_register_url: str, permit: Permit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_sql, "BUSY_TIMEOUT_S", 0.05)
    one, other = SqlIssuerStorage(new_register_url), SqlIssuerStorage(new_register_url)
    notice = Notice(permit.number, "330302", "granted", datetime(2026, 11, 23, tzinfo=UTC))

    def begin_while_held() -> None:
        with one.transaction() as tx:
            tx.add_permit(permit)
            with other.transaction():
                pass

    with pytest.raises(StorageError, match=r"locked|lock timeout"):
        begin_while_held()
    with other.transaction() as tx:
        tx.add_permit(permit)
        tx.add_notice(notice)
    with one.reading() as register:
        assert register.notices(permit.number) == [notice]
    one.close()
    other.close()


def test_readers_cannot_write(new_register_url: str) -> None:
    storage = SqlIssuerStorage(new_register_url)

    with storage._reader.connect() as connection, pytest.raises(Exception, match=r"read-?only"):
        connection.execute(text("DELETE FROM audit_entries"))
    storage.close()


def test_processes_that_start_together_agree_on_the_tables(new_register_url: str) -> None:
    open_one = "import sys; from issuer.storage_sql import SqlIssuerStorage as S; S(sys.argv[1])"
    started = [
        subprocess.Popen([sys.executable, "-c", open_one, new_register_url], cwd=ROOT)
        for _ in range(3)
    ]

    assert [process.wait() for process in started] == [0, 0, 0]
