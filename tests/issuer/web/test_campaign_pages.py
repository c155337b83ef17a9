"""Campaigns at the desk: previewed, begun, followed to their end; nobody else's county."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from issuer.campaign import Due
from issuer.campaigns import Campaigns
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.web.form_once import new_name
from keys.clock import system_clock
from tests.issuer.web.desk_scene import CHEN, LUCHENG, PINGYANG, Scene, desk_scene

ROUNDS = 200


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def ran(scene: Scene, address: str) -> dict[str, object]:
    """The numbers of a batch once nobody works on it any more."""
    for _ in range(ROUNDS):
        answer = await scene.http.get(f"{address}/progress")
        assert answer.headers["cache-control"] == "no-store"
        numbers: dict[str, object] = answer.json()
        if not numbers["runs"]:
            return numbers
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come to its end")


def sequences(storage: IssuerStorage) -> dict[str, int]:
    with storage.reading() as register:
        return {permit.number: permit.endorsement.sequence for permit in register.permits()}


def put_down(scene: Scene) -> str:
    """A campaign that nobody runs, as a process leaves it that died at once."""
    campaigns = Campaigns(scene.storage, StoredResidences(scene.storage), system_clock)
    return campaigns.start(CHEN, Due.BOTH).id


async def test_a_campaign_is_previewed_begun_and_followed_to_its_end(scene: Scene) -> None:
    await scene.sign_in("chen-5")
    await scene.get("/desk/campaigns")
    assert "No campaign yet" in scene.text
    await scene.get("/desk/campaigns/preview?due=both")
    assert "2 would be endorsed" in scene.text
    assert f"/desk/permits/{scene.numbers.due}" in scene.links()
    before = sequences(scene.storage)
    answer = await scene.post("/desk/campaigns/start", due="both")
    address = answer.headers["location"]
    numbers = await ran(scene, address)
    await scene.get(address)

    assert answer.status_code == 303
    assert (numbers["total"], numbers["done"], numbers["waiting"]) == (2, 2, 0)
    assert "Finished" in scene.text
    assert "The campaign has started." in scene.text
    assert "data-progress" not in scene.page, "what is over is not asked for again"
    after = sequences(scene.storage)
    assert {number for number in after if after[number] != before[number]} == {
        scene.numbers.due,
        scene.numbers.lapsed,
    }
    await scene.get("/desk/campaigns")
    assert "2 of 2" in scene.text


async def test_a_form_sent_twice_begins_one_campaign(scene: Scene) -> None:
    await scene.sign_in("chen-5")
    await scene.get("/desk/campaigns/preview")
    once = scene.hidden("once")
    first = await scene.post("/desk/campaigns/start", due="in_window")
    again = await scene.post("/desk/campaigns/start", due="in_window", once=once)
    await ran(scene, first.headers["location"])

    assert again.headers["location"] == "/desk/campaigns"
    assert scene.acts().count("start_campaign") == 1


async def test_what_was_interrupted_goes_on_when_somebody_says_so(scene: Scene) -> None:
    number = put_down(scene)
    await scene.sign_in("chen-5")
    await scene.get(f"/desk/campaigns/{number}")
    assert "Nobody is working on this campaign now" in scene.text
    assert "Interrupted" in scene.text
    answer = await scene.post(f"/desk/campaigns/{number}/run")
    numbers = await ran(scene, f"/desk/campaigns/{number}")

    assert answer.headers["location"] == f"/desk/campaigns/{number}"
    assert numbers["done"] == 2


async def test_it_can_be_stopped_and_is_not_begun_again(scene: Scene) -> None:
    number = put_down(scene)
    await scene.sign_in("chen-5")
    await scene.get(f"/desk/campaigns/{number}")
    once = scene.hidden("once")
    await scene.follow(await scene.post(f"/desk/campaigns/{number}/stop"))
    assert "Stopped before its end" in scene.text
    answer = await scene.post(f"/desk/campaigns/{number}/run", once=once)

    assert answer.status_code == 409
    assert "batch_state" in scene.text
    assert set(sequences(scene.storage).values()) == {1}


async def test_who_is_left_out_is_named_with_the_reason(scene: Scene) -> None:
    with scene.storage.transaction() as tx:
        held = tx.permit(scene.numbers.due).resident.citizen_id_number
        (registered,) = [one for one in tx.registrations_of(held) if one.county == LUCHENG]
        tx.put_registrations([replace(registered, ended_on=registered.registered_on)])
    await scene.sign_in("chen-5")
    await scene.get("/desk/campaigns/preview")

    assert "0 would be endorsed" in scene.text
    assert "No residence registration holds in this county." in scene.text
    assert f"/desk/permits/{scene.numbers.due}" in scene.links()
    assert "/desk/campaigns/start" not in scene.page


async def test_a_made_up_address_or_choice_does_nothing(scene: Scene) -> None:
    await scene.sign_in("chen-5")
    await scene.get("/desk/campaigns/preview")
    answers = [await scene.post("/desk/campaigns/start", due="everybody")]
    number = put_down(scene)
    await scene.get(f"/desk/campaigns/{number}")
    answers.append(await scene.post(f"/desk/campaigns/{number}/finish"))

    assert [answer.status_code for answer in answers] == [409, 409]
    assert (await scene.get("/desk/campaigns/PL33030220260000099")).status_code == 404
    assert set(sequences(scene.storage).values()) == {1}


@pytest.mark.parametrize("officer", ["wang-2", "zhao-7"])
async def test_who_does_not_decide_sees_but_begins_nothing(scene: Scene, officer: str) -> None:
    number = put_down(scene)
    await scene.sign_in(officer)
    await scene.get("/desk/campaigns")
    assert "A new campaign" not in scene.text
    await scene.get(f"/desk/campaigns/{number}")
    assert "/run" not in scene.page
    assert (await scene.get("/desk/campaigns/preview")).status_code == 403
    await scene.get("/desk/password")
    posts = [
        await scene.post("/desk/campaigns/start", due="both", once=new_name()),
        await scene.post(f"/desk/campaigns/{number}/run", once=new_name()),
        await scene.post(f"/desk/campaigns/{number}/stop", once=new_name()),
    ]

    assert [answer.status_code for answer in posts] == [403, 403, 403]
    assert set(sequences(scene.storage).values()) == {1}


async def test_another_county_sees_nothing_of_it(scene: Scene) -> None:
    number = put_down(scene)
    await scene.sign_in("chen-5", PINGYANG)
    await scene.get("/desk/campaigns")
    assert number not in scene.page
    seen = [
        await scene.get(f"/desk/campaigns/{number}"),
        await scene.get(f"/desk/campaigns/{number}/progress"),
    ]
    await scene.get("/desk/campaigns/preview?due=both")
    assert "0 would be endorsed" in scene.text
    done = await scene.post(f"/desk/campaigns/{number}/run", once=new_name())

    assert [answer.status_code for answer in (*seen, done)] == [403, 403, 403]
    assert scene.numbers.due not in "".join(answer.text for answer in (*seen, done))
    assert set(sequences(scene.storage).values()) == {1}


async def test_nobody_sees_it_without_signing_in(scene: Scene) -> None:
    for path in ("/desk/campaigns", "/desk/campaigns/preview", "/desk/campaigns/x/progress"):
        assert (await scene.get(path)).headers["location"].startswith("/desk/sign-in")
