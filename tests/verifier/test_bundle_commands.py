"""The stick: exported here, imported there, and every refusal a sentence."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.province import Province
from schemas.errors import ServiceError
from verifier import bundle_commands
from verifier.bundle_commands import bundle
from verifier.bundle_errors import (
    BundleForeignError,
    BundleNotKeptError,
    BundleOutdatedError,
    BundleTooLargeError,
    NoBundleError,
)

COUNTIES = ["330302", "330326"]


class Office:
    """A verifier at the command line, over folders of its own."""

    def __init__(self, folder: Path, keys: Path, *, makes: bool) -> None:
        self.folder = folder
        folder.mkdir()
        for ending in (".key", ".pem"):
            shutil.copy(keys / "verifier" / f"request{ending}", folder)
            if makes:
                shutil.copy(keys / "verifier" / f"bundle{ending}", folder)
        self.env = {
            "VERIFIER_STATE_DIR": str(folder / "state"),
            "VERIFIER_REQUEST_KEY": str(folder / "request"),
            "VERIFIER_ROOT_CERTIFICATE": str(keys / "root.pem"),
            "VERIFIER_TRUST_LIST": str(keys / "trust-list.jwt") if makes else str(folder / "none"),
            "VERIFIER_CLOCK_FILE": str(folder / "clock"),
        }

    def move_clock(self, ahead: timedelta) -> None:
        (self.folder / "clock").write_text(str(int(ahead.total_seconds())))

    def run(self, *words: object) -> Result:
        return CliRunner(env=self.env).invoke(bundle, [str(word) for word in words])

    def fault(self, *words: object) -> ServiceError:
        done = self.run(*words)
        assert isinstance(done.exception, ServiceError), done.output
        return done.exception


def made_keys(folder: Path) -> Path:
    Province(folder).initialise(
        issuer_url="http://127.0.0.1:9",  # nobody listens on the discard port
        counties=COUNTIES,
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return folder


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return made_keys(tmp_path / "keys")


@pytest.fixture
def hub(keys: Path, tmp_path: Path) -> Office:
    return Office(tmp_path / "hub", keys, makes=True)


@pytest.fixture
def counter(keys: Path, tmp_path: Path) -> Office:
    return Office(tmp_path / "counter", keys, makes=False)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick.bundle"


def test_from_one_verifier_to_another(hub: Office, counter: Office, stick: Path) -> None:
    exported = hub.run("export", stick)
    shown = counter.run("show", stick)
    imported = counter.run("import", stick)

    for done in (exported, shown, imported):
        assert done.exit_code == 0, done.exception
        assert "trust list 1 with 2 issuers, 0 status lists" in done.output
    assert "0 status lists are newer" in imported.output
    assert not (counter.folder / "state" / "bundle" / "counter.bundle.new").exists()


def test_showing_takes_nothing_over(hub: Office, counter: Office, stick: Path) -> None:
    hub.run("export", stick)
    counter.run("show", stick)

    assert isinstance(counter.fault("export", stick), NoBundleError)


def test_what_was_imported_can_be_carried_on(hub: Office, counter: Office, stick: Path) -> None:
    hub.run("export", stick)
    counter.run("import", stick)
    copy = stick.with_name("copy.bundle")

    assert counter.run("export", copy).exit_code == 0
    assert copy.read_bytes() == stick.read_bytes()


def test_an_older_stick_is_refused(hub: Office, counter: Office, keys: Path, stick: Path) -> None:
    newer = stick.with_name("newer.bundle")
    hub.run("export", stick)
    Province(keys).publish_trust_list(now=datetime.now(UTC))
    hub.move_clock(timedelta(seconds=30))
    hub.run("export", newer)
    assert newer.read_bytes() != stick.read_bytes()
    counter.run("import", newer)

    fault = counter.fault("import", stick)

    assert isinstance(fault, BundleOutdatedError)
    assert "stays in use" in fault.remedy


def test_a_stick_of_another_province_is_refused(hub: Office, stick: Path, tmp_path: Path) -> None:
    hub.run("export", stick)
    stranger = Office(tmp_path / "stranger", made_keys(tmp_path / "other-keys"), makes=False)

    assert isinstance(stranger.fault("import", stick), BundleForeignError)
    assert isinstance(stranger.fault("show", stick), BundleForeignError)


def test_an_endless_file_is_not_read(
    counter: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_commands, "MAX_BUNDLE_BYTES", 10)
    stick.write_bytes(b"x" * 11)

    assert isinstance(counter.fault("import", stick), BundleTooLargeError)


def test_a_stick_that_cannot_be_written(hub: Office, tmp_path: Path) -> None:
    fault = hub.fault("export", tmp_path / "no-such-folder" / "stick")

    assert isinstance(fault, BundleNotKeptError)
    assert "another stick" in fault.remedy


def test_no_such_file(counter: Office, stick: Path) -> None:
    assert isinstance(counter.run("import", stick).exception, FileNotFoundError)
