"""The commands for keys, as an operator runs them."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.cli import main
from keys.province import Province
from keys.signing_key import FileSigningKey

LUCHENG, OUHAI = "330302", "330304"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def made(folder: Path) -> Path:
    done = run("init", "--directory", str(folder), "--county", LUCHENG, "--county", OUHAI)
    assert done.exit_code == 0, done.output
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_init_makes_keys_for_the_counties_named(made: Path) -> None:
    assert [i.issuer for i in Province(made).held_trust_list().issuers] == [
        f"http://127.0.0.1:8101/{LUCHENG}",
        f"http://127.0.0.1:8101/{OUHAI}",
    ]
    assert (made / "verifier" / "request.key").is_file()


def test_init_says_what_it_made(folder: Path) -> None:
    done = run("init", "--directory", str(folder), "--county", LUCHENG)
    assert done.output == f"Keys for {LUCHENG} and a signed trust list are in {folder}.\n"


def test_init_takes_the_addresses_of_the_services(folder: Path) -> None:
    run(
        "init",
        *("--directory", str(folder), "--county", LUCHENG),
        *("--issuer-url", "https://permit.example", "--verifier-url", "https://counter.example"),
    )
    (entry,) = Province(folder).held_trust_list().issuers
    assert entry.issuer == f"https://permit.example/{LUCHENG}"


def test_init_does_not_write_over_keys(made: Path) -> None:
    before = contents(made)
    again = run("init", "--directory", str(made), "--county", LUCHENG)
    assert again.exit_code == 1
    assert "keys are there already" in again.output
    assert "Nothing was changed." in again.output
    assert contents(made) == before


@pytest.mark.parametrize("code", ["", "999999", "110105", "33030", "鹿城"])
def test_init_refuses_what_is_no_county_and_makes_nothing(folder: Path, code: str) -> None:
    refused = run("init", "--directory", str(folder), "--county", code)
    assert refused.exit_code == 1
    assert "unknown_county" in refused.output
    assert not folder.exists()


@pytest.mark.parametrize("url", ["permit.example", "http://permit.example", "https://a/?q=1", ""])
@pytest.mark.parametrize("option", ["--issuer-url", "--verifier-url"])
def test_init_refuses_an_address_no_wallet_would_take(folder: Path, option: str, url: str) -> None:
    refused = run("init", "--directory", str(folder), "--county", LUCHENG, option, url)
    assert refused.exit_code == 1
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("init", "--directory", str(tmp_path / "file" / "keys"), "--county", LUCHENG)

    assert done.exit_code == 1
    assert done.output.startswith("Error: Not a directory: ")
    assert "Traceback" not in done.output


def test_init_needs_a_county(folder: Path) -> None:
    assert run("init", "--directory", str(folder)).exit_code == 2
    assert not folder.exists()


def test_add_county_switches_one_more_on(made: Path) -> None:
    done = run("add-county", "--directory", str(made), "--county", "330326")

    assert done.exit_code == 0
    assert done.output == ("County 330326 has keys and is on the trust list. Restart its issuer.\n")
    assert len(Province(made).held_trust_list().issuers) == 3


def test_add_bundle_key_is_for_folders_made_before(made: Path) -> None:
    there = run("add-bundle-key", "--directory", str(made))
    for ending in (".key", ".pem"):
        (made / "verifier" / f"bundle{ending}").unlink()

    done = run("add-bundle-key", "--directory", str(made))

    assert (there.exit_code, done.exit_code) == (1, 0)
    assert "there already" in there.output
    assert done.output == "This verifier can make bundles now. Restart it.\n"
    assert (made / "verifier" / "bundle.key").exists()


def test_add_county_twice_changes_nothing(made: Path) -> None:
    before = contents(made)
    refused = run("add-county", "--directory", str(made), "--county", LUCHENG)

    assert refused.exit_code == 1
    assert "there already" in refused.output
    assert contents(made) == before


def test_rotate_gives_the_county_a_new_key_and_keeps_the_old_certificate(made: Path) -> None:
    stem = made / "issuers" / LUCHENG / "credential"
    old = FileSigningKey.load(stem).chain[0]
    done = run("rotate", "--directory", str(made), "--county", LUCHENG)
    assert done.exit_code == 0, done.output
    assert done.output == f"County {LUCHENG} signs with a new key. Restart its issuer.\n"
    new = FileSigningKey.load(stem).chain[0]
    assert new != old
    assert {old, new} <= set(Province(made).held_trust_list().certificates().values())


def test_rotate_refuses_a_county_without_keys(made: Path) -> None:
    before = contents(made)
    refused = run("rotate", "--directory", str(made), "--county", "330303")
    assert refused.exit_code == 1
    assert "missing_key" in refused.output
    assert "Make keys with: python -m keys init" in refused.output
    assert contents(made) == before


def test_trust_list_is_signed_anew_one_number_higher(made: Path) -> None:
    done = run("trust-list", "--directory", str(made), "--days", "2")
    assert done.output == "Trust list 2 with 2 issuers.\n"
    held = Province(made).held_trust_list()
    assert (held.sequence, held.exp - held.iat) == (2, 2 * 86400)


@pytest.mark.parametrize("days", ["0", "-1", "367", "many"])
def test_a_trust_list_holds_for_a_day_to_a_year(made: Path, days: str) -> None:
    before = contents(made)
    assert run("trust-list", "--directory", str(made), "--days", days).exit_code == 2
    assert contents(made) == before


def test_trust_list_without_keys_says_what_to_do(folder: Path) -> None:
    refused = run("trust-list", "--directory", str(folder))
    assert refused.exit_code == 1
    assert "Make keys with: python -m keys init" in refused.output


def test_show_lists_the_issuers(made: Path) -> None:
    shown = run("show", "--directory", str(made))
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("Root valid until 20")
    assert "Trust list 1 holds until" in shown.output
    assert f"http://127.0.0.1:8101/{OUHAI}  温州市瓯海区公安机关(演示)" in shown.output


def test_show_without_keys_says_what_to_do(folder: Path) -> None:
    refused = run("show", "--directory", str(folder))
    assert refused.exit_code == 1
    assert "Make keys with: python -m keys init" in refused.output


def test_a_moved_clock_moves_what_is_made(folder: Path, tmp_path: Path) -> None:
    offset = tmp_path / "clock"
    offset.write_text(str(365 * 86400))
    files = ("--directory", str(folder), "--clock-file", str(offset))
    run("init", *files, "--county", LUCHENG)
    first = Province(folder).held_trust_list().iat
    offset.write_text("0")
    run("trust-list", *files)
    assert 364 * 86400 < first - Province(folder).held_trust_list().iat <= 365 * 86400


def test_it_runs_as_a_module(made: Path) -> None:
    command = [sys.executable, "-m", "keys", "show", "--directory", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Trust list 1 holds until" in done.stdout
