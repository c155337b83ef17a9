"""``python -m issuer audit …``: what an auditor and an inspector do at the command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result
from sqlalchemy import text

from issuer.audit_log import Act
from issuer.cli import main
from issuer.demonstration_officers import add_demonstration_officers
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage
from keys.province import Province

LUCHENG = "330302"
NUMBER = "ZJ330302202600000012"
ZHAO, LI = f"zhao-7@{LUCHENG}", f"li-3@{LUCHENG}"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

CUT_OFF = (
    "DELETE FROM audit_entries WHERE county = '330302'"
    " AND sequence = (SELECT MAX(sequence) FROM audit_entries WHERE county = '330302')"
)

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path),
        "ISSUER_KEYS_DIR": str(tmp_path / "keys"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    add_demonstration_officers(storage, [LUCHENG], AT, Passwords(CHEAPEST))
    with storage.transaction() as tx:
        for name in ("grant", "look"):
            details = {"reason": "示范原因"}
            tx.record(Act(LUCHENG, AT, "li-3", name, NUMBER, details, role="approver"))
        tx.record(Act("330304", AT, "chen-1", "look", NUMBER))
    storage.close()
    return lambda *arguments: CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    Province(tmp_path / "keys").initialise(
        issuer_url="http://127.0.0.1:8101",
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return tmp_path / "keys"


def entries(run: Run) -> int:
    line = next(x for x in run("audit", "verify").output.splitlines() if x.startswith(LUCHENG))
    return int(line.split()[1])


def execute(tmp_path: Path, statement: str) -> None:
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    with storage._writer.begin() as connection:
        connection.execute(text(statement))
    storage.close()


def refused(result: Result, code: str) -> bool:
    """One message with its code, no traceback."""
    return result.exit_code == 1 and f"Error: {code}:" in result.output


def test_whole_chains_are_counted_and_every_fault_is_a_line(run: Run, tmp_path: Path) -> None:
    before = run("audit", "verify")
    execute(tmp_path, "UPDATE audit_entries SET actor = 'x' WHERE act IN ('grant', 'look')")
    after = run("audit", "verify")

    assert before.exit_code == 0, before.output
    assert [line.split()[0] for line in before.output.splitlines()] == [LUCHENG, "330304"]
    assert refused(after, "audit_log_broken")
    assert after.output.count("was altered: its digest does not fit\n") >= 3
    assert "county 330304, entry 1 was altered" in after.output
    assert refused(run("audit", "verify", "--county", "330304"), "audit_log_broken")


def test_records_are_compared_with_the_log_where_that_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    # The entries of the fixture tell of a permit that is not there.
    execute(tmp_path, "DELETE FROM audit_entries")
    assert run("demo-data", "--county", LUCHENG).exit_code == 0
    whole = run("audit", "verify", "--records")
    execute(tmp_path, "UPDATE permits SET document = document || ' '")
    altered = run("audit", "verify", "--records")

    assert whole.exit_code == 0, whole.output
    assert refused(altered, "audit_log_broken")
    assert "is not as the log last told of it" in altered.output
    assert run("audit", "verify").exit_code == 0


def test_an_empty_log_is_said_to_be_one(tmp_path: Path) -> None:
    environment = {"ISSUER_STATE_DIR": str(tmp_path / "new"), "ISSUER_KEYS_DIR": str(tmp_path)}
    result = CliRunner(env=environment).invoke(main, ["audit", "verify"])

    assert result.output == "Nothing was ever written down.\n"


def test_a_noted_head_shows_what_was_cut_off_whatever_else_was_taken(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "heads"
    signed = run("audit", "head", "--county", LUCHENG, "--output", str(noted))
    count = entries(run)
    whole = run("audit", "verify", "--head", str(noted))
    execute(tmp_path, CUT_OFF)
    kept = run("audit", "verify")
    execute(tmp_path, "DELETE FROM audit_heads")
    without = run("audit", "verify", "--county", LUCHENG)
    with_noted = run("audit", "verify", "--head", str(noted))

    assert signed.exit_code == 0, signed.output
    assert "2 signed heads" in whole.output, "the noted one and the one kept beside the log"
    assert refused(kept, "audit_log_broken")
    assert without.exit_code == 0
    assert refused(with_noted, "audit_log_broken")
    assert f"county 330302, entry {count} is missing: the head of" in with_noted.output


def test_a_head_is_shown_where_no_file_is_named(run: Run, keys: Path) -> None:
    token = run("audit", "head", "--county", LUCHENG).stdout.strip()

    assert token.count(".") == 2


def test_heads_need_keys_and_a_root(run: Run, tmp_path: Path) -> None:
    noted = tmp_path / "heads"
    noted.write_text("x.y.z\n")

    assert refused(run("audit", "head", "--county", LUCHENG), "not_ready")
    assert refused(run("audit", "verify", "--head", str(noted)), "not_ready")


def test_a_file_that_holds_no_heads_is_refused(run: Run, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "heads").write_bytes(b"\xff\n")
    (tmp_path / "root").write_bytes(b"\xff\n")
    heads = ("audit", "verify", "--head", str(tmp_path / "heads"))

    assert refused(run(*heads), "audit_log_broken")
    assert refused(run(*heads, "--root", str(tmp_path / "root")), "not_ready")


def test_an_inspector_checks_an_export_without_the_database(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    export = tmp_path / "export.jsonl"
    before = entries(run)
    exported = run("audit", "export", "--officer", ZHAO, "--output", str(export))
    elsewhere = CliRunner(env={"ISSUER_STATE_DIR": str(tmp_path / "elsewhere")})
    check = ("audit", "verify", "--file", str(export), "--root", str(keys / "root.pem"))
    whole = elsewhere.invoke(main, check)
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join([*lines[:-2], lines[-2].replace(b"zhao", b"zhap"), lines[-1]]))
    altered = elsewhere.invoke(main, check)

    assert exported.exit_code == 0, exported.output
    assert f"{before + 1} entries exported" in exported.output, "the export's own entry is in it"
    assert export.stat().st_mode & 0o777 == 0o600
    assert whole.exit_code == 0, whole.output
    assert whole.output.startswith(f"{LUCHENG}  {before + 1} entries  ")
    assert not (tmp_path / "elsewhere").exists()
    assert altered.exit_code == 1
    assert elsewhere.invoke(main, check[:-2]).exit_code == 2, "whose root, the export cannot say"
    assert elsewhere.invoke(main, [*check, "--records"]).exit_code == 2
    assert elsewhere.invoke(main, [*check, "--county", LUCHENG]).exit_code == 2


def test_only_an_auditor_exports_and_nothing_is_left_lying(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    export = tmp_path / "export.jsonl"

    assert refused(
        run("audit", "export", "--officer", LI, "--output", str(export)), "not_allowed_at_desk"
    )
    assert list(tmp_path.glob("export*")) == []


def test_what_lies_where_the_draft_goes_is_neither_used_nor_followed(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    export, elsewhere = tmp_path / "export.jsonl", tmp_path / "elsewhere"
    elsewhere.write_text("somebody else's")
    export.with_name("export.jsonl.part").symlink_to(elsewhere)

    assert run("audit", "export", "--officer", ZHAO, "--output", str(export)).exit_code == 0
    assert elsewhere.read_text() == "somebody else's"
    assert export.stat().st_mode & 0o777 == 0o600
    assert not export.is_symlink()


def test_an_export_that_cannot_be_written_is_not_in_the_log(
    run: Run, keys: Path, tmp_path: Path
) -> None:
    before = entries(run)
    result = run("audit", "export", "--officer", ZHAO, "--output", str(tmp_path / "none" / "x"))

    assert result.exit_code == 1
    assert "cannot be written: No such file" in result.output
    assert entries(run) == before


def test_years_of_noted_heads_are_read_to_the_last(run: Run, keys: Path, tmp_path: Path) -> None:
    noted = tmp_path / "heads"
    run("audit", "head", "--county", LUCHENG, "--output", str(noted))
    line = noted.read_bytes()
    noted.write_bytes(b"\n".join([line] * 400))
    whole = run("audit", "verify", "--head", str(noted))
    noted.write_bytes(line * 400 + b"x" * 100_000)

    assert "401 signed heads" in whole.output, whole.output
    assert refused(run("audit", "verify", "--head", str(noted)), "audit_log_broken")


def test_an_auditor_looks_through_the_log(run: Run) -> None:
    shown = run("audit", "show", "--officer", ZHAO, "--act", "grant")
    nothing = run("audit", "show", "--officer", ZHAO, "--subject", "X", "--to", "2020-01-01")
    looks = run("audit", "show", "--officer", ZHAO, "--act", "look_at_audit")

    assert f"grant  {NUMBER}  li-3 (approver)  reason: 示范原因" in shown.output
    assert nothing.output == "No entry fits.\n"
    assert looks.output.count("look_at_audit") == 2
    assert refused(run("audit", "show", "--officer", LI), "not_allowed_at_desk")
    assert run("audit", "show", "--officer", ZHAO, "--before", str(2**63)).exit_code == 2


def test_more_entries_than_a_page_holds_are_paged(run: Run, tmp_path: Path) -> None:
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    with storage.transaction() as tx:
        for _ in range(60):
            tx.record(Act(LUCHENG, AT, "li-3", "endorse", NUMBER))
    storage.close()
    first = run("audit", "show", "--officer", ZHAO, "--act", "endorse")
    before = first.output.split()[-1]
    second = run("audit", "show", "--officer", ZHAO, "--act", "endorse", "--before", before)

    assert "more with --before" in first.output
    assert first.output.count("endorse") + second.output.count("endorse") == 60
