"""The secret of the forms: one for all processes, and for nobody else."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from issuer.web.page_secret import page_secret


def test_it_is_made_once_and_survives_a_restart(tmp_path: Path) -> None:
    first = page_secret(tmp_path / "state")

    assert len(first) == 64
    assert page_secret(tmp_path / "state") == first
    assert page_secret(tmp_path / "other") != first


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: page_secret(tmp_path), range(64)))

    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["page-secret"]


def test_only_the_service_reads_it(tmp_path: Path) -> None:
    page_secret(tmp_path)

    assert stat.S_IMODE((tmp_path / "page-secret").stat().st_mode) == 0o600
