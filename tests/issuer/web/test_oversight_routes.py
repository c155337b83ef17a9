"""Campaigns, mass acts, audit and counts are on the desk, each with its place in the navigation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import Scene, desk_scene

PLACES = {"/desk/campaigns", "/desk/mass-acts", "/desk/audit", "/desk/counts"}


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir, language="zh-CN") as opened:
        yield opened


@pytest.mark.parametrize(
    ("officer", "places"),
    [
        pytest.param("chen-5", PLACES - {"/desk/audit"}, id="approver"),
        pytest.param("zhao-7", PLACES, id="auditor"),
        pytest.param("wang-2", {"/desk/counts"}, id="registrar"),
        pytest.param("sun-9", set[str](), id="administrator"),
    ],
)
async def test_each_role_is_led_to_its_pages_and_they_open(
    scene: Scene, officer: str, places: set[str]
) -> None:
    await scene.sign_in(officer)
    await scene.get("/desk")
    led_to = scene.links() & PLACES
    answers = [await scene.get(place) for place in sorted(places)]

    assert led_to == places
    assert [answer.status_code for answer in answers] == [200] * len(places)
    assert all('lang="zh-CN"' in answer.text for answer in answers)
