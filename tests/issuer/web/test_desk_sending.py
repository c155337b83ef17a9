"""Forms of the desk act once, whichever page they come from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_a_form_without_a_name_does_nothing(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.due}"
    await scene.get(f"{here}/endorse")

    answer = await scene.post(f"{here}/endorse", once="")

    assert answer.headers["location"] == here
    await scene.follow(answer)
    assert "had been sent before" in scene.text
    assert "endorse" not in scene.acts()


async def test_the_word_about_it_is_said_once(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.due}"
    await scene.get(f"{here}/endorse")
    await scene.follow(await scene.post(f"{here}/endorse", once=""))

    await scene.get(here)

    assert "had been sent before" not in scene.text


async def test_nothing_is_remembered_for_passers_by(scene: Scene) -> None:
    await scene.get("/desk/sign-in")
    here = f"/desk/permits/{scene.numbers.due}/endorse"

    answer = await scene.post(here, once="passer-by")
    assert answer.headers["location"] == "/desk/sign-in"

    await scene.sign_in("li-3")
    await scene.follow(await scene.post(here, once="passer-by"))
    assert "endorse" in scene.acts()


async def test_forms_side_by_side_each_act(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    here = f"/desk/permits/{scene.numbers.usable}"
    await scene.get(f"{here}/slip")
    await scene.post(f"{here}/slip", shown="id_card")
    await scene.get(f"{here}/slip")
    await scene.post(f"{here}/slip", shown="id_card")

    assert scene.acts().count("print_slip") == 2
