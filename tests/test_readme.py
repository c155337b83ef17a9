"""README is held to the code: settings, commands, and targets of the Makefile."""

import re
from pathlib import Path

import click
import msgspec
import pytest

import holder_sim.settings
import issuer.settings
import verifier.settings
from holder_sim.cli import main as holder_sim_cli
from issuer.cli import main as issuer_cli
from keys.cli import main as keys_cli
from verifier.cli import cli as verifier_cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS: dict[str, click.Group] = {
    "holder_sim": holder_sim_cli,
    "issuer": issuer_cli,
    "keys": keys_cli,
    "verifier": verifier_cli,
}


@pytest.mark.parametrize(
    ("prefix", "settings"),
    [
        ("ISSUER_", issuer.settings.Settings),
        ("VERIFIER_", verifier.settings.Settings),
        ("HOLDER_", holder_sim.settings.Settings),
    ],
)
def test_every_setting_is_in_the_table_and_no_other(
    prefix: str, settings: type[msgspec.Struct]
) -> None:
    named = set(re.findall(rf"^\| `({prefix}\w+)`", README, re.MULTILINE))

    assert named == {prefix + field.name.upper() for field in msgspec.structs.fields(settings)}


def commands_named() -> list[tuple[str, str]]:
    return sorted(set(re.findall(r"python -m (issuer|verifier|holder_sim|keys) ([a-z-]+)", README)))


@pytest.mark.parametrize(("program", "command"), commands_named())
def test_every_command_named_is_one(program: str, command: str) -> None:
    assert command in PROGRAMS[program].commands


def test_every_option_named_belongs_to_its_command() -> None:
    lines = re.findall(r"python -m (issuer|verifier|holder_sim|keys) ([a-z-]+)([^\n#`]*)", README)
    for program, command, rest in lines:
        named: click.Command = PROGRAMS[program].commands[command]
        if isinstance(named, click.Group) and rest.split() not in ([], ["…"]):
            named = named.commands[rest.split()[0]]
        known = {o for p in named.params for o in p.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, (program, command)


def test_every_make_target_named_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    does = [
        line for line in script.splitlines() if line and not line.startswith(("#", "set ", "cd "))
    ]

    assert does == ["make test"]
    assert "make test" in README
