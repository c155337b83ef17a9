"""The counter: who is in front, what is theirs here, and nobody else's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import HE, LIN, LUO, Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_a_person_is_identified_and_that_is_written_down(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")

    answer = await scene.post(
        "/desk/counter/identify", citizen_id_number=HE, document="household_register"
    )
    await scene.follow(answer)

    assert answer.headers["location"] == "/desk/counter/person"
    assert "何未满" in scene.text
    assert "Household register" in scene.text
    with scene.storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.permit_number) == ("identify_person", "wang-2")
    assert entry.details == {
        "document": "household_register",
        "found": "yes",
        "tail": HE[-4:],
    }
    assert HE not in str(entry)


async def test_what_is_theirs_here_is_at_hand(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=LIN, document="id_card")
    await scene.get("/desk/counter/person")
    due = scene.numbers.due
    assert {f"/desk/permits/{due}", f"/desk/permits/{due}/slip"} <= scene.links()
    # Her application in the other county is that county's.
    assert scene.numbers.application_elsewhere not in scene.page

    await scene.post("/desk/counter/identify", citizen_id_number=LUO, document="id_card")
    await scene.get("/desk/counter/person")
    assert f"/desk/counter/supplements/{scene.numbers.asked}" in scene.links()
    assert due not in scene.page


@pytest.mark.parametrize(
    ("number", "status"),
    [("410000199908090007", 400), ("110101199001011237", 403)],
    ids=["wrong check digit", "nobody"],
)
async def test_who_is_not_found(scene: Scene, number: str, status: int) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")

    answer = await scene.post("/desk/counter/identify", citizen_id_number=number)

    assert answer.status_code == status
    assert scene.value("citizen_id_number") == number
    assert (await scene.get("/desk/counter/person")).headers["location"] == "/desk/counter"


async def test_the_next_person_begins_with_nothing_of_the_last(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=HE)
    await scene.get("/desk/counter/person")

    await scene.post("/desk/counter/done")

    assert (await scene.get("/desk/counter/person")).headers["location"] == "/desk/counter"


async def test_a_kind_that_does_not_fit_is_refused_on_the_same_page(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=HE)
    await scene.get("/desk/counter/person")

    answer = await scene.post("/desk/counter/begin", kind="endorsement")

    assert answer.status_code == 409
    assert "何未满" in scene.text


@pytest.mark.parametrize("officer", ["zhao-7", "sun-9"])
async def test_the_counter_is_for_who_serves_there(scene: Scene, officer: str) -> None:
    await scene.sign_in(officer)

    assert (await scene.get("/desk/counter")).status_code == 403
    await scene.get("/desk/officers")
    answer = await scene.post("/desk/counter/identify", citizen_id_number=HE)
    assert answer.status_code == 403
    assert "何未满" not in scene.page
    assert "identify_person" not in scene.acts()
