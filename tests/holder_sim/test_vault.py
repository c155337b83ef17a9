"""What lies on disk is sealed, whole after a crash, and says nothing of its own accord."""

import base64
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holder_sim.errors import BusyError, LockedError
from holder_sim.face_check import Purpose
from holder_sim.held_credential import HeldCopy, Holdings, Refresh
from holder_sim.vault import Vault
from keys.errors import SealError
from schemas.sd_jwt import parse_sd_jwt

ROOT = Path(__file__).parents[2]


def some(number: int = 0) -> Holdings:
    return Holdings((HeldCopy("residence_permit", f"credential-{number}~", "key"),))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "wallet")


def test_what_is_kept_is_read_again(vault: Vault) -> None:
    key = vault.device_key()
    assert vault.read(key) == Holdings()

    vault.change(key, lambda _: some())

    assert vault.read(key) == some()


def test_another_device_does_not_open_it(vault: Vault, tmp_path: Path) -> None:
    vault.change(vault.device_key(), lambda _: some())

    with pytest.raises(SealError):
        vault.read(Vault(tmp_path / "other").device_key())


@pytest.mark.parametrize("where", [0, 12, -1])
def test_a_changed_vault_does_not_open(vault: Vault, tmp_path: Path, where: int) -> None:
    key = vault.device_key()
    vault.change(key, lambda _: some())
    file = tmp_path / "wallet" / "vault.sealed"
    sealed = bytearray(file.read_bytes())
    sealed[where] ^= 1
    file.write_bytes(sealed)

    with pytest.raises(SealError):
        vault.read(key)


def test_a_change_that_fails_leaves_what_was(vault: Vault) -> None:
    key = vault.device_key()
    vault.change(key, lambda _: some())

    with pytest.raises(ZeroDivisionError):
        vault.change(key, lambda held: some(1 // 0))

    assert vault.read(key) == some()


def test_changes_at_the_same_time_do_not_undo_each_other(vault: Vault) -> None:
    key = vault.device_key()

    def add(number: int) -> None:
        copy = some(number).copies
        vault.change(key, lambda held: msgspec.structs.replace(held, copies=held.copies + copy))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(vault.read(key).copies) == 12


def test_only_their_owner_reads_the_files(vault: Vault, tmp_path: Path) -> None:
    vault.change(vault.device_key(), lambda _: some())

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "wallet").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "wallet").stat().st_mode & 0o777 == 0o700


WRITING_WITHOUT_END = """
import sys
from pathlib import Path
from holder_sim.held_credential import HeldCopy, Holdings
from holder_sim.vault import Vault

vault, number = Vault(Path(sys.argv[1])), 0
key = vault.device_key()
while True:
    copies = tuple(HeldCopy("c", f"{number}" * 4000, "k") for _ in range(20))
    vault.change(key, lambda _: Holdings(copies))
    number += 1
    print(number, flush=True)
"""


def test_a_killed_writer_leaves_the_old_or_the_new_whole(vault: Vault, tmp_path: Path) -> None:
    for round_number in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITING_WITHOUT_END, str(tmp_path / "wallet")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        for _ in range(3 + round_number):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()

        copies = vault.read(vault.device_key()).copies
        assert len(copies) == 20
        assert len({copy.credential for copy in copies}) == 1
        vault.change(vault.device_key(), lambda held: held)  # nor did a lock stay behind


def test_one_process_at_a_time_fetches_copies(vault: Vault, tmp_path: Path) -> None:
    """A lock of a file is its opener's, so a second wallet in this process is kept out alike."""
    other = Vault(vault._directory)

    with vault.collecting(), pytest.raises(BusyError), other.collecting():
        pytest.fail("both are in")
    with other.collecting():
        pass


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    else:
        yield str(value)


def forms(text: str) -> Iterator[bytes]:
    """How a text might lie in a file: plainly, as UTF-16, or base64 at any offset."""
    for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield data
        for offset in range(3):
            encoded = base64.b64encode(bytes(offset) + data)
            # The first and last group also hold neighbours; what is between is always there.
            middle = encoded[4 if offset else 0 : -4]
            if len(middle) >= 8:
                yield middle
                yield middle.replace(b"+", b"-").replace(b"/", b"_")


def test_vciw_31_no_claim_key_or_token_lies_on_disk_in_clear(holding: Any, issuer: Any) -> None:
    holdings = holding.unlock(Purpose.VIEW).holdings()
    secrets = [copy.private_key for copy in holdings.copies]
    secrets += [copy.credential for copy in holdings.copies]
    secrets += [d for c in holdings.copies for d in parse_sd_jwt(c.credential).disclosures]
    assert isinstance(holdings.refresh, Refresh)
    secrets.append(holdings.refresh.refresh_token)
    personal = ("name", "birthdate", "citizen_id_number", "residence_address", "permit_number")
    claims = holdings.copies[0].claims()
    values = [text for name in personal for text in leaves(claims[name])]
    values += [text for text in leaves(claims["record"]) if len(text) > 4]
    assert "买买提·示范" in values
    needles = [form for text in secrets + values for form in forms(text) if len(form) >= 6]

    for path in holding.directory.iterdir():
        if path.name == "trust-list.jwt":
            continue  # public: names issuers, and no holder
        data = path.read_bytes()
        assert [needle for needle in needles if needle in data] == []


def test_the_search_would_find_what_lies_in_clear() -> None:
    for text in ("买买提·示范", "650000199001010007"):
        for data in (
            text.encode(),
            text.encode("utf-16-le"),
            base64.b64encode(b"x" + text.encode()),
        ):
            assert any(form in b"before" + data + b"after" for form in forms(text))


def test_what_was_removed_is_gone_for_good(vault: Vault, tmp_path: Path) -> None:
    key = vault.device_key()
    vault.change(key, lambda _: some())
    sealed = (tmp_path / "wallet" / "vault.sealed").read_bytes()
    assert vault.holds_something

    vault.erase()

    assert not vault.holds_something
    assert vault.read(vault.device_key()) == Holdings()
    # Nor does a copy somebody made of the file open under the new secret.
    (tmp_path / "wallet" / "vault.sealed").write_bytes(sealed)
    with pytest.raises(SealError):
        vault.read(vault.device_key())


@pytest.mark.parametrize("again", [False, True], ids=["removed", "and-begun-anew"])
def test_a_key_from_before_the_removal_fills_nothing(vault: Vault, again: bool) -> None:
    """A process that was unlocked meanwhile would seal what no later key opens."""
    key = vault.device_key()
    vault.change(key, lambda _: some())
    vault.erase()
    if again:
        vault.device_key()

    with pytest.raises(LockedError):
        vault.change(key, lambda _: some(1))

    assert vault.read(vault.device_key()) == Holdings()


def test_nothing_is_removed_while_copies_are_fetched(vault: Vault) -> None:
    vault.change(vault.device_key(), lambda _: some())

    with vault.collecting(), pytest.raises(BusyError):
        vault.erase()

    assert vault.holds_something
