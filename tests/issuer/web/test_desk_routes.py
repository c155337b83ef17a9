"""The desk as a whole: everything behind the door, keys that work, pages that hold together."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.web.static_files import static_files
from tests.issuer.web.desk_scene import AYI, HE, LIN, LUO, MO, WU, ZHENG, ZHOU, Scene, desk_scene

EVERYBODY = (AYI, HE, LIN, LUO, MO, WU, ZHENG, ZHOU)


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


def pages(scene: Scene) -> list[str]:
    """Every page of the desk's own that can be opened by its address."""
    numbers = scene.numbers
    application, permit = (
        f"/desk/applications/{numbers.eligible}",
        f"/desk/permits/{numbers.due}",
    )
    return [
        "/desk",
        "/desk/applications",
        application,
        f"{application}/grant",
        f"{application}/refuse",
        f"{application}/supplement",
        "/desk/permits",
        permit,
        f"{permit}/endorse",
        f"{permit}/suspend",
        f"{permit}/replace",
        f"{permit}/cancel",
        f"{permit}/offer",
        f"{permit}/slip",
        f"{permit}/propose-revocation",
        "/desk/proposals",
        f"/desk/proposals/{numbers.proposal}",
        "/desk/counter",
    ]


async def test_every_page_is_behind_the_door(scene: Scene) -> None:
    for page in [*pages(scene), "/desk/counter/person", "/desk/counter/drafts/CG1"]:
        answer = await scene.get(page)
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/desk/sign-in"), page


async def test_every_page_opens_kept_by_nobody_and_each_form_has_its_token(scene: Scene) -> None:
    await scene.sign_in("li-3")

    for page in pages(scene):
        answer = await scene.get(page)
        assert answer.status_code == 200, page
        assert answer.headers["cache-control"] == "no-store", page
        # What only looks up, or changes nothing, needs no name of its own.
        for form in re.findall(r'<form[^>]*method="post".*?</form>', scene.page, re.DOTALL):
            if 'action="/language"' not in form:
                assert 'name="_csrf_token"' in form, (page, form)
        for form in re.findall(r"<form[^>]*data-once.*?</form>", scene.page, re.DOTALL):
            assert re.search(r'name="once" value="[\w-]{20,}"', form), (page, form)


async def test_no_personal_number_gets_into_an_address(scene: Scene) -> None:
    await scene.sign_in("li-3")

    for page in pages(scene):
        await scene.get(page)
        assert not [link for link in scene.links() for number in EVERYBODY if number in link]

    await scene.get("/desk/counter")
    answer = await scene.post("/desk/counter/identify", citizen_id_number=HE)
    assert HE not in answer.headers["location"]
    await scene.follow(answer)
    answer = await scene.post("/desk/counter/begin", kind="first_permit")
    assert HE not in answer.headers["location"]


async def test_a_registrar_is_led_nowhere_that_is_closed_to_them(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    for start in ("/desk", f"/desk/permits/{scene.numbers.usable}"):
        await scene.get(start)
        own = [link for link in scene.links() if link.startswith("/desk") and "#" not in link]
        for link in own:
            answer = await scene.get(link)
            assert answer.status_code in {200, 404}, link


def test_scripts_are_small_and_load_nothing() -> None:
    for name in ("desk_keys.js", "desk_forms.js", "desk_print.js"):
        text = static_files()[name].text
        assert len(text) < 4_000
        assert "fetch(" not in text
        assert "http" not in text
        assert "innerHTML" not in text
