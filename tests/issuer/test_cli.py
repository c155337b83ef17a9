"""The commands by which officers act: each does its work, and says no in one clear message."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.demonstration import drawn_portrait
from issuer.demonstration_officers import OFFICERS, PASSWORD, add_demonstration_officers
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage
from keys.province import Province
from schemas.openid4vci import CredentialOffer, OfferReference, parse_offer_uri

LUCHENG = "330302"
LI, CHEN, WANG = (f"{officer}@{LUCHENG}" for officer in ("li-3", "chen-5", "wang-2"))
OUHAI = "chen-5@330304"
WHY = ("--reason", "示范原因", "--legal-basis", "示范条例")

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {
        "ISSUER_STATE_DIR": str(tmp_path / "state"),
        "ISSUER_KEYS_DIR": str(tmp_path / "keys"),
        "ISSUER_CLOCK_FILE": str(tmp_path / "clock"),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }
    return lambda *arguments: CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def officers(tmp_path: Path) -> None:
    """The demonstration accounts of two counties, and no permit yet."""
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    add_demonstration_officers(storage, [LUCHENG, "330304"], datetime.now(UTC), Passwords(CHEAPEST))
    storage.close()


def refused(result: Result, code: str) -> bool:
    """One message with its code, no traceback."""
    return result.exit_code == 1 and f"Error: {code}:" in result.output


@pytest.fixture
def number(run: Run, officers: None) -> str:
    granted = run("demo-data", "--county", LUCHENG)
    assert granted.exit_code == 0, granted.output
    return granted.output.split()[0]


def test_grant_and_show(run: Run, officers: None, tmp_path: Path) -> None:
    (tmp_path / "portrait.png").write_bytes(drawn_portrait(hue=0.1))
    granted = run(
        *("grant", "--officer", LI, "--name", "林样例", "--citizen-id", "52000019920512000X"),
        *("--ethnic-group", "01", "--registered-address", "贵州省贵阳市示范路1号"),
        *("--residence-address", "浙江省温州市鹿城区示范路1号"),
        *("--registered-on", "2021-07-02", "--portrait", str(tmp_path / "portrait.png")),
    )
    number = granted.output.split()[0]
    without_officer = run("show", number)
    with_officer = run("show", number, "--officer", WANG)

    assert granted.exit_code == 0, granted.output
    assert " usable " in without_officer.output
    assert "林样例" not in without_officer.output, "the person is shown to an officer only"
    assert "林样例  52000019920512000X" in with_officer.output
    assert "look  wang-2" in run("show", number).output


def test_suspend_restore_revoke(run: Run, number: str) -> None:
    steps = [
        run("suspend", number, "--officer", LI, *WHY),
        run("restore", number, "--officer", CHEN, *WHY),
        run("revoke", number, "--proposed-by", LI, "--confirmed-by", CHEN, *WHY),
    ]

    assert [step.output.split()[2] for step in steps] == ["suspended", "usable", "revoked"]
    assert "legal_basis: 示范条例  reason: 示范原因" in run("show", number).output
    assert refused(run("suspend", number, "--officer", LI, *WHY), "permit_state")


def test_endorse_waits_for_its_window(run: Run, number: str, tmp_path: Path) -> None:
    early = run("endorse", number, "--officer", LI)
    (tmp_path / "clock").write_text(str(400 * 86_400))
    late = run("endorse", number, "--officer", LI)

    assert refused(early, "permit_state")
    assert "the endorsement window opens on" in early.output
    assert late.exit_code == 0, late.output
    assert "late: yes" in run("show", number).output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("suspend", "ZJ", "--officer", LI, *WHY), "unknown_permit"),
        (("show", "ZJ"), "unknown_permit"),
        (("offer", "ZJ"), "unknown_permit"),
        (("demo-data", "--issued-on", "1980-01-01"), "bad_citizen_id_number"),
    ],
)
def test_refusals_have_a_code_and_a_sentence(
    run: Run, officers: None, arguments: tuple[str, ...], code: str
) -> None:
    assert refused(run(*arguments), code)


def test_an_officer_of_another_county_is_refused(run: Run, number: str) -> None:
    for act in ("endorse", "show"):
        assert refused(run(act, number, "--officer", OUHAI), "not_allowed_at_desk")
    assert "chen-5" not in run("show", number).output


def test_nobody_is_listed_where_nobody_has_a_permit(run: Run) -> None:
    assert run("list").output == "No permit has been granted.\n"
    assert run("list", "--county", "999999").exit_code == 2


def test_a_portrait_without_end_is_refused(run: Run, officers: None) -> None:
    granted = run(
        *("grant", "--officer", LI, "--name", "林样例", "--citizen-id", "52000019920512000X"),
        *("--ethnic-group", "01", "--registered-address", "贵州省贵阳市示范路1号"),
        *("--residence-address", "浙江省温州市鹿城区示范路1号"),
        *("--registered-on", "2021-07-02", "--portrait", "/dev/zero"),
    )

    assert refused(granted, "bad_particulars")


def test_a_typing_mistake_in_a_setting_is_named(tmp_path: Path) -> None:
    result = CliRunner(env={"ISSUER_STATE_DIRR": str(tmp_path)}).invoke(main, ["list"])

    assert refused(result, "bad_settings")
    assert "ISSUER_STATE_DIRR" in result.output


def test_an_offer_needs_keys_and_gives_a_link_and_a_code(
    run: Run, number: str, tmp_path: Path
) -> None:
    without_keys = run("offer", number)
    Province(tmp_path / "keys").initialise(
        issuer_url="http://127.0.0.1:8101",
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    by_value = run("offer", number).output.splitlines()
    by_reference = run("offer", number, "--by-reference").output.splitlines()
    offer = parse_offer_uri(by_value[0].split()[-1])

    assert refused(without_keys, "not_ready")
    assert isinstance(offer, CredentialOffer)
    assert offer.credential_issuer == f"http://127.0.0.1:8101/{LUCHENG}"
    assert isinstance(parse_offer_uri(by_reference[0].split()[-1]), OfferReference)
    assert refused(run("offer", number, "--officer", OUHAI), "not_allowed_at_desk")
    code = by_value[1].split()[-1]
    assert code.isdecimal()
    assert code not in run("show", number).output, "nothing that opens anything is logged"


def test_demo_data_are_granted_once_and_on_the_day_asked_for(run: Run) -> None:
    first = run("demo-data", "--issued-on", "2026-01-15")
    second = run("demo-data")

    assert first.output == second.output
    assert "usable through 2027-01-15" in first.stdout
    assert run("list").output.count("\n") == first.stdout.count("\n")


def test_demo_data_make_officers_for_the_counties_of_their_permits(run: Run) -> None:
    made = run("demo-data", "--county", LUCHENG)

    assert f"{', '.join(sorted(OFFICERS))}; password: {PASSWORD}" in made.stderr
    assert run("officer", "list", "--county", LUCHENG).output.count("\n") == len(OFFICERS)
    assert "no officers" in run("officer", "list", "--county", "330304").output


def test_the_audit_chain_is_checked_and_a_change_found(
    run: Run, number: str, tmp_path: Path
) -> None:
    whole = run("audit", "verify")
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/state/register.sqlite")
    with storage._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entries SET act = 'x' WHERE sequence = 1")
    storage.close()

    assert whole.output.startswith(f"{LUCHENG}  7 entries  ")
    assert refused(run("audit", "verify", "--county", LUCHENG), "audit_log_broken")


def test_every_command_explains_itself() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "issuer", "--help"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for command in main.commands:
        assert f"  {command} " in helped
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0
