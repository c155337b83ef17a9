"""The stage: three real processes that know only it, and a folder it may clear."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from holder_sim.stage import MARK, SERVICES, Stage, StageError, free_ports


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with closing(Stage(tmp_path / "stage", free_ports())) as stage:
        yield stage


@pytest.fixture
def with_keys(stage: Stage) -> Stage:
    stage.make_keys(["330302"])
    return stage


def silent(stage: Stage, service: str) -> bool:
    try:
        stage.client.get(stage.urls[service] + "/health")
    except httpx.ConnectError:
        return True
    return False


def test_each_service_gets_a_port_of_its_own_that_can_be_used() -> None:
    ports = free_ports()

    assert sorted(ports) == sorted(SERVICES)
    assert len(set(ports.values())) == len(SERVICES)
    for port in ports.values():
        with socket.socket() as user:
            user.bind(("127.0.0.1", port))


def test_services_start_stop_and_start_again(with_keys: Stage) -> None:
    stage = with_keys
    for service in SERVICES:
        assert silent(stage, service)
        stage.start(service)
        assert not silent(stage, service)

    stage.stop("issuer")
    assert [service for service in SERVICES if silent(stage, service)] == ["issuer"]
    stage.stop("issuer")  # again does no harm
    processes = list(stage._processes.values())
    stage.start("issuer")
    assert not silent(stage, "issuer")
    processes += stage._processes.values()
    stage.start("holder_sim")  # once more, in place of the one that is up
    processes += stage._processes.values()

    stage.close()
    assert all(process.poll() is not None for process in processes)


def test_a_service_that_ends_by_itself_is_named_with_its_last_words(with_keys: Stage) -> None:
    with_keys.start("holder_sim")
    with_keys._processes["holder_sim"].kill()

    with pytest.raises(StageError, match=r"holder_sim has ended: .*the face check.* is simulated"):
        with_keys.wait()


def test_a_service_that_cannot_start_is_named_with_its_last_words(stage: Stage) -> None:
    with pytest.raises(StageError, match="issuer did not start: ") as error:
        stage.start("issuer")

    assert "not_ready: there are no county keys" in str(error.value)


def test_a_command_that_fails_is_told_with_its_last_words(stage: Stage) -> None:
    with pytest.raises(StageError, match="issuer show ended with 1: Error: unknown_permit: ") as at:
        stage.command("issuer", "show", "ZJ")

    assert "Traceback" not in str(at.value)


def test_settings_of_the_callers_own_services_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {
        "ISSUER_DATABASE_URL": "sqlite:////var/lib/permits/register.sqlite",
        "VERIFIER_REDIS_URL": "redis://redis.internal",
        "HOLDER_STATE_DIR": "/home/somebody/wallet",
        "ISSUER_NO_SUCH_SETTING": "1",
        "ISSUER": "not one of ours",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)

    with closing(Stage(tmp_path, free_ports())) as stage:
        assert {stage.environ.get(name) for name in list(theirs)[:2]} == {None}
        assert stage.environ["HOLDER_STATE_DIR"] == str(tmp_path / "wallet")
        assert stage.environ["ISSUER"] == "not one of ours"
        assert "ZJ33" not in stage.command("issuer", "list")


def test_the_clock_of_every_process_is_moved(with_keys: Stage) -> None:
    day = with_keys.command("issuer", "demo-data", "--county", "330302").split("usable through ")[1]
    with_keys.move_clock(timedelta(days=366))

    assert f"lapsed  usable through {day[:10]}" in with_keys.command("issuer", "list")


def test_an_earlier_stage_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    earlier = Stage(tmp_path, free_ports())
    earlier.move_clock(timedelta(days=400))
    earlier.command("issuer", "demo-data")
    for path in ("keys/root.key", "wallet/vault", "verifier/used-codes.db", "own/notes", "own.log"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("left over")
    earlier.close()

    with closing(Stage(tmp_path, free_ports())) as later:
        assert {path.name for path in tmp_path.iterdir()} == {MARK, "own", "own.log"}
        assert "ZJ33" not in later.command("issuer", "list")


@pytest.mark.parametrize("folder", ["keys", "issuer", "verifier", "wallet"])
def test_a_folder_that_no_stage_made_is_not_touched(tmp_path: Path, folder: str) -> None:
    """Above all the folder of this project: its sources have the same names."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "precious.py").write_text("kept")

    with pytest.raises(StageError, match=f"has {folder}, which no demonstration made"):
        Stage(tmp_path, free_ports())

    assert [path.name for path in tmp_path.iterdir()] == [folder]
    assert (tmp_path / folder / "precious.py").read_text() == "kept"


def test_a_stage_that_is_still_up_is_not_pulled_from_under_its_audience(tmp_path: Path) -> None:
    ports = free_ports()
    Stage(tmp_path, ports).close()
    (tmp_path / "wallet").mkdir()
    with socket.create_server(("127.0.0.1", ports["verifier"])):
        with pytest.raises(StageError, match=f"on port {ports['verifier']} of this machine"):
            Stage(tmp_path, ports)

        assert (tmp_path / "wallet").is_dir()
