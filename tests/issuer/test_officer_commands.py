"""Accounts by command: made at the console, kept by administrators, passwords shown once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.cli import main
from issuer.officer_account import AccountName
from issuer.officer_commands import officer
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage

LI, SUN = "li-3@330302", "sun-9@330302"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {"ISSUER_STATE_DIR": str(tmp_path)}
    return lambda *words: CliRunner(env=environment).invoke(main, ["officer", *words])


def add(run: Run, name: str, role: str, *more: str) -> Result:
    return run("add", name, "--name", "李示范", "--role", role, *more)


def refused(result: Result, code: str) -> bool:
    """One message with its code, no traceback."""
    return result.exit_code == 1 and f"Error: {code}:" in result.output


def test_the_console_makes_the_first_administrator_who_makes_the_others(
    run: Run, tmp_path: Path
) -> None:
    first, second = add(run, SUN, "administrator"), add(run, LI, "approver", "--by", SUN)
    listed = run("list", "--county", "330302", "--by", SUN).output.splitlines()

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert listed == [
        f"{LI}  李示范  approver  password to be changed",
        f"{SUN}  李示范  administrator  password to be changed",
    ]
    storage = SqlIssuerStorage(f"sqlite:///{tmp_path}/register.sqlite")
    with storage.reading() as register:
        assert [entry.actor for entry in register.audit()] == ["console", "sun-9"]
        account = register.account(AccountName("330302", "li-3"))
    storage.close()
    assert Passwords().verify(
        account.password_hash, second.output.split("password  ")[1].split()[0]
    )


def test_a_password_is_shown_once_and_taken_from_nowhere(run: Run) -> None:
    made = add(run, LI, "approver").output
    renewed = run("password", LI).output
    password = made.split("password  ")[1].split()[0]

    assert "Shown this once" in made
    assert password not in renewed + run("list", "--county", "330302").output
    for command in officer.commands.values():
        assert not any("password" in name for p in command.params for name in p.opts)


def test_roles_and_standing_change(run: Run) -> None:
    add(run, LI, "approver")
    outputs = [
        run("roles", LI, "--role", "registrar", "--role", "auditor").output,
        run("disable", LI).output,
        run("enable", LI).output,
        run("forget-passkeys", LI).output,
    ]

    assert ["auditor,registrar" in output for output in outputs] == [True] * 4
    assert ["disabled" in output for output in outputs] == [False, True, False, False]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", LI, "--name", "李", "--role", "approver"), "not_allowed_at_desk"),
        (("roles", LI, "--role", "approver", "--role", "administrator"), "not_allowed_at_desk"),
        (("disable", LI, "--by", LI), "not_allowed_at_desk"),
        (("disable", LI, "--by", "hu-1@330302"), "not_allowed_at_desk"),
        (("disable", "hu-1@330302"), "unknown_officer"),
        (("list", "--county", "330302", "--by", LI), "not_allowed_at_desk"),
    ],
)
def test_refusals_have_a_code_and_a_sentence(run: Run, words: tuple[str, ...], code: str) -> None:
    add(run, LI, "approver")

    assert refused(run(*words), code)


def test_a_county_without_officers_says_so(run: Run) -> None:
    assert "no officers" in run("list", "--county", "330304").output


def test_every_command_explains_itself() -> None:
    for command in officer.commands:
        assert CliRunner().invoke(main, ["officer", command, "--help"]).exit_code == 0
