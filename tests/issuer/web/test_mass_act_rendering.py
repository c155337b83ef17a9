"""The cohort's form: what it lets choose from comes from this county's register."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import LUCHENG, PINGYANG, Scene, desk_scene

KEY, OTHER_KEY = "k" * 43, "o" * 43


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_keys_and_officers_are_those_of_the_county(scene: Scene) -> None:
    with scene.storage.transaction() as tx:
        for county, number, key in (
            (LUCHENG, scene.numbers.due, KEY),
            (PINGYANG, scene.numbers.elsewhere, OTHER_KEY),
        ):
            tx.allocate_status(county, number, 2, expires_on=date(2030, 1, 1), signed_by=key)
    await scene.sign_in("li-3")
    await scene.get("/desk/mass-acts/new")

    assert "kkkkkkkkkkkk… · 2 copies" in scene.text
    assert OTHER_KEY not in scene.page
    assert '<option value="zhao-7">' in scene.page
    await scene.get(f"/desk/mass-acts/new?signing_key={KEY}")
    assert "1 would be suspended" in scene.text
    assert f"/desk/permits/{scene.numbers.due}" in scene.links()


async def test_an_empty_form_asks_for_nothing_yet(scene: Scene) -> None:
    await scene.sign_in("li-3")
    answer = await scene.get("/desk/mass-acts/new")

    assert answer.status_code == 200
    assert "No cohort chosen yet" in scene.text
    assert "/desk/mass-acts/propose" not in scene.page
