"""Applications by command: from handing in to the decision, each no in one clear message."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result
from PIL import Image

from issuer.application_commands import application
from issuer.cli import main
from issuer.demonstration_officers import add_demonstration_officers
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage

LI, CHEN, OUHAI = "li-3@330302", "chen-5@330302", "chen-5@330304"
WANG = "wang-2@330302"
LIN, AYI, WU = "52000019920512000X", "650000198801030013", "610000199507150003"
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例")
# Half past, so that the hours shown do not hang on how long a test takes.
NOON = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)

Run = Callable[..., Result]


class Machine:
    """One machine on which commands run, and its clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "ISSUER_STATE_DIR": str(folder / "state"),
            "ISSUER_CLOCK_FILE": str(folder / "clock"),
            "ISSUER_ALLOW_DEMO_IDS": "true",
        }

    def at(self, then: datetime) -> None:
        shift = (then - datetime.now(UTC)).total_seconds()
        (self.folder / "clock").write_text(str(int(shift)))

    def __call__(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(main, arguments)


@pytest.fixture
def run(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.at(NOON)
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    add_demonstration_officers(storage, ["330302", "330304"], NOON, Passwords(CHEAPEST))
    storage.close()
    Image.new("L", (20, 30), 200).save(tmp_path / "lease.pdf", "PDF")
    rows = (
        f"{LIN},330302,示范路1号,2026-03-02",
        f"{AYI},330302,示范路2号,2026-11-01",
        f"{WU},330302,示范路3号,2026-11-20",
    )
    header = "citizen_id_number,county,address,registered_on"
    (tmp_path / "registrations.csv").write_text("\n".join((header, *rows)), encoding="utf-8")
    imported = machine("import-registrations", str(tmp_path / "registrations.csv"))
    assert imported.exit_code == 0, imported.output
    return machine


def submit(run: Machine, citizen_id: str, *more: str, document: bool = True) -> Result:
    lease = ("--document", "stable_housing", str(run.folder / "lease.pdf")) if document else ()
    return run(
        *("application", "submit", "--citizen-id", citizen_id, "--county", "330302"),
        *("--basis", "stable_housing", "--commit", *lease, *more),
    )


def number_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.split()[0]


def refused(result: Result, code: str) -> bool:
    """One message with its code, no traceback."""
    return result.exit_code == 1 and f"Error: {code}:" in result.output


def test_from_handing_in_to_the_permit(run: Machine) -> None:
    handed_in = submit(run, LIN)
    number = number_of(handed_in)
    listed = run("application", "list", "--county", "330302")
    granted = run("application", "grant", number, "--officer", LI)

    assert "submitted  first_permit  decide by 2026-11-25  2 d 11 h left" in handed_in.output
    assert listed.output == handed_in.output
    assert granted.output.startswith("ZJ3303022026")
    assert "usable through 2027-11-23" in granted.output
    assert granted.output.split()[0] in run("application", "show", number).output
    assert run("application", "list").output == "No application waits.\n"
    assert number in run("application", "list", "--all").output
    assert refused(run("application", "grant", number, "--officer", LI), "application_state")


def test_r4_without_the_commitment_the_notice_is_shown_and_nothing_handed_in(
    run: Machine,
) -> None:
    result = run(
        *("application", "submit", "--citizen-id", LIN, "--county", "330302"),
        *("--basis", "stable_housing"),
    )

    assert refused(result, "draft_incomplete")
    assert "承诺" in result.output
    assert run("application", "list").output == "No application waits.\n"


def test_r9_entered_at_the_counter(run: Machine) -> None:
    assert refused(submit(run, LIN, "--officer", WANG), "draft_incomplete")
    assert submit(run, LIN, "--officer", WANG, "--seen", "applicant", "id_card").exit_code == 0
    assert refused(submit(run, AYI, "--officer", OUHAI), "not_allowed_at_desk")


def test_a_refusal_shows_each_ground_and_the_person_only_to_an_officer(run: Machine) -> None:
    number = number_of(submit(run, AYI, document=False))
    looked = run("application", "show", number, "--officer", LI)
    result = run("application", "refuse", number, "--officer", LI, *WHY)
    shown = run("application", "show", number)

    assert f"阿依样·示例江  {AYI}" in looked.output
    assert "passed      pilot" in looked.output
    assert result.exit_code == 0, result.output
    for output in (result.output, shown.output):
        assert "half a year is full on 2027-05-01." in output
        assert "缺少所依据条件的证明材料。" in output
        assert AYI not in output


def test_a_supplement_round(run: Machine) -> None:
    number = number_of(submit(run, LIN, document=False))
    asked = run("application", "ask", number, "--officer", LI, "--wanted", "租房合同")
    run.at(NOON + timedelta(days=7))
    waiting = run("application", "list")
    lease = ("--document", "stable_housing", str(run.folder / "lease.pdf"))
    supplied = run("application", "supplement", number, "--citizen-id", LIN, *lease)

    assert "needs_supplement" in asked.output
    assert "stopped: waits for the applicant" in waiting.output
    assert "wanted: 租房合同" in run("application", "show", number).output
    assert "decide by 2026-12-02  2 d 11 h left" in supplied.output
    assert run("application", "grant", number, "--officer", LI).exit_code == 0


def test_r5_the_list_begins_with_the_most_pressing_and_flags_what_is_late(run: Machine) -> None:
    first = number_of(submit(run, LIN))
    run.at(NOON + timedelta(days=2))
    second = number_of(submit(run, WU))
    run.at(NOON + timedelta(days=3))
    late = run("application", "list").output.splitlines()
    run.at(NOON + timedelta(days=16))
    later = run("application", "list").output.splitlines()

    assert [line.split()[0] for line in late] == [first, second]
    assert "OVERDUE by 12 h" in late[0]
    assert "decide by 2026-11-27  1 d 11 h left" in late[1]
    assert "PAST THE LAW'S 2026-12-08" in later[0]
    assert "OVERDUE by 11 d" in later[1]


def test_withdrawn_by_the_applicant_alone(run: Machine) -> None:
    number = number_of(submit(run, LIN))

    assert refused(
        run("application", "withdraw", number, "--citizen-id", AYI), "unknown_application"
    )
    assert "withdrawn" in run("application", "withdraw", number, "--citizen-id", LIN).output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "SQ"), "unknown_application"),
        (("grant", "SQ", "--officer", LI), "unknown_application"),
        (("withdraw", "SQ", "--citizen-id", "1"), "identity_check_failed"),
    ],
)
def test_refusals_have_a_code_and_a_sentence(
    run: Machine, arguments: tuple[str, ...], code: str
) -> None:
    assert refused(run("application", *arguments), code)


def test_without_demonstration_numbers_there_is_no_identity_check(run: Machine) -> None:
    run.environment["ISSUER_ALLOW_DEMO_IDS"] = "false"

    assert refused(submit(run, LIN), "identity_check_failed")


def test_r2_an_exemption_takes_two_officers(run: Machine) -> None:
    paper = ("--document", "talent_exempt", str(run.folder / "lease.pdf"))
    number = number_of(
        run(
            *("application", "submit", "--citizen-id", WU, "--county", "330302", "--commit"),
            *("--basis", "talent_exempt", *paper, "--government", "温州市人民政府"),
        )
    )
    assert refused(run("application", "grant", number, "--officer", LI), "second_opinion_needed")
    proposed = run("application", "second-opinion", number, "--officer", LI)
    back = run("application", "disagree", number, "--officer", CHEN, *WHY)
    run("application", "second-opinion", number, "--officer", LI)
    own = run("application", "confirm", number, "--officer", LI)
    granted = run("application", "confirm", number, "--officer", CHEN)

    assert "proposed by li-3" in proposed.output
    assert back.exit_code == 0, back.output
    assert "proposed" not in back.output
    assert refused(own, "second_opinion_needed")
    assert granted.output.startswith("ZJ3303022026")


def test_the_officer_s_look_names_the_documents(run: Machine) -> None:
    number = number_of(submit(run, LIN))
    shown = run("application", "show", number, "--officer", LI).output

    assert "lease.pdf" in shown
    assert "lease.pdf" not in run("application", "show", number).output


def test_lists_are_narrowed(run: Machine) -> None:
    first = number_of(submit(run, LIN))
    run.at(NOON + timedelta(days=2))
    second = number_of(submit(run, AYI))
    run.at(NOON + timedelta(days=3))

    def listed(*options: str) -> list[str]:
        lines = run("application", "list", *options).output.splitlines()
        return [line.split()[0] for line in lines]

    assert listed("--overdue") == [first]
    assert listed("--text", second[-4:]) == [second]
    assert listed("--kind", "first_permit") == [first, second]
    assert listed("--kind", "endorsement") == ["No"]
    assert listed("--county", "330304") == ["No"]
    assert LIN not in run("application", "list").output


def test_what_does_not_come_in_time_is_closed_by_the_calendar(run: Machine) -> None:
    number = number_of(submit(run, LIN, document=False))
    run("application", "ask", number, "--officer", LI, "--wanted", "租房合同")
    run.at(NOON + timedelta(days=30))
    in_time = run("application", "lapse")
    run.at(NOON + timedelta(days=31))
    closed = run("application", "lapse")

    assert in_time.output == ""
    assert closed.output == f"{number}  330302  lapsed  first_permit\n"
    assert run("application", "lapse").output == ""


def test_endorsing_without_an_officer_has_to_be_switched_on(run: Machine) -> None:
    number_of(run("application", "grant", number_of(submit(run, LIN)), "--officer", LI))
    run.at(NOON + timedelta(days=350))
    asked = run(
        *("application", "submit", "--citizen-id", LIN, "--kind", "endorsement", "--commit")
    )
    assert refused(run("application", "auto-endorse"), "not_allowed_at_desk")
    run.environment["ISSUER_AUTO_ENDORSE"] = "true"

    assert number_of(run("application", "auto-endorse")) == number_of(asked)


def test_documents_that_nobody_names_are_let_go(run: Machine) -> None:
    submit(run, LIN)
    stray = run.folder / "state" / "documents" / "ab" / f"{'ab' * 32}.pdf"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"%PDF")
    run.at(NOON + timedelta(days=400))

    assert run("application", "prune-documents").output == "1 documents discarded\n"
    assert len(list((run.folder / "state" / "documents").glob("??/*"))) == 1


def test_every_command_explains_itself() -> None:
    for command in application.commands:
        assert CliRunner().invoke(main, ["application", command, "--help"]).exit_code == 0
