"""Who acts at the command line is looked up, whichever command it is."""

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from argon2.profiles import CHEAPEST
from click.testing import CliRunner

from issuer.cli import main
from issuer.console_officer import AccountType, OfficerType
from issuer.demonstration_officers import add_demonstration_officers
from issuer.errors import DeskError
from issuer.officer import Officer, Role
from issuer.officer_account import AccountName
from issuer.officers import Officers
from issuer.passwords import Passwords
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock

LI = Officer("li-3", "330302", frozenset({Role.APPROVER}))


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The register of the environment, with the demonstration officers of Lucheng."""
    monkeypatch.setenv("ISSUER_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ISSUER_ALLOW_DEMO_IDS", "true")
    url = f"sqlite:///{tmp_path}/register.sqlite"
    storage = SqlIssuerStorage(url)
    add_demonstration_officers(storage, ["330302"], datetime.now(UTC), Passwords(CHEAPEST))
    storage.close()
    return url


def test_an_officer_is_who_the_account_says(register: str) -> None:
    assert OfficerType().convert("li-3@330302", None, None) == LI
    assert OfficerType().convert(LI, None, None) == LI


def test_roles_are_those_of_this_moment(register: str) -> None:
    storage = SqlIssuerStorage(register)
    officers = Officers(storage, system_clock)
    name = AccountName("330302", "li-3")
    officers.change_roles(name, {Role.REGISTRAR}, by=None)
    assert OfficerType().convert("li-3@330302", None, None).roles == {Role.REGISTRAR}

    officers.disable(name, by=None)
    storage.close()
    with pytest.raises(DeskError, match="nobody may act under this name"):
        OfficerType().convert("li-3@330302", None, None)


def test_demonstration_officers_do_not_act_in_earnest(
    register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISSUER_ALLOW_DEMO_IDS", "false")

    with pytest.raises(DeskError, match="nobody may act under this name"):
        OfficerType().convert("li-3@330302", None, None)


@pytest.mark.parametrize("typed", ["", "li-3", "li-3@", "@330302", "LI-3@330302", "li-3@999999"])
def test_half_an_officer_is_a_typing_mistake(typed: str) -> None:
    for kind in (OfficerType(), AccountType()):
        with pytest.raises(click.BadParameter, match="ID@COUNTY"):
            kind.convert(typed, None, None)


def test_the_name_of_an_account_need_not_be_one() -> None:
    named = AccountName("330302", "hu-1")

    assert AccountType().convert("hu-1@330302", None, None) == named
    assert AccountType().convert(named, None, None) == named


def officer_options() -> list[tuple[str, ...]]:
    """Every command with an option that names who acts, and that option."""
    found: list[tuple[str, ...]] = []

    def walk(group: click.Group, path: tuple[str, ...]) -> None:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                walk(command, (*path, name))
            found.extend(
                (*path, name, option.opts[0])
                for option in command.params
                if isinstance(option, click.Option) and isinstance(option.type, OfficerType)
            )

    walk(main, ())
    return sorted(found)


def test_every_command_that_names_an_officer_looks_them_up() -> None:
    """By its kind of value; what is typed as text would be believed."""
    options = officer_options()

    assert ("suspend", "--officer") in options
    assert ("application", "grant", "--officer") in options
    assert ("revoke", "--confirmed-by") in options
    assert ("officer", "add", "--by") in options
    assert [o for o in all_options("--officer") if o not in options] == []


def all_options(name: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def walk(group: click.Group, path: tuple[str, ...]) -> None:
        for word, command in group.commands.items():
            if isinstance(command, click.Group):
                walk(command, (*path, word))
            found.extend((*path, word, name) for p in command.params if name in p.opts)

    walk(main, ())
    return found


@pytest.mark.parametrize("words", officer_options(), ids=" ".join)
def test_nobody_acts_without_an_account(register: str, words: tuple[str, ...]) -> None:
    """Refused before anything else is looked at, so whatever else is missing does not matter."""
    command, option = words[:-1], words[-1]
    given = CliRunner().invoke(main, [*command, option, "nobody-1@330302"])
    missing = given.exit_code == 2 and "Missing" in given.output

    assert missing or (given.exit_code == 1 and "not_allowed_at_desk" in given.output), given.output
