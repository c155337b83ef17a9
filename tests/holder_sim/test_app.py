"""The wallet put together: it starts with what the settings say, and says who it is."""

import logging
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from litestar.testing import AsyncTestClient

from holder_sim import app
from holder_sim.settings import Settings
from keys.errors import TrustListError

BASE = "http://127.0.0.1:8103"


async def test_it_answers_that_it_is_there(province: Any, settings: Settings) -> None:
    async with AsyncTestClient(app.create_app(settings), base_url=BASE) as client:
        response = await client.get("/health")

    assert response.json() == {"status": "ok"}


def test_without_a_root_certificate_it_does_not_start(settings: Settings) -> None:
    with pytest.raises(TrustListError):
        app.create_app(settings)


async def test_no_description_of_the_interface_is_served(province: Any, settings: Settings) -> None:
    async with AsyncTestClient(app.create_app(settings), base_url=BASE) as client:
        assert (await client.get("/schema")).status_code == 404


@pytest.mark.parametrize(("clock_file", "lines"), [("", 1), ("var/clock", 2)])
def test_at_the_start_it_says_what_is_simulated(
    province: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    clock_file: str,
    lines: int,
) -> None:
    """A simulated face check and a moved clock have to be seen by whoever reads the log."""
    served: list[Any] = []
    monkeypatch.setattr(uvicorn, "run", lambda *a, **kw: served.append((a, kw)))
    settings = Settings(
        state_dir=str(tmp_path / "wallet"),
        root_certificate=str(tmp_path / "root.pem"),
        clock_file=clock_file,
    )

    with caplog.at_level(logging.WARNING):
        app.serve(settings)

    assert "simulated" in caplog.text
    assert len(caplog.records) == lines
    ((_, options),) = served
    assert (options["host"], options["access_log"]) == ("127.0.0.1", False)
