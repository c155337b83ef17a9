"""Progress: what became of it, documents when asked, and taking it back."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from issuer.application_desk import ApplicationDesk
from issuer.desk import Grounds
from issuer.officer import ALL_ROLES, Officer
from issuer.stored_residences import StoredResidences
from keys.clock import system_clock
from tests.issuer.web.portal_visitor import LIN, ZHOU, Portal, picture, portal, register

LI = Officer("li-3", "330302", ALL_ROLES)


@pytest.fixture
async def lin(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as visitor:
        register(visitor.storage, LIN)
        await visitor.sign_in(LIN)
        yield visitor


def desk(lin: Portal) -> ApplicationDesk:
    residences = StoredResidences(lin.storage)
    return ApplicationDesk(lin.storage, residences, system_clock, allow_demo_ids=True)


async def test_documents_that_are_asked_for_are_handed_in_together(lin: Portal) -> None:
    number = await lin.hand_in()
    desk(lin).request_supplement(number, LI, ["租赁合同，须经备案"])
    await lin.get(f"/progress/{number}")
    assert "租赁合同，须经备案" in lin.text
    nothing = await lin.post(f"/progress/{number}")
    bad = await lin.post(f"/progress/{number}", files={"stable_housing": ("x.pdf", b"hello")})
    files = {
        "stable_housing": ("lease.png", picture()),
        "applicant": ("card.png", picture()),
    }
    await lin.post(f"/progress/{number}", files=files)

    assert (nothing.status_code, bad.status_code) == (409, 415)
    assert "File: x.pdf" in bad.text
    assert "Your documents were handed in" in lin.text
    with lin.storage.reading() as held:
        application = held.application(number)
    assert application.stage == "submitted"
    assert [given.filename for given in application.materials][-1] == "card.png"


async def test_a_refusal_says_every_ground_and_the_way_to_have_it_reviewed(lin: Portal) -> None:
    number = await lin.hand_in()
    register(lin.storage, LIN, since=date(2999, 1, 1))
    desk(lin).refuse(number, LI, Grounds("没有居住登记", "《居住证暂行条例》第二条"))
    await lin.get(f"/progress/{number}")

    assert "Refused" in lin.text
    assert "No residence is registered" in lin.text
    assert "review within 60 days" in lin.text
    await lin.get("/progress")
    assert "Refused" in lin.text


async def test_withdrawing_asks_first_and_is_final(lin: Portal) -> None:
    number = await lin.hand_in()
    await lin.get(f"/progress/{number}/withdraw")
    assert "Withdraw the application?" in lin.text
    await lin.post(f"/progress/{number}/withdraw")
    assert "The application was withdrawn" in lin.text
    assert f"/progress/{number}/withdraw" not in lin.page
    answer = await lin.http.get(f"/progress/{number}/withdraw")
    assert answer.status_code == 200
    await lin.get("/apply")
    again = await lin.post(f"/progress/{number}/withdraw")
    assert again.status_code == 409


async def test_somebody_elses_application_does_not_exist(lin: Portal) -> None:
    number = await lin.hand_in()
    await lin.post("/sign-out")
    await lin.sign_in(ZHOU, "progress")
    assert "No application yet" in lin.text
    seen = [
        await lin.get(f"/progress/{number}"),
        await lin.get(f"/progress/{number}/withdraw"),
    ]
    await lin.get("/apply")
    seen.append(await lin.post(f"/progress/{number}/withdraw"))

    assert [answer.status_code for answer in seen] == [404, 404, 404]
    with lin.storage.reading() as held:
        assert held.application(number).stage == "submitted"
