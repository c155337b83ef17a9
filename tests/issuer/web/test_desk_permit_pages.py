"""Permits: the list of the county, the search that leaves no number behind, one whole record."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuer.web.desk_scene import CHEN_YOUNG, HE, LIN, Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_the_list_shows_the_county_and_how_each_permit_stands(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    numbers = scene.numbers

    await scene.get("/desk/permits")
    for number in (numbers.due, numbers.lapsed, numbers.usable, numbers.suspended):
        assert f"/desk/permits/{number}" in scene.links()
    assert numbers.elsewhere not in scene.page
    assert (
        "All 5 Usable 3 Endorsement due 1 Endorsement missed 1 Suspended by order 1" in scene.text
    )
    assert LIN not in scene.page

    await scene.get("/desk/permits?show=suspended")
    assert numbers.suspended in scene.page
    assert numbers.usable not in scene.page

    await scene.get("/desk/permits?show=ended&page=7")
    assert "No permit of the county stands like this" in scene.text


@pytest.mark.parametrize("spelling", [LIN, f" {LIN.lower()} "], ids=["plain", "small x, spaces"])
async def test_a_citizen_number_leads_to_the_record_and_stays_out_of_the_log(
    scene: Scene, spelling: str
) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/permits")

    answer = await scene.post("/desk/permits/search", number=spelling)

    assert answer.headers["location"] == f"/desk/permits/{scene.numbers.due}"
    with scene.storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.actor) == ("search_person", "wang-2")
    assert LIN not in str(entry)


async def test_a_permit_number_may_be_typed_as_it_is_printed(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/permits")
    number = scene.numbers.usable

    answer = await scene.post("/desk/permits/search", number=f"zj {number[2:8]} {number[8:]}")

    assert answer.headers["location"] == f"/desk/permits/{number}"


async def test_who_has_no_permit_here_is_not_found_and_that_is_written_down(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/permits")

    answer = await scene.post("/desk/permits/search", number=HE)

    assert answer.status_code == 200
    assert "No permit of this county belongs to this number" in scene.text
    assert scene.value("number") == HE
    assert scene.acts()[-1] == "search_person"


@pytest.mark.parametrize(
    ("number", "status"),
    [("52000019920512000Y", 400), ("12", 400), ("ZJ330302202699999990", 404)],
    ids=["wrong check digit", "too short", "no such permit"],
)
async def test_what_cannot_be_searched_for(scene: Scene, number: str, status: int) -> None:
    await scene.sign_in("wang-2")
    await scene.get("/desk/permits")

    answer = await scene.post("/desk/permits/search", number=number)

    assert answer.status_code == status
    assert scene.value("number") == number


async def test_the_record_view(scene: Scene) -> None:
    await scene.sign_in("zhao-7")

    answer = await scene.get(f"/desk/permits/{scene.numbers.suspended}")

    assert answer.status_code == 200
    for said in ("周投资样", "420000198002290019", "Tujia", "湖北省武汉市", "Suspended by order"):
        assert said in scene.text
    assert "Reason: 核查中" in scene.text
    assert "Your residence permit is suspended." in scene.text
    assert "No telephone number known" in scene.text
    assert "1 look" in scene.text
    assert answer.headers["cache-control"] == "no-store"
    # An auditor reads; there is nothing to press.
    assert not any(link.endswith("/cancel") for link in scene.links())


async def test_what_may_be_done_follows_from_role_and_state(scene: Scene) -> None:
    numbers = scene.numbers
    offered: dict[tuple[str, str], set[str]] = {}
    for officer in ("wang-2", "li-3", "chen-5"):
        await scene.sign_in(officer)
        for name in ("usable", "suspended"):
            here = f"/desk/permits/{getattr(numbers, name)}/"
            await scene.get(here)
            offered[officer, name] = {
                link.removeprefix(here) for link in scene.links() if link.startswith(here)
            }

    final = {"propose-revocation", "cancel"}
    assert offered["wang-2", "usable"] == {"offer", "slip"}
    assert offered["wang-2", "suspended"] == set()
    assert offered["li-3", "usable"] == {"offer", "slip", "replace", "suspend"} | final
    assert offered["li-3", "suspended"] == final
    assert offered["chen-5", "suspended"] == {"restore"} | final


@pytest.mark.parametrize("path", ["", "/endorse", "/slip", "/offer"])
async def test_another_county_sees_no_permit(scene: Scene, path: str) -> None:
    before = len(scene.acts())
    await scene.sign_in("li-3", "330326")

    answer = await scene.get(f"/desk/permits/{scene.numbers.usable}{path}")

    assert answer.status_code == 403
    assert "陈示范" not in scene.page
    assert CHEN_YOUNG not in scene.page
    assert len(scene.acts()) == before


async def test_another_county_finds_no_permit(scene: Scene) -> None:
    await scene.sign_in("li-3", "330326")
    await scene.get("/desk/permits")

    assert (await scene.post("/desk/permits/search", number=CHEN_YOUNG)).status_code == 200
    assert "陈示范" not in scene.page
    by_number = await scene.post("/desk/permits/search", number=scene.numbers.usable)
    assert by_number.status_code == 403


async def test_an_administrator_looks_nothing_up(scene: Scene) -> None:
    await scene.sign_in("sun-9")

    assert (await scene.get("/desk/permits")).status_code == 403
    assert (await scene.get(f"/desk/permits/{scene.numbers.usable}")).status_code == 403
