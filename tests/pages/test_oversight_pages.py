"""Campaigns, mass acts, audit and counts in a browser: followed live, without scripts, on paper."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from issuer.audit_log import Act
from issuer.campaign import Due
from issuer.campaigns import Campaigns
from issuer.desk import Grounds
from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.officer import ALL_ROLES, Officer
from issuer.particulars import Resident
from issuer.permit import grant
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from keys.clock import system_clock
from schemas.civil_id import Sex
from schemas.endorsement_window import day_of

LUCHENG = "330302"
LI = Officer("li-3", LUCHENG, ALL_ROLES)
PERMITS = 600
"""So many that a page is seen while they are endorsed."""
LOOKS = 200


@pytest.fixture(scope="module")
def register(town: Any) -> Any:
    """The register of the town's issuer, with permits whose window is open."""
    opened = SqlIssuerStorage(f"sqlite:///{town.stage.environ['ISSUER_STATE_DIR']}/register.sqlite")
    _fill(opened)
    yield opened
    opened.close()


def _fill(storage: IssuerStorage) -> None:
    granted_on = day_of(system_clock()) - timedelta(days=350)
    with storage.transaction() as tx:
        for n in range(PERMITS):
            person, number = f"{n:018d}", f"ZJ{LUCHENG}2025{n:07d}0"
            resident = Resident(
                name="示范",
                citizen_id_number=person,
                sex=Sex.MALE,
                birthdate=date(1990, 1, 1),
                ethnic_group="01",
                registered_address="示范路9号",
                portrait=b"\xff\xd8\xff",
            )
            made = grant(
                number=number,
                county=LUCHENG,
                resident=resident,
                residence_address="示范路9号",
                registered_on=granted_on,
                on=granted_on,
                by="hu-1",
            )
            tx.add_permit(made)
            tx.record(Act(LUCHENG, datetime.now(UTC), "hu-1", "grant", number))
            tx.put_registrations([ResidenceRegistration(person, LUCHENG, "示范路9号", granted_on)])


async def test_a_campaign_is_followed_while_it_runs(
    register: SqlIssuerStorage, town: Any, screens: Any, desk_options: Any, new_desk: Any, seen: Any
) -> None:
    campaign = Campaigns(register, StoredResidences(register), system_clock).start(LI, Due.BOTH)
    page = await screens(**desk_options)
    desk = await new_desk(page, town.stage, f"chen-7@{LUCHENG}", "approver")
    await desk.go("/desk/campaigns/preview?due=both")
    await seen(page, "desk-campaign-preview")
    await desk.go(f"/desk/campaigns/{campaign.id}")
    assert "Interrupted" in await desk.read()
    await desk.press("Go on")
    await seen(page, "desk-campaign-running")
    # Nobody touches the page from here on: the script brings it to its end.
    await page.get_by_text("Finished").wait_for(timeout=30_000)

    assert f"{PERMITS} of {PERMITS} permits have had their turn" in await desk.read()
    await seen(page, "desk-campaign")


async def test_without_scripts_a_link_shows_how_far_it_has_come(
    register: SqlIssuerStorage, town: Any, screens: Any, desk_options: Any, new_desk: Any
) -> None:
    words = Grounds("示范", "示范条例第一条")
    act = MassActs(register, system_clock).propose(Criteria(officer="hu-1"), words, LI)
    page = await screens(**desk_options, java_script_enabled=False)
    desk = await new_desk(page, town.stage, f"chen-8@{LUCHENG}", "approver")
    await desk.go(f"/desk/mass-acts/{act.id}")
    await desk.press(f"Confirm and suspend {PERMITS} permits")
    for _ in range(LOOKS):
        if "Finished" in await desk.read():
            break
        await desk.follow("Show how far it has come by now")

    assert f"{PERMITS} of {PERMITS} permits have had their turn" in await desk.read()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pages_serve_everybody_and_print(
    register: SqlIssuerStorage,
    town: Any,
    screens: Any,
    desk_options: Any,
    new_desk: Any,
    seen: Any,
    theme: str,
) -> None:
    narrow = {"viewport": {"width": 390, "height": 844}} if theme == "dark" else {}
    page = await screens(**desk_options | narrow, color_scheme=theme)
    desk = await new_desk(page, town.stage, f"zhao-{theme}@{LUCHENG}", "auditor")
    for place in ("campaigns", "mass-acts", "counts", "audit"):
        await desk.go(f"/desk/{place}")
        await seen(page, f"desk-{theme}-{place}")
    await page.locator("form[action='/desk/audit/verify'] button").click()
    await page.locator(".verdict--good").wait_for()
    await seen(page, f"desk-{theme}-verdict")
    await page.emulate_media(media="print")
    await desk.go("/desk/counts")

    assert not await page.locator(".chips").is_visible()
    assert await page.locator("table").first.is_visible()
    await page.screenshot(path=seen.folder / f"print-counts-{theme}.png", full_page=True)
