"""Deciding at the desk: each act, what it refuses, and two officers at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.application import Granted, NeedsSupplement, Refused, Submitted
from issuer.web.form_once import new_name
from tests.issuer.web.desk_scene import Scene, desk_scene

WORDS = {"reason": "材料不足", "legal_basis": "《居住证暂行条例》第九条"}


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_granting(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/applications/{scene.numbers.eligible}"
    await scene.get(f"{here}/grant")
    assert "Every ground is looked at once more" in scene.text

    answer = await scene.post(f"{here}/grant")
    await scene.follow(answer)

    state = scene.application(scene.numbers.eligible).state
    assert isinstance(state, Granted)
    assert state.by == "li-3"
    assert "The application was granted." in scene.text
    assert f"/desk/permits/{state.permit_number}" in scene.links()


async def test_a_refusal_begins_with_what_failed_and_by_which_provision(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/applications/{scene.numbers.bare}/refuse"
    await scene.get(here)
    assert scene.value("reason") == "No document proves the condition relied on."
    assert scene.value("legal_basis") == "《居住证暂行条例》第九条"

    await scene.follow(await scene.post(here, reason="材料\r\n不足", legal_basis="第九条"))

    state = scene.application(scene.numbers.bare).state
    assert isinstance(state, Refused)
    assert [found.code for found in state.grounds] == ["materials_incomplete"]
    assert "The application was refused." in scene.text
    assert "Reason: 材料 不足" in scene.text


async def test_whom_nothing_speaks_against_is_not_refused_and_nothing_typed_is_lost(
    scene: Scene,
) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/applications/{scene.numbers.eligible}/refuse"
    await scene.get(here)

    answer = await scene.post(here, **WORDS)

    assert answer.status_code == 409
    assert "No ground failed" in scene.text
    assert scene.value("reason") == WORDS["reason"]
    assert scene.value("legal_basis") == WORDS["legal_basis"]
    # The page that came back can be sent again.
    await scene.follow(await scene.post(here, materials_false="yes", **WORDS))
    state = scene.application(scene.numbers.eligible).state
    assert isinstance(state, Refused)
    assert [found.code for found in state.grounds] == ["false_materials"]


async def test_asking_for_a_supplement_line_by_line(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    here = f"/desk/applications/{scene.numbers.bare}/supplement"
    await scene.get(here)
    assert scene.value("wanted") == "Proof: Lawful stable employment"

    await scene.follow(await scene.post(here, wanted="劳动合同\r\n\r\n  营业执照 "))

    held = scene.application(scene.numbers.bare)
    assert isinstance(held.state, NeedsSupplement)
    assert held.supplements[0].wanted == ("劳动合同", "营业执照")
    assert "the clock stands still" in scene.text


async def test_an_exemption_takes_two(scene: Scene) -> None:
    number = scene.numbers.exempt
    here = f"/desk/applications/{number}"
    await scene.sign_in("li-3")
    await scene.get(f"{here}/confirm")
    assert "You proposed to grant it" in scene.text
    refused = await scene.post(f"{here}/confirm")
    assert refused.status_code == 409
    assert isinstance(scene.application(number).state, Submitted)

    await scene.sign_in("chen-5")
    await scene.get(f"{here}/disagree")
    await scene.follow(await scene.post(f"{here}/disagree", **WORDS))
    assert scene.application(number).proposal is None
    await scene.get(f"{here}/second-opinion")
    await scene.follow(await scene.post(f"{here}/second-opinion"))

    await scene.sign_in("li-3")
    await scene.get(f"{here}/confirm")
    await scene.follow(await scene.post(f"{here}/confirm"))
    assert isinstance(scene.application(number).state, Granted)


async def test_who_comes_second_sees_who_decided_and_keeps_what_was_typed(scene: Scene) -> None:
    here = f"/desk/applications/{scene.numbers.bare}/refuse"
    await scene.sign_in("chen-5")
    await scene.get(here)
    form = {name: scene.hidden(name) for name in ("_csrf_token", "once")}
    await scene.sign_in("li-3")
    await scene.get(here)
    await scene.post(here, **WORDS)

    await scene.sign_in("chen-5")
    answer = await scene.post(here, **form, reason="另一理由", legal_basis="第二条")

    assert answer.status_code == 409
    assert "· li-3" in scene.text
    assert scene.value("reason") == "另一理由"
    state = scene.application(scene.numbers.bare).state
    assert isinstance(state, Refused)
    assert state.by == "li-3"


async def test_a_form_sent_twice_acts_once(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    here = f"/desk/applications/{scene.numbers.bare}"
    await scene.get(f"{here}/supplement")
    form = {name: scene.hidden(name) for name in ("_csrf_token", "once")}
    await scene.post(f"{here}/supplement", **form, wanted="劳动合同")

    again = await scene.post(f"{here}/supplement", **form, wanted="营业执照")

    assert again.headers["location"] == here
    await scene.follow(again)
    assert "had been sent before" in scene.text
    assert scene.acts().count("ask_supplement") == 2  # one of the scene's own


async def test_a_form_without_its_token_is_refused(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/applications/{scene.numbers.eligible}/grant"
    await scene.get(here)

    answer = await scene.post(here, _csrf_token="")

    assert answer.status_code == 403
    assert isinstance(scene.application(scene.numbers.eligible).state, Submitted)


@pytest.mark.parametrize(
    ("officer", "county"),
    [("wang-2", "330302"), ("zhao-7", "330302"), ("li-3", "330326")],
    ids=["a registrar", "an auditor", "another county"],
)
@pytest.mark.parametrize("act", ["grant", "refuse"])
async def test_who_may_not_decide(scene: Scene, officer: str, county: str, act: str) -> None:
    await scene.sign_in(officer, county)
    await scene.get("/desk/permits")  # for the token of its form
    here = f"/desk/applications/{scene.numbers.eligible}/{act}"

    answer = await scene.post(here, once=new_name(), **WORDS)

    assert answer.status_code == 403
    assert isinstance(scene.application(scene.numbers.eligible).state, Submitted)


async def test_an_act_that_there_is_not(scene: Scene) -> None:
    await scene.sign_in("li-3")

    answer = await scene.get(f"/desk/applications/{scene.numbers.eligible}/burn")

    assert answer.status_code == 409
