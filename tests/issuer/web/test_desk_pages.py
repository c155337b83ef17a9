"""The desk's start: what waits today, and nothing for who has no part in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from keys.clock import system_clock
from tests.issuer.web.desk_scene import CHEN, GROUNDS, LI, Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_nobody_sees_the_desk_without_signing_in(scene: Scene) -> None:
    answer = await scene.get("/desk")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/sign-in"


async def test_the_start_counts_what_waits_and_leads_there(scene: Scene) -> None:
    await scene.sign_in("chen-5")

    await scene.get("/desk")

    assert "1 Overdue" in scene.text
    assert "1 Waiting for the applicant" in scene.text
    assert "1 For your second opinion" in scene.text
    assert "1 Proposals to revoke" in scene.text
    assert "0 Mass acts to confirm" in scene.text
    assert "1 Endorsements due" in scene.text
    assert "1 Endorsements missed" in scene.text
    assert f"/desk/applications/{scene.numbers.eligible}" in scene.links()
    assert "/desk/applications?overdue=yes" in scene.links()


async def test_mass_acts_and_undos_that_wait_stand_there_with_their_way(scene: Scene) -> None:
    acts = MassActs(scene.storage, system_clock)
    made = acts.propose(Criteria(officer="li-3"), GROUNDS, LI)
    acts.confirm(made.id, CHEN)
    undo = acts.undo_propose(made.id, GROUNDS, LI)
    waiting = acts.propose(Criteria(officer="li-3"), GROUNDS, LI)
    await scene.sign_in("chen-5")

    await scene.get("/desk")

    assert "2 Mass acts to confirm" in scene.text
    assert f"Undo of {made.id}" in scene.text
    assert {f"/desk/mass-acts/{act.id}" for act in (undo, waiting)} <= scene.links()
    assert f"/desk/mass-acts/{made.id}" not in scene.links()


async def test_a_second_opinion_is_not_asked_of_who_gave_the_first(scene: Scene) -> None:
    await scene.sign_in("li-3")

    await scene.get("/desk")

    assert "0 For your second opinion" in scene.text


async def test_whoever_keeps_accounts_sees_no_applications(scene: Scene) -> None:
    await scene.sign_in("sun-9")

    await scene.get("/desk")

    assert "not yours to see" in scene.text
    assert not any(link.startswith("/desk/applications") for link in scene.links())


async def test_another_county_counts_its_own(scene: Scene) -> None:
    await scene.sign_in("chen-5", "330326")

    await scene.get("/desk")

    assert "0 Overdue" in scene.text
    assert scene.numbers.eligible not in scene.page
    assert scene.numbers.application_elsewhere in scene.page
