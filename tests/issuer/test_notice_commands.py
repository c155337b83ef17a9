"""``python -m issuer notices …``: sending what is due, and a look at the outbox."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.permit import Permit
from issuer.storage import IssuerStorage, Notice

PHONE = "13800138000"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

Run = Callable[..., Result]


@pytest.fixture
def run(storage: IssuerStorage, permit: Permit, tmp_path: Path) -> Run:
    """On the register of the fixtures, with two notices of which one has no number."""
    with storage.transaction() as tx:
        tx.add_notice(Notice(permit.number, permit.county, "granted", AT))
        tx.put_contact(permit.resident.citizen_id_number, PHONE)
        tx.add_notice(Notice(permit.number, permit.county, "restored", AT))
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path),
        "ISSUER_SMS_FILE": str(tmp_path / "sms.jsonl"),
    }
    return lambda *arguments, **more: CliRunner(env=environment | more).invoke(main, arguments)


def test_what_is_due_is_sent_once(run: Run, tmp_path: Path) -> None:
    first, second = run("notices", "send"), run("notices", "send")

    assert first.exit_code == 0, first.output
    assert first.output.splitlines()[-1] == "1 sent  0 delayed  0 failed"
    assert second.output.splitlines()[-1] == "0 sent  0 delayed  0 failed"
    (line,) = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == "您的居住证已恢复使用。"


def test_what_is_not_taken_is_counted_and_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sms.jsonl").mkdir()

    assert run("notices", "send").output.splitlines()[-1] == "0 sent  1 delayed  0 failed"
    assert "queued" in run("notices", "list").output
    assert "1 tries  file_not_written" in run("notices", "list").output


def test_english_is_a_setting(run: Run, tmp_path: Path) -> None:
    run("notices", "send", ISSUER_SMS_ENGLISH="true")

    assert "usable again" in (tmp_path / "sms.jsonl").read_text(encoding="utf-8")


def test_the_terminal_shows_it_where_nothing_is_set(run: Run) -> None:
    sent = run("notices", "send", ISSUER_SMS_FILE="")

    assert "SMS 138****8000: 您的居住证已恢复使用。" in sent.stderr
    assert PHONE not in sent.output


def test_the_outbox_is_listed_with_masked_numbers(run: Run) -> None:
    waiting = run("notices", "list")
    run("notices", "send")
    done = run("notices", "list", "--state", "sent")
    none = run("notices", "list", "--county", "330304")

    assert waiting.output.index("restored  queued") < waiting.output.index("granted  no_phone")
    assert "138****8000" in waiting.output
    assert PHONE not in waiting.output
    assert done.output.count("\n") == 1
    assert "sent" in done.output
    assert none.output == "There is no message.\n"
    assert run("notices", "list", "--limit", "1").output.count("\n") == 1
