"""A permit on the portal, and the offer that only its holder gets, after a check of its own."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from issuer.application_desk import ApplicationDesk
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit
from issuer.stored_residences import StoredResidences
from keys.clock import system_clock
from schemas.endorsement_window import add_months, day_of
from tests.issuer.web.portal_visitor import LIN, ZHOU, Portal, portal, register


@pytest.fixture
async def lin(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as visitor:
        register(visitor.storage, LIN)
        await visitor.sign_in(LIN)
        yield visitor


async def granted(lin: Portal) -> Permit:
    number = await lin.hand_in()
    residences = StoredResidences(lin.storage)
    desk = ApplicationDesk(lin.storage, residences, system_clock, allow_demo_ids=True)
    return desk.grant(number, Officer("li-3", "330302", ALL_ROLES))


def move_clock(tmp_path: Path, to: date) -> None:
    ahead = to - day_of(system_clock())
    (tmp_path / "offset").write_text(str(int(ahead / timedelta(seconds=1))), encoding="ascii")


async def test_an_offer_takes_a_check_for_it_and_uses_it_up(lin: Portal) -> None:
    permit = await granted(lin)
    await lin.get(f"/progress/permits/{permit.number}")
    assert "Usable" in lin.text
    await lin.get(f"/progress/permits/{permit.number}/wallet")
    assert lin.address == "/sign-in"
    assert "To add your permit to a wallet" in lin.text
    back = {"purpose": "collect", "next": lin.hidden("next")}
    await lin.post("/sign-in", citizen_id_number=LIN, **back)
    assert lin.address == f"/progress/permits/{permit.number}/wallet"
    await lin.post(f"/progress/permits/{permit.number}/wallet")
    assert "openid-credential-offer://" in lin.page
    assert 'id="tx-code"' in lin.page
    assert 'role="img"' in lin.page
    with lin.storage.reading() as register_:
        last = register_.last_audit("330302")
    assert last is not None
    assert (last.actor, last.act, last.permit_number) == ("holder", "create_offer", permit.number)

    await lin.get(f"/progress/permits/{permit.number}/wallet")
    assert lin.address == "/sign-in"


async def test_a_check_that_is_old_is_made_again(tmp_path: Path, keys_dir: Path) -> None:
    async with portal(tmp_path, keys_dir) as lin:
        register(lin.storage, LIN)
        await lin.sign_in(LIN)
        permit = await granted(lin)
        await lin.sign_in(LIN, "collect", f"/progress/permits/{permit.number}/wallet")
        assert lin.address.endswith("/wallet")
        (tmp_path / "offset").write_text("301", encoding="ascii")
        await lin.post(f"/progress/permits/{permit.number}/wallet")

    assert lin.address == "/sign-in"


async def test_nobody_elses_permit_is_shown_or_offered(lin: Portal) -> None:
    permit = await granted(lin)
    await lin.post("/sign-out")
    await lin.sign_in(ZHOU, "collect", "/progress")
    shown = await lin.get(f"/progress/permits/{permit.number}")
    await lin.get("/progress")
    offered = await lin.post(f"/progress/permits/{permit.number}/wallet")

    assert (shown.status_code, offered.status_code) == (404, 404)


async def test_a_missed_endorsement_is_told_and_can_be_asked_for(
    lin: Portal, tmp_path: Path
) -> None:
    permit = await granted(lin)
    move_clock(tmp_path, add_months(permit.usable_through, 1))
    await lin.sign_in(LIN, "progress", f"/progress/permits/{permit.number}")
    assert "Its endorsement was missed" in lin.text
    await lin.sign_in(LIN, "collect", f"/progress/permits/{permit.number}/wallet")
    refused = await lin.post(f"/progress/permits/{permit.number}/wallet")
    assert refused.status_code == 400
    assert "credential_request_denied" in lin.text

    await lin.get("/apply?kind=endorsement")
    assert 'value="endorsement"' in lin.page
    await lin.post("/apply", kind="endorsement")
    assert lin.address.endswith("/notice")
