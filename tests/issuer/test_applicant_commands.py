"""Applicants at the console: every kind, by the same steps as on the pages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result
from PIL import Image

from issuer.cli import main
from issuer.demonstration_officers import add_demonstration_officers
from issuer.document_checks import MAX_DOCUMENT_BYTES
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage

LIN, XIAO, AYI = "52000019920512000X", "340000201506010003", "650000198801030013"
NOON = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
LI, WANG, RUIAN = "li-3@330302", "wang-2@330302", "li-3@330381"


class Console:
    """One machine on which commands run, and its clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "ISSUER_STATE_DIR": str(folder / "state"),
            "ISSUER_CLOCK_FILE": str(folder / "clock"),
            "ISSUER_DOCUMENTS_DIR": str(folder / "handed-in"),
            "ISSUER_ALLOW_DEMO_IDS": "true",
        }
        self.at(NOON)

    def at(self, then: datetime) -> None:
        shift = (then - datetime.now(UTC)).total_seconds()
        (self.folder / "clock").write_text(str(int(shift)))

    def __call__(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(main, ["application", *arguments])

    def submit(self, kind: str, *more: str, citizen_id: str = LIN) -> Result:
        return self("submit", "--citizen-id", citizen_id, "--kind", kind, "--commit", *more)

    def register(self, *rows: str) -> None:
        file = self.folder / "registrations.csv"
        header = "citizen_id_number,county,address,registered_on,ended_on"
        file.write_text("\n".join((header, *rows)), encoding="utf-8")
        imported = CliRunner(env=self.environment).invoke(main, ["import-registrations", str(file)])
        assert imported.exit_code == 0, imported.output


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = Console(tmp_path)
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    add_demonstration_officers(storage, ["330302", "330381"], NOON, Passwords(CHEAPEST))
    storage.close()
    Image.new("L", (20, 30), 200).save(tmp_path / "lease.pdf", "PDF")
    made.register(f"{LIN},330302,示范路1号,2026-03-02,")
    return made


@pytest.fixture
def lease(console: Console) -> tuple[str, ...]:
    file = str(console.folder / "lease.pdf")
    return ("--county", "330302", "--basis", "stable_housing", "--document", "stable_housing", file)


def granted(console: Console, made: Result, officer: str = LI) -> str:
    assert made.exit_code == 0, made.output
    result = console("grant", made.output.split()[0], "--officer", officer)
    assert result.exit_code == 0, result.output
    return result.output.split()[0]


def refused(result: Result, code: str) -> bool:
    return result.exit_code == 1 and f"Error: {code}:" in result.output


def test_a_permit_and_all_that_may_be_asked_for_it(
    console: Console, lease: tuple[str, ...]
) -> None:
    permit = granted(console, console.submit("first_permit", *lease, "--phone", "13800138000"))
    replacement = console.submit("replacement", "--statement", "手机丢失")
    assert "submitted  replacement" in replacement.output
    assert granted(console, replacement) == permit
    assert refused(console.submit("endorsement"), "window_not_open")
    console.register(f"{LIN},330302,示范路9号,2026-11-20,")
    assert granted(console, console.submit("change_of_data")) == permit
    console.at(NOON + timedelta(days=350))
    assert granted(console, console.submit("endorsement")) == permit
    console.register(
        f"{LIN},330302,示范路9号,2026-11-20,2027-11-01", f"{LIN},330381,瑞安,2027-01-01,"
    )
    elsewhere = ("--county", "330381", *lease[2:])
    moved = granted(console, console.submit("move", *elsewhere), RUIAN)

    assert moved.startswith("ZJ3303812027")
    shown = CliRunner(env=console.environment).invoke(main, ["show", permit])
    assert "cancelled" in shown.output


def test_files_are_kept_in_the_folder_of_their_own(
    console: Console, lease: tuple[str, ...]
) -> None:
    assert console.submit("first_permit", *lease).exit_code == 0
    (kept,) = (console.folder / "handed-in").glob("??/*.pdf")

    assert kept.read_bytes() == (console.folder / "lease.pdf").read_bytes()
    assert not (console.folder / "state" / "documents").exists()


def test_what_is_refused_leaves_a_draft_that_is_gone_on_with(
    console: Console, lease: tuple[str, ...]
) -> None:
    (console.folder / "lease.exe").write_bytes(b"MZ")
    wrong = (*lease[:-1], str(console.folder / "lease.exe"))

    assert refused(console.submit("first_permit", *wrong), "document_type")
    assert console("list").output == "No application waits.\n"
    assert console.submit("first_permit", *lease).exit_code == 0
    assert refused(console.submit("first_permit", *lease), "application_state")


def test_a_document_over_the_cap_is_refused(console: Console, lease: tuple[str, ...]) -> None:
    (console.folder / "lease.pdf").write_bytes(bytes(MAX_DOCUMENT_BYTES + 1))

    assert refused(console.submit("first_permit", *lease), "document_too_large")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--county", "330302"), "draft_incomplete"),
        (("--basis", "stable_housing"), "draft_incomplete"),
        (("--county", "330302", "--basis", "stable_housing", "--phone", "1"), "bad_phone_number"),
        (
            ("--county", "330302", "--basis", "stable_housing", "--guardian", "阿", LIN),
            "bad_particulars",
        ),
    ],
)
def test_refusals_have_a_code_and_a_sentence(
    console: Console, options: tuple[str, ...], code: str
) -> None:
    assert refused(console.submit("first_permit", *options), code)


def test_r9_for_a_child_a_guardian_applies_and_both_are_seen(
    console: Console, lease: tuple[str, ...]
) -> None:
    guarded = (*lease, "--guardian", "阿依样·示例江", AYI, "--officer", WANG)
    one = ("--seen", "applicant", "household_register")
    both = (*one, "--seen", "guardian", "id_card")

    def submit(*seen: str) -> Result:
        return console.submit("first_permit", *guarded, *seen, citizen_id=XIAO)

    assert refused(submit(*one), "draft_incomplete")
    assert submit(*both).exit_code == 0


def test_r9_online_both_documents_are_handed_in(console: Console, lease: tuple[str, ...]) -> None:
    file = lease[-1]
    guarded = (*lease, "--guardian", "阿依样·示例江", AYI)
    papers = ("--document", "applicant", file, "--document", "guardian", file)

    def submit(*more: str) -> Result:
        return console.submit("first_permit", *guarded, *more, citizen_id=XIAO)

    assert refused(submit(), "draft_incomplete")
    assert submit(*papers).exit_code == 0


def test_an_officer_supplements_and_takes_back_for_the_person(
    console: Console, lease: tuple[str, ...]
) -> None:
    seen = ("--officer", WANG, "--seen", "applicant", "id_card")
    number = console.submit("first_permit", *lease, *seen).output.split()[0]
    console("ask", number, "--officer", WANG, "--wanted", "租房合同")
    for_lin = (number, "--citizen-id", LIN, "--officer", WANG)
    supplied = console("supplement", *for_lin, *lease[4:])

    assert supplied.exit_code == 0, supplied.output
    assert "withdrawn" in console("withdraw", *for_lin).output


def test_three_failed_checks_lock_the_number(console: Console) -> None:
    def attempt() -> Result:
        return console("withdraw", "SQ", "--citizen-id", "110101190001010004")

    assert all(refused(attempt(), "identity_check_failed") for _ in range(3))
    assert refused(attempt(), "identity_check_locked")


def test_without_demonstration_numbers_there_is_no_identity_check(console: Console) -> None:
    console.environment["ISSUER_ALLOW_DEMO_IDS"] = "false"

    assert refused(console.submit("first_permit"), "identity_check_failed")
