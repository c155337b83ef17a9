"""Mass acts at the desk: four eyes, exactly that cohort, exactly its undo, one county."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.permit import Standing
from issuer.web.form_once import new_name
from keys.clock import system_clock
from schemas.endorsement_window import day_of
from tests.issuer.web.desk_scene import CHEN, GROUNDS, LI, PINGYANG, Scene, desk_scene

ROUNDS = 200
COHORT = {"officer": "li-3"}
WORDS = {"reason": "发证存疑\n需核查", "legal_basis": "《居住证暂行条例》第二十条"}


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def ran(scene: Scene, address: str) -> dict[str, object]:
    """The numbers of a mass act once nobody works on it any more."""
    for _ in range(ROUNDS):
        numbers: dict[str, object] = (await scene.http.get(f"{address}/progress")).json()
        if not numbers["runs"]:
            return numbers
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come to its end")


def standings(scene: Scene) -> dict[str, Standing]:
    today = day_of(system_clock())
    with scene.storage.reading() as register:
        return {permit.number: permit.standing_on(today) for permit in register.permits()}


async def proposed(scene: Scene) -> str:
    """The address of a mass suspension that li-3 proposes on the page."""
    await scene.sign_in("li-3")
    await scene.get("/desk/mass-acts/new?officer=li-3")
    answer = await scene.post("/desk/mass-acts/propose", **COHORT, **WORDS)
    await scene.follow(answer)
    return str(answer.headers["location"])


async def confirmed(scene: Scene, act: str, officer: str) -> dict[str, object]:
    """What an act came to that this officer has confirmed on its page."""
    await scene.sign_in(officer)
    await scene.get(act)
    await scene.post(f"{act}/confirm")
    return await ran(scene, act)


async def test_one_officer_proposes_and_another_suspends_the_cohort(scene: Scene) -> None:
    before = standings(scene)
    await scene.sign_in("li-3")
    await scene.get("/desk/mass-acts/new?officer=li-3")
    assert "4 would be suspended" in scene.text
    assert "1 would be left as they are" in scene.text
    act = await proposed(scene)
    assert "Waits for a second officer" in scene.text
    assert "chen-5 陈示例" in scene.text, "who can confirm is said"
    assert f"{act}/confirm" not in scene.page
    assert "You can take it back" in scene.text
    assert standings(scene) == before

    numbers = await confirmed(scene, act, "chen-5")
    after = standings(scene)
    with scene.storage.reading() as register:
        order = register.permit(scene.numbers.due).order

    assert numbers["done"] == 4
    assert [after[n] for n in (scene.numbers.due, scene.numbers.usable)] == ["suspended"] * 2
    assert after[scene.numbers.elsewhere] == before[scene.numbers.elsewhere]
    assert getattr(order, "reason", "") == "发证存疑 需核查", "on one line, as it is kept"


async def test_two_officers_restore_exactly_that_cohort(scene: Scene) -> None:
    before = standings(scene)
    act = await proposed(scene)
    await confirmed(scene, act, "chen-5")
    await scene.get(act)
    answer = await scene.post(f"{act}/undo", **WORDS)
    await scene.follow(answer)
    undo = answer.headers["location"]
    assert f"{undo}/confirm" not in scene.page

    await scene.sign_in("li-3")
    await scene.get(act)
    assert "An undo is proposed" in scene.text
    await scene.get(undo)
    assert "4 permits were suspended" in scene.text
    numbers = await confirmed(scene, undo, "li-3")
    await scene.get("/desk/mass-acts")

    assert numbers["done"] == 4
    assert standings(scene) == before, "who was suspended by another order stays so"
    assert "undone by" in scene.text


async def test_nobody_confirms_their_own(scene: Scene) -> None:
    act = await proposed(scene)
    answer = await scene.post(f"{act}/confirm", once=new_name())

    assert answer.status_code == 409
    assert "one proposes, another confirms" in scene.text
    assert "suspended" not in {standings(scene)[scene.numbers.due]}


async def test_who_suspended_does_not_confirm_the_undo(scene: Scene) -> None:
    acts = MassActs(scene.storage, system_clock)
    made = acts.propose(Criteria(officer="li-3"), GROUNDS, LI)
    acts.confirm(made.id, CHEN)
    acts.run(made.id, CHEN)
    undo = acts.undo_propose(made.id, GROUNDS, LI)
    await scene.sign_in("chen-5")
    await scene.get(f"/desk/mass-acts/{undo.id}")
    assert "You confirmed the suspension" in scene.text
    assert "Nobody else of the county has the role now" in scene.text
    answer = await scene.post(f"/desk/mass-acts/{undo.id}/confirm")

    assert answer.status_code == 409
    assert standings(scene)[scene.numbers.due] == "suspended"


async def test_a_proposal_is_taken_back_or_rejected_with_a_reason(scene: Scene) -> None:
    act = await proposed(scene)
    refused = await scene.post(f"{act}/reject", reason=" ")
    assert refused.status_code == 400
    await scene.follow(await scene.post(f"{act}/reject", reason="误选"))
    assert "Proposal rejected or taken back" in scene.text
    await scene.sign_in("chen-5")
    await scene.get(act)
    again = await scene.post(f"{act}/confirm", once=new_name())

    assert again.status_code == 409
    assert standings(scene)[scene.numbers.due] == "usable"


async def test_a_run_that_was_interrupted_goes_on(scene: Scene) -> None:
    acts = MassActs(scene.storage, system_clock)
    made = acts.propose(Criteria(officer="li-3"), GROUNDS, LI)
    acts.confirm(made.id, CHEN)
    await scene.sign_in("li-3")
    await scene.get(f"/desk/mass-acts/{made.id}")
    assert "Nobody is working on this mass act now" in scene.text
    await scene.post(f"/desk/mass-acts/{made.id}/run")

    assert (await ran(scene, f"/desk/mass-acts/{made.id}"))["waiting"] == 0


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("?officer=", id="nothing is chosen"),
        pytest.param("?officer=li-3&basis=because", id="no such ground"),
        pytest.param("?officer=li-3&first_day=yesterday", id="no day"),
        pytest.param("?first_day=2026-02-01&last_day=2026-01-01", id="the wrong way round"),
        pytest.param("?signing_key=short", id="no thumbprint"),
    ],
)
async def test_a_cohort_that_cannot_be_meant_is_refused(scene: Scene, query: str) -> None:
    await scene.sign_in("li-3")
    answer = await scene.get(f"/desk/mass-acts/new{query}")

    assert answer.status_code == 400
    assert "bad_criteria" in scene.text
    assert "/desk/mass-acts/propose" not in scene.page


async def test_a_form_with_a_fault_keeps_what_was_typed(scene: Scene) -> None:
    await scene.sign_in("li-3")
    await scene.get("/desk/mass-acts/new?officer=li-3")
    answer = await scene.post(
        "/desk/mass-acts/propose", **COHORT, reason="发证<b>存疑", legal_basis=""
    )

    assert answer.status_code == 400
    assert scene.value("reason") == "发证<b>存疑"
    assert scene.value("officer") == "li-3"
    assert "propose_mass_act" not in scene.acts()


@pytest.mark.parametrize("officer", ["wang-2", "zhao-7"])
async def test_who_does_not_decide_proposes_and_confirms_nothing(
    scene: Scene, officer: str
) -> None:
    made = MassActs(scene.storage, system_clock).propose(Criteria(officer="li-3"), GROUNDS, LI)
    await scene.sign_in(officer)
    await scene.get("/desk/mass-acts")
    assert "Choose a cohort" not in scene.text
    seen = await scene.get(f"/desk/mass-acts/{made.id}")
    assert f"{made.id}/confirm" not in scene.page
    new = await scene.get("/desk/mass-acts/new?officer=li-3")
    empty = await scene.get("/desk/mass-acts/new")
    assert (seen.status_code, new.status_code, empty.status_code) == (200, 403, 403)
    posts = [
        await scene.post(f"/desk/mass-acts/{path}", **COHORT, **WORDS, once=new_name())
        for path in ("propose", f"{made.id}/confirm", f"{made.id}/reject", f"{made.id}/undo")
    ]

    assert [answer.status_code for answer in posts] == [403] * 4
    assert standings(scene)[scene.numbers.due] == "usable"


async def test_another_county_sees_nothing_of_it(scene: Scene) -> None:
    made = MassActs(scene.storage, system_clock).propose(Criteria(officer="li-3"), GROUNDS, LI)
    await scene.sign_in("chen-5", PINGYANG)
    await scene.get("/desk/mass-acts")
    assert made.id not in scene.page
    await scene.get("/desk/mass-acts/new?officer=li-3")
    assert "1 would be suspended" in scene.text, "their own county's"
    assert scene.numbers.due not in scene.page
    path = f"/desk/mass-acts/{made.id}"
    answers = [
        await scene.get(path),
        await scene.get(f"{path}/progress"),
        await scene.post(f"{path}/confirm", once=new_name()),
        await scene.post(f"{path}/reject", reason="x", once=new_name()),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert MassActs(scene.storage, system_clock).mass_act(made.id, LI).stage == "proposed"
