"""What officers do to a permit: confirmation first, once, by who may, and with nothing lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.cancel_cause import CancelCause
from issuer.permit import Cancellation, Permit, Standing
from issuer.web.form_once import new_name
from tests.issuer.web.desk_scene import Scene, desk_scene

WORDS = {"reason": "核查中", "legal_basis": "《居住证暂行条例》第十八条"}


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


def held(scene: Scene, number: str) -> Permit:
    with scene.storage.reading() as register:
        return register.permit(number)


def standing(scene: Scene, number: str) -> Standing:
    permit = held(scene, number)
    return permit.standing_on(permit.issued_on)


async def test_endorsing_shows_the_window_first(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.due}"
    await scene.get(f"{here}/endorse")
    assert "Endorsement window" in scene.text
    assert "The permit is usable for another year" in scene.text

    await scene.follow(await scene.post(f"{here}/endorse"))

    assert held(scene, scene.numbers.due).endorsement.sequence == 2
    assert "The permit was endorsed." in scene.text


async def test_before_the_window_there_is_nothing_to_press(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.usable}/endorse"

    await scene.get(here)
    assert "The window of the next endorsement is not open yet." in scene.text
    assert "Endorse the permit" not in scene.text
    assert (await scene.post(here)).status_code == 409


async def test_suspending_and_restoring_take_two(scene: Scene) -> None:
    number = scene.numbers.usable
    here = f"/desk/permits/{number}"
    await scene.sign_in("li-3")
    await scene.get(f"{here}/suspend")
    assert "Another officer than you can restore it." in scene.text
    await scene.follow(await scene.post(f"{here}/suspend", **WORDS))
    assert standing(scene, number) is Standing.SUSPENDED

    own = await scene.get(f"{here}/restore")
    assert own.status_code == 200
    assert "You suspended this permit" in scene.text
    refused = await scene.post(f"{here}/restore", **WORDS)
    assert refused.status_code == 409
    assert scene.value("reason") == WORDS["reason"]

    await scene.sign_in("chen-5")
    await scene.get(f"{here}/restore")
    await scene.follow(await scene.post(f"{here}/restore", **WORDS))
    assert standing(scene, number) is Standing.USABLE


async def test_without_a_reason_nothing_is_taken_away(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.usable}/suspend"
    await scene.get(here)

    answer = await scene.post(here, reason=" ", legal_basis="第十八条")

    assert answer.status_code == 400
    assert "Give a reason" in scene.text
    assert scene.value("legal_basis") == "第十八条"
    assert standing(scene, scene.numbers.usable) is Standing.USABLE


async def test_who_comes_second_sees_what_the_first_one_did(scene: Scene) -> None:
    here = f"/desk/permits/{scene.numbers.usable}/suspend"
    await scene.sign_in("chen-5")
    await scene.get(here)
    form = {name: scene.hidden(name) for name in ("_csrf_token", "once")}
    await scene.sign_in("li-3")
    await scene.get(here)
    await scene.post(here, **WORDS)

    await scene.sign_in("chen-5")
    answer = await scene.post(here, **form, reason="另一理由", legal_basis="第十九条")

    assert answer.status_code == 409
    assert "Suspended by order" in scene.text
    assert "· li-3" in scene.text
    assert scene.value("reason") == "另一理由"


@pytest.mark.parametrize("act", ["cancel", "replace"])
async def test_what_cannot_be_undone_says_so_first(scene: Scene, act: str) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.usable}"
    await scene.get(f"{here}/{act}")
    assert "void" in scene.text

    await scene.follow(await scene.post(f"{here}/{act}", cause="moved_away", **WORDS))

    assert held(scene, scene.numbers.usable).ended is (act == "cancel")
    assert act in scene.acts()


async def test_a_permit_does_not_end_without_its_cause(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.usable}"
    await scene.get(f"{here}/cancel")

    answer = await scene.post(f"{here}/cancel", **WORDS)
    assert answer.status_code == 400
    assert "Choose why the permit ends." in scene.text
    assert not held(scene, scene.numbers.usable).ended

    await scene.follow(await scene.post(f"{here}/cancel", cause="death", **WORDS))
    order = held(scene, scene.numbers.usable).order
    assert isinstance(order, Cancellation)
    assert order.cause is CancelCause.DEATH
    assert "Cancelled" in scene.text
    assert "· Death" in scene.text
    assert "Cause: Death" in scene.text


async def test_revoking_is_proposed_and_waits_for_another(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/permits/{scene.numbers.usable}"
    await scene.get(f"{here}/propose-revocation")

    answer = await scene.post(f"{here}/propose-revocation", **WORDS)

    assert answer.headers["location"].startswith("/desk/proposals/TY330302")
    assert not held(scene, scene.numbers.usable).ended
    await scene.get(here)
    assert "Proposed to revoke" in scene.text
    assert "the proposal waits for a second officer" in scene.text


async def test_an_offer_is_shown_once(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    here = f"/desk/permits/{scene.numbers.usable}/offer"
    await scene.get(here)
    form = {name: scene.hidden(name) for name in ("_csrf_token", "once")}

    answer = await scene.post(here)
    assert answer.status_code == 200
    assert "<svg" in scene.page
    assert any(link.startswith("openid-credential-offer://") for link in scene.links())
    assert answer.headers["cache-control"] == "no-store"

    # Loading the page again sends the form again: no second offer, and no old one shown.
    again = await scene.post(here, **form)
    assert again.status_code == 303
    assert scene.acts().count("create_offer") == 1


async def test_a_slip_asks_what_was_shown_and_can_be_printed_again(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    here = f"/desk/permits/{scene.numbers.usable}"
    await scene.get(f"{here}/slip")
    nothing = await scene.post(f"{here}/slip")
    assert nothing.status_code == 400
    assert "Choose the document that was shown to you." in scene.text

    printed = await scene.post(f"{here}/slip", shown="household_register")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"].startswith('inline; filename="slip-')
    assert printed.content.startswith(b"%PDF-")

    await scene.get(here)
    assert "Household register" in scene.text
    slip = scene.hidden("slip")
    again = await scene.post(f"{here}/slip-again", slip=slip)
    assert again.content.startswith(b"%PDF-")
    assert scene.acts()[-1] == "print_slip_again"
    await scene.get(here)
    assert "printed again 1 time" in scene.text


@pytest.mark.parametrize(
    "act", ["endorse", "suspend", "restore", "cancel", "replace", "propose-revocation", "slip"]
)
async def test_who_may_not(scene: Scene, act: str) -> None:
    here = f"/desk/permits/{scene.numbers.due}/{act}"
    before = held(scene, scene.numbers.due)
    for officer, county in (("zhao-7", "330302"), ("li-3", "330326")):
        await scene.sign_in(officer, county)
        await scene.get("/desk/permits")  # for the token of its form
        answer = await scene.post(here, once=new_name(), shown="id_card", cause="death", **WORDS)
        assert answer.status_code == 403, officer
        assert not answer.content.startswith(b"%PDF-")
    assert held(scene, scene.numbers.due) == before


async def test_an_act_that_there_is_not(scene: Scene) -> None:
    await scene.sign_in("li-3")

    assert (await scene.get(f"/desk/permits/{scene.numbers.due}/burn")).status_code == 409
