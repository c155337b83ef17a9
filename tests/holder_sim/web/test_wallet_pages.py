"""The pages as they are served: both ways to a permit, a way without a face on every gate."""

from typing import Any

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from holder_sim.app import create_app
from holder_sim.settings import Settings
from holder_sim.web.wallet_pages import FIRST_CLAIMS, NOT_IN_CODES
from holder_sim.web.wallet_static import SHELL
from schemas.permit_credential import CLAIM_LABELS

ENGLISH = {"accept-language": "en", "accept": "text/html"}


@pytest.mark.parametrize("path", SHELL)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_page_is_there_in_both_languages(
    wallet_page: Any, path: str, language: str
) -> None:
    answer = await wallet_page.get(path, headers={"accept-language": language})

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/", "/add"),  # card pack, add licence, search
        ("/add", "/add/residence-permit"),
        ("/mine", "/mine/licences"),  # mine, my licences, more
        ("/mine/licences", "/mine/licences/more"),
        ("/mine/licences/more", "/add/residence-permit"),
    ],
)
async def test_both_ways_lead_to_a_permit(wallet_page: Any, path: str, link: str) -> None:
    assert f'href="{link}"' in (await wallet_page.get(path)).text


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("/add/residence-permit", "collect"),
        ("/permit", "view"),
        ("/permit/code", "present"),
        ("/request", "present"),
        ("/shown", "view"),
    ],
)
async def test_each_gate_names_a_way_without_a_face(
    wallet_page: Any, path: str, purpose: str
) -> None:
    text = (await wallet_page.get(path, headers=ENGLISH)).text

    assert f'data-gate="{purpose}"' in text
    gate = text.split("data-gate=", 1)[1].split("</section>", 1)[0]
    assert "confirmation slip" in gate
    assert "Simulated" in gate
    assert "<div data-inside hidden>" in text


async def test_a_code_shows_two_claims_unless_chosen_otherwise(wallet_page: Any) -> None:
    text = (await wallet_page.get("/permit/code")).text

    for name in CLAIM_LABELS:
        box = f'value="{name}"{" checked" if name in FIRST_CLAIMS else ""}>'
        assert (box in text) is (name not in NOT_IN_CODES)


async def test_who_to_tell_stands_there_once_the_list_came(
    wallet_page: Any, pass_face: Any, issuer: Any
) -> None:
    before = (await wallet_page.get("/lost", headers=ENGLISH)).text
    assert "not on this device yet" in before

    await pass_face("collect")
    await wallet_page.post("/offers", json={"uri": issuer.offer_uri(), "tx_code": "493536"})

    after = (await wallet_page.get("/lost", headers=ENGLISH)).text
    assert "Police of Lucheng" in after
    assert f'href="{issuer.web.base_url}/"' in after


async def test_another_portal_can_be_set(settings: Settings, issuer: Any, moved_clock: Any) -> None:
    moved_clock(0)
    moved = msgspec.structs.replace(
        settings, clock_file=f"{settings.state_dir}-clock", portal="https://portal.example/"
    )
    async with AsyncTestClient(create_app(moved), base_url="http://127.0.0.1:8103") as page:
        await page.post("/face-checks", json={"sample": "match", "purpose": "collect"})
        await page.post("/offers", json={"uri": issuer.offer_uri(), "tx_code": "493536"})

        assert 'href="https://portal.example/"' in (await page.get("/lost")).text


async def test_an_address_that_is_none_gets_a_page(wallet_page: Any) -> None:
    answer = await wallet_page.get("/nothing", headers=ENGLISH)

    assert answer.status_code == 404
    assert "There is no such page in the wallet." in answer.text


async def test_paper_is_told_that_nothing_goes_there(wallet_page: Any) -> None:
    text = (await wallet_page.get("/permit", headers=ENGLISH)).text

    assert "cannot be printed" in text
