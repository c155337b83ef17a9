"""``make demo`` and ``make serve`` as they are run: real processes, from an empty machine on."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from holder_sim.demo import SERVED_PORTS
from holder_sim.settings import Settings as Holder
from holder_sim.stage import SERVICES, Stage, free_ports
from holder_sim.story_lines import STEPS
from issuer.settings import Settings as Issuer
from verifier.qr_reader import read_codes
from verifier.settings import Settings as Verifier

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
from pathlib import Path
from holder_sim import demo

demo.SERVED_PORTS = {service: int(port) for service, port in zip(demo.SERVICES, sys.argv[2:])}
sys.exit(demo.run(stay=True, directory=Path(sys.argv[1])))
"""
"""``demo --serve`` on other ports: the usual ones may be in use by whoever runs the tests."""


def left_by_a_run_that_was_killed(directory: Path) -> None:
    """Permits of another issuer, a calendar a year ahead, a picture of a code long used."""
    with closing(Stage(directory, free_ports())) as earlier:
        earlier.command("issuer", "demo-data")
        for file in ("keys/root.pem", "wallet/vault", "verifier/trust-list.jwt", "permit.png"):
            (directory / file).parent.mkdir(exist_ok=True)
            (directory / file).write_bytes(b"left over")
        earlier.clock_file.write_text(str(400 * 86_400))


def test_the_whole_story_goes_as_expected_whatever_an_earlier_run_left(tmp_path: Path) -> None:
    left_by_a_run_that_was_killed(tmp_path)

    told = subprocess.run(
        [sys.executable, "-m", "holder_sim", "demo", "--directory", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    titles = re.findall(r"^ ?(\d+)\. (.*)$", told.stdout, re.MULTILINE)
    assert [int(number) for number, _ in titles] == list(range(1, len(STEPS) + 1))
    for (_, title), step in zip(titles, STEPS.values(), strict=True):
        assert re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(step.title.en)), title)
    assert told.stdout.count("[as expected]") == len(STEPS)
    assert told.stdout.endswith(f"All {len(STEPS)} steps went as expected.\n")
    assert read_codes((tmp_path / "permit.png").read_bytes()).startswith("ZJ1:")


@contextmanager
def serving(directory: Path, ports: dict[str, int]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, directory, *map(str, ports.values())],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "zh_CN.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def ends_with(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, complaint = process.communicate(timeout=20)
    return process.returncode, complaint


def test_serving_is_in_chinese_holds_its_place_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ports = free_ports()
    with serving(tmp_path, ports) as first:
        assert first.stdout is not None
        assert f"签发 http://127.0.0.1:{ports['issuer']}" in first.stdout.readline()
        permits = list(iter(first.stdout.readline, "\n"))
        told = "".join(first.stdout.readline() for _ in range(5))
        issuer, wallet = (f"http://127.0.0.1:{ports[each]}" for each in ("issuer", "holder_sim"))
        assert f"{issuer}/desk" in told
        assert f"卡包 {wallet}/\n" in told
        assert told.endswith("服务已启动,按 Ctrl-C 结束。\n")
        assert len(permits) > 3
        assert all(" usable " in permit for permit in permits)
        counties = {permit.split()[1] for permit in permits}
        keys = {folder.name for folder in (tmp_path / "keys" / "issuers").iterdir()}
        assert counties <= keys, "a permit of each can be offered and taken"

        with serving(tmp_path, ports) as second:
            code, complaint = ends_with(second)
        assert (code, "is listening on port" in complaint) == (1, True)

        with httpx.Client(trust_env=False) as client:
            for port in ports.values():
                assert client.get(f"http://127.0.0.1:{port}/health").status_code == 200
            first.send_signal(signal.SIGTERM)
            assert ends_with(first) == (0, "")
            for port in ports.values():
                with pytest.raises(httpx.ConnectError):
                    client.get(f"http://127.0.0.1:{port}/health")


def test_it_serves_where_the_default_settings_point() -> None:
    by_default = (Issuer().port, Verifier().port, Holder().port)

    assert tuple(SERVED_PORTS[service] for service in SERVICES) == by_default
