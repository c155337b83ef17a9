"""The stage of the demonstration: real processes on loopback ports, and their commands.

Each service is started as its operator would start it, with settings from the
environment and a folder of its own, and is reached over HTTP only.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import httpx

from schemas.errors import ServiceError

START_TIMEOUT_S = 30.0
"""How long a service may take until its health check answers."""
STATUS_TTL_S = 1
"""Time to live of status lists on the stage, so that the two-second promise can be seen."""
SERVICES = ("issuer", "verifier", "holder_sim")
_PREFIX = {"issuer": "ISSUER_", "verifier": "VERIFIER_", "holder_sim": "HOLDER_"}
_FOLDER = {"issuer": "issuer", "verifier": "verifier", "holder_sim": "wallet"}
MARK = "demonstration.txt"
"""File that says a folder is a stage, which the next one may clear."""


class StageError(ServiceError):
    """The stage cannot be set up, or a command failed; the detail holds its last words."""

    code = "stage_failed"


def free_ports() -> dict[str, int]:
    """For each service a TCP port of the loopback address that nothing uses at present."""
    ports = {}
    with contextlib.ExitStack() as probes:
        for service in SERVICES:
            # All open at once, so that no two services get the same.
            probe = probes.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports[service] = int(probe.getsockname()[1])
    return ports


def _check_silent(ports: Iterable[int]) -> None:
    for port in ports:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            raise StageError(
                f"something is listening on port {port} of this machine already.",
                remedy="End it first; a demonstration that is still up, with Ctrl-C.",
            )


class Stage:
    """Three services and one folder, begun anew; leave it with ``close``.

    In the folder ``var`` on the default ports the stage stands where every default setting
    points, so that the commands work on it as they are.
    """

    def __init__(self, directory: Path, ports: Mapping[str, int]) -> None:
        """Clear the folder of what an earlier stage left there.

        Raises:
            StageError: something is listening on one of the ports, perhaps that earlier
                stage, or the folder holds what no stage made. Nothing was cleared.
        """
        self.directory = directory.resolve()
        _check_silent(ports.values())
        self._clear()
        self.urls = {service: f"http://127.0.0.1:{ports[service]}" for service in SERVICES}
        self.environ = self._settings(ports)
        """What the services and commands on the stage see."""
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.client = httpx.Client(timeout=10.0, trust_env=False)

    def _settings(self, ports: Mapping[str, int]) -> dict[str, str]:
        keys = self.directory / "keys"
        own = {
            "ISSUER_BASE_URL": self.urls["issuer"],
            "ISSUER_KEYS_DIR": str(keys),
            "ISSUER_STATUS_TTL_S": str(STATUS_TTL_S),
            "ISSUER_ALLOW_DEMO_IDS": "true",
            "VERIFIER_BASE_URL": self.urls["verifier"],
            "VERIFIER_REQUEST_KEY": str(keys / "verifier" / "request"),
            "VERIFIER_STATUS_REFRESH_S": "1",
        }
        for service, prefix in _PREFIX.items():
            own[prefix + "PORT"] = str(ports[service])
            own[prefix + "STATE_DIR"] = str(self.directory / _FOLDER[service])
            own[prefix + "CLOCK_FILE"] = str(self.clock_file)
            if service != "issuer":
                own[prefix + "TRUST_LIST"] = self.urls["issuer"] + "/trust-list"
                own[prefix + "ROOT_CERTIFICATE"] = str(keys / "root.pem")
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(tuple(_PREFIX.values()))
        }
        return inherited | own

    def _clear(self) -> None:
        """Remove what an earlier stage left here, and nothing else."""
        folders = [self.directory / name for name in ("keys", *_FOLDER.values())]
        there = [folder.name for folder in folders if folder.exists()]
        mark = self.directory / MARK
        if there and not mark.exists():
            raise StageError(
                f"{self.directory} has {', '.join(there)}, which no demonstration made.",
                remedy="Name another folder with --directory, or move these away.",
            )
        self.directory.mkdir(parents=True, exist_ok=True)
        mark.write_text("Each demonstration in this folder removes what the last one left.\n")
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        self.clock_file.unlink(missing_ok=True)
        for service in SERVICES:
            self._log(service).unlink(missing_ok=True)

    def _log(self, service: str) -> Path:
        return self.directory / f"{service}.log"

    def _last_words(self, service: str) -> str:
        return self._log(service).read_text(encoding="utf-8", errors="replace")[-2000:].strip()

    @property
    def clock_file(self) -> Path:
        """Where the seconds stand by which all clocks on the stage run ahead."""
        return self.directory / "clock-offset"

    def move_clock(self, ahead: timedelta) -> None:
        """Let every process on the stage believe it is ``ahead`` later than it is."""
        self.clock_file.write_text(str(int(ahead.total_seconds())), encoding="ascii")

    def make_keys(self, counties: Iterable[str]) -> None:
        """The province's keys, and two for each county; needed before any service starts."""
        self.command(
            *("keys", "init", "--directory", str(self.directory / "keys")),
            *("--issuer-url", self.urls["issuer"], "--verifier-url", self.urls["verifier"]),
            *(word for code in counties for word in ("--county", code)),
        )

    def command(self, *words: str) -> str:
        """Run ``python -m`` with ``words`` and give its output.

        Raises:
            StageError: it ended with another code than 0.
        """
        done = subprocess.run(  # noqa: S603 - our own commands, no shell
            [sys.executable, "-m", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StageError(
                f"{' '.join(words[:2])} ended with {done.returncode}: {done.stderr.strip()}"
            )
        return done.stdout

    def start(self, service: str) -> None:
        """Start a service, ending it first if it is up, and wait until it is healthy.

        Raises:
            StageError: it ended, or did not answer in ``START_TIMEOUT_S`` seconds.
        """
        self.stop(service)
        with self._log(service).open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [sys.executable, "-m", service, "serve"],
                env=self.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes[service] = process
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._healthy(service):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StageError(f"{service} did not start: {self._last_words(service)}")
            time.sleep(0.05)

    def _healthy(self, service: str) -> bool:
        try:
            return self.client.get(self.urls[service] + "/health").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, service: str) -> None:
        """End a service and wait until it is gone."""
        process = self._processes.pop(service, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait(self) -> None:
        """Stay as long as all services do.

        Raises:
            StageError: one has ended by itself.
        """
        while True:
            for service, process in self._processes.items():
                if process.poll() is not None:
                    raise StageError(f"{service} has ended: {self._last_words(service)}")
            time.sleep(0.5)

    def close(self) -> None:
        """End everything on the stage."""
        for service in tuple(self._processes):
            self.stop(service)
        self.client.close()
