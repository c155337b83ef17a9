"""The queue: what is most pressing first, filters, search by receipt, empty states."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_the_most_pressing_comes_first_with_words_beside_its_colour(scene: Scene) -> None:
    await scene.sign_in("wang-2")

    await scene.get("/desk/applications")

    numbers = scene.numbers
    order = [scene.page.index(n) for n in (numbers.eligible, numbers.exempt, numbers.asked)]
    assert order == sorted(order)
    assert "Overdue" in scene.text
    assert "over time" in scene.text
    assert "Clock stands still" in scene.text
    assert "exemption: two officers" in scene.text
    assert "proposed by li-3" in scene.text
    assert "郑老样 …0012" in scene.text
    assert "330000194802110012" not in scene.page
    assert numbers.application_elsewhere not in scene.page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("overdue=yes", "eligible", "bare"),
        ("stage=needs_supplement", "asked", "bare"),
        ("second_opinion=yes", "exempt", "bare"),
        ("kind=endorsement", None, "eligible"),
        ("channel=counter", None, "eligible"),
        ("stage=granted", None, "eligible"),
        ("page=99&kind=nonsense", "eligible", None),
    ],
    ids=lambda value: str(value),
)
async def test_filters(scene: Scene, query: str, shown: str | None, hidden: str | None) -> None:
    await scene.sign_in("wang-2")

    answer = await scene.get(f"/desk/applications?{query}")

    assert answer.status_code == 200
    assert shown is None or getattr(scene.numbers, shown) in scene.page
    assert hidden is None or getattr(scene.numbers, hidden) not in scene.page


async def test_a_part_of_a_receipt_number_finds_it(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    number = scene.numbers.bare

    await scene.get(f"/desk/applications?number=sq {number[2:8]} {number[8:12]} {number[12:]}")
    assert number in scene.page
    assert scene.numbers.eligible not in scene.page

    await scene.get("/desk/applications?number=99999")
    assert "Nothing fits what you chose" in scene.text


async def test_an_administrator_has_no_queue(scene: Scene) -> None:
    await scene.sign_in("sun-9")

    assert (await scene.get("/desk/applications")).status_code == 403
