"""The county in numbers: right, of this county alone, and the same on paper and in the table."""

import csv
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import PINGYANG, Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def table(scene: Scene, query: str = "") -> dict[tuple[str, str], str]:
    answer = await scene.get(f"/desk/counts/csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="counts-')
    rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    return {(what, which): number for what, which, number in rows}


async def test_numbers_are_those_of_the_register(scene: Scene) -> None:
    await scene.sign_in("chen-5")
    await scene.get(f"/desk/applications/{scene.numbers.eligible}/grant")
    await scene.post(f"/desk/applications/{scene.numbers.eligible}/grant")
    found = await table(scene)

    assert found["Applications by state", "To be decided"] == "2"
    assert found["Applications by state", "Waiting for the applicant"] == "1"
    assert found["Applications by state", "Granted"] == "1"
    assert found["Decisions", "Late"] == "1", "it waited for twelve days"
    assert float(found["Decisions", "Working days, median"]) >= 5
    assert found["Permits by standing", "Endorsement missed"] == "1"
    assert found["Permits by standing", "Suspended by order"] == "1"
    assert found["Endorsements due within days", "30"] == "1"
    assert found["Confirmation slips", "Printed"] == "0"


async def test_the_page_says_each_number_in_words_beside_its_bar(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    answer = await scene.get("/desk/counts?weeks=4")

    assert answer.status_code == 200
    assert "3 wait for a decision now" in scene.text
    assert scene.page.count("<rect") >= 4 * 3
    assert "style=" not in scene.page, "the policy lets no style stand in the page"
    assert "/desk/counts/csv?weeks=4" in scene.links()


async def test_another_county_counts_its_own(scene: Scene) -> None:
    await scene.sign_in("chen-5", PINGYANG)
    found = await table(scene, "?weeks=52")

    assert found["Applications by state", "To be decided"] == "1"
    assert found["Permits by standing", "Suspended by order"] == "0"
    assert found["Permits by standing", "Usable"] == "1"


async def test_numbers_are_for_who_may_read_records(scene: Scene) -> None:
    await scene.sign_in("sun-9")

    assert (await scene.get("/desk/counts")).status_code == 403
    assert (await scene.get("/desk/counts/csv")).status_code == 403
