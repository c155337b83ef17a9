"""Documents brought to the counter, all at once, and the receipt on paper."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.application import NeedsSupplement, Submitted, Withdrawn
from issuer.web.form_once import new_name
from tests.issuer.web.desk_scene import LUO, WU, Scene, desk_scene, jpeg


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def serve(scene: Scene, number: str) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=number)


async def test_a_supplement_is_taken_by_the_officer(scene: Scene) -> None:
    await serve(scene, LUO)
    here = f"/desk/counter/supplements/{scene.numbers.asked}"
    await scene.get(here)
    assert "劳动合同" in scene.text

    files = [("stable_employment", ("合同.jpg", jpeg(), "image/jpeg"))]
    await scene.follow(await scene.post(f"{here}/add", files=files))

    held = scene.application(scene.numbers.asked)
    assert isinstance(held.state, Submitted)
    assert held.materials[0].filename == "合同.jpg"
    assert "the clock runs again" in scene.text
    with scene.storage.reading() as register:
        done = [(entry.act, entry.actor) for entry in register.audit("330302")]
    # The page of the person, which follows, is a look at what they have here.
    assert done[-2:] == [("supplement", "wang-2"), ("look", "wang-2")]


async def test_without_a_file_nothing_is_supplied(scene: Scene) -> None:
    await serve(scene, LUO)
    here = f"/desk/counter/supplements/{scene.numbers.asked}"
    await scene.get(here)

    answer = await scene.post(f"{here}/add")

    assert answer.status_code == 409
    assert isinstance(scene.application(scene.numbers.asked).state, NeedsSupplement)


async def test_an_application_is_taken_back_after_a_question(scene: Scene) -> None:
    await serve(scene, LUO)
    here = f"/desk/counter/withdrawals/{scene.numbers.asked}"
    await scene.get(here)
    assert "Nothing is decided about it any more." in scene.text
    form = {name: scene.hidden(name) for name in ("_csrf_token", "once")}

    await scene.follow(await scene.post(f"{here}/confirm", **form))
    assert isinstance(scene.application(scene.numbers.asked).state, Withdrawn)
    with scene.storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.actor) == ("withdraw", "wang-2")

    again = await scene.post(f"{here}/confirm", once=new_name())
    assert again.status_code == 409
    assert "withdrawn" in scene.text


async def test_the_receipt_is_of_the_person_in_front(scene: Scene) -> None:
    await serve(scene, WU)
    here = f"/desk/counter/receipts/{scene.numbers.exempt}"
    await scene.get(here)
    assert "吴人才样" in scene.text
    assert "To be decided by" in scene.text

    await scene.post("/desk/counter/identify", citizen_id_number=LUO)
    assert (await scene.get(here)).status_code == 404
