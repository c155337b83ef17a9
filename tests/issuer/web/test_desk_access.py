"""Every address of the desk, tried by hand: signed out, with each wrong role, by another county.

The addresses are read out of the application. One that is not in the table may be opened by
nobody, so a new one fails here until it is entered, and then unless it asks for what is entered.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any, Final

import httpx
import pytest
from litestar.routes import HTTPRoute
from msgspec import Struct

from issuer.application import Channel, Kind
from issuer.application_drafts import ApplicationDrafts
from issuer.batch import batch_id
from issuer.campaign import Campaign, Due
from issuer.demonstration_identities import demonstration_identities
from issuer.errors import DeskError
from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.officer import Role
from issuer.web.application_act_view import ApplicationAct
from issuer.web.desk_words import LOOKS
from issuer.web.form_once import new_name
from issuer.web.permit_act_view import PermitAct
from keys.clock import system_clock
from schemas.endorsement_window import day_of
from tests.issuer.web.desk_addresses import COUNTER, DOOR, FORMS, OFFICERS, OPEN_TO, READERS
from tests.issuer.web.desk_scene import (
    GROUNDS,
    LI,
    LUCHENG,
    MO,
    PINGYANG,
    SHI,
    WANG,
    WU,
    XIAO,
    ZHENG,
    ZHOU,
    Scene,
    desk_scene,
)
from tests.issuer.web.desk_visitor import add_account

ACTS_AT_THE_COUNTER: Final = {
    ApplicationAct.SUPPLEMENT,
    PermitAct.OFFER,
    PermitAct.SLIP,
    PermitAct.SLIP_AGAIN,
}
"""Of the acts that an address names, those that are not for approvers alone."""
BATCH_ACTS: Final[dict[str, tuple[str, ...]]] = {
    "/desk/campaigns/{campaign_id}/{act}": ("run", "stop"),
    "/desk/mass-acts/{act_id}/{act}": ("confirm", "reject", "run", "undo"),
    "/desk/proposals/{proposal_id}/{decision}": ("confirm", "reject"),
    "/desk/counter/drafts/{number}/{act}": ("save", "submit"),
}
LAST: Final = {"act", "decision"}
PEOPLE: Final = demonstration_identities(today=day_of(system_clock()))
NAMES: Final = [PEOPLE[number].name for number in (WU, ZHENG, MO, SHI, ZHOU, XIAO)]
"""Of people whom only the first county knows."""


INVENTED: Final = {"GET /desk/counter"}
"""Names the people of the demonstration, whose numbers may be typed there."""


class Try(Struct, frozen=True):
    """One address as somebody types it."""

    route: str
    path: str
    allowed: frozenset[Role]

    @property
    def method(self) -> str:
        return self.route.split()[0]

    @property
    def of_a_record(self) -> bool:
        return "{" in self.route


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


def routes(scene: Scene) -> Iterator[str]:
    """Method and address of all that the desk answers to."""
    for route in scene.http.app.routes:
        if isinstance(route, HTTPRoute) and f"{route.path_format}/".startswith("/desk/"):
            for method in sorted(set(route.methods) - {"OPTIONS", "HEAD"}):
                yield f"{method} {route.path_format}"


def tries(scene: Scene) -> list[Try]:
    """Each of them with real numbers in it, once for each act that it can name."""
    numbers = _numbers(scene)
    found = []
    for route in routes(scene):
        template = route.split()[1]
        for act in _acts(template):
            names = [name for _, name, _, _ in Formatter().parse(template) if name]
            own = _of(template, numbers)
            path = template.format(**{name: act if name in LAST else own[name] for name in names})
            allowed = OPEN_TO.get(route, frozenset())
            if route.startswith("POST") and act in ACTS_AT_THE_COUNTER and allowed:
                allowed = COUNTER
            found.append(Try(route, path, allowed))
    return [one for one in found if one.route not in DOOR]


def _acts(template: str) -> tuple[str | StrEnum, ...]:
    if template.startswith("/desk/applications/") and template.endswith("{act}"):
        return tuple(ApplicationAct)
    if template.startswith("/desk/permits/") and template.endswith("{act}"):
        return tuple(PermitAct)
    return BATCH_ACTS.get(template, ("",))


def _of(template: str, numbers: dict[str, str]) -> dict[str, str]:
    for part in ("counter", "applications", "permits"):
        if template.startswith(f"/desk/{part}/"):
            return numbers | {"number": numbers[part]}
    return numbers


def _numbers(scene: Scene) -> dict[str, str]:
    """Numbers of the first county's records, some of them made here."""
    acts, documents = MassActs(scene.storage, system_clock), scene.issuer.pages.documents
    drafts = ApplicationDrafts(scene.storage, documents, system_clock, allow_demo_ids=True)
    draft = drafts.open(PEOPLE[XIAO], Kind.FIRST_PERMIT, Channel.COUNTER, officer=WANG)
    add_account(scene.storage, "hu-6", Role.REGISTRAR)
    today = day_of(system_clock())
    campaign = Campaign(
        id=batch_id(LUCHENG, today.year, 99),
        county=LUCHENG,
        due=Due.IN_WINDOW,
        started_by=LI.id,
        started_on=today,
        started_at=system_clock() - timedelta(minutes=1),
    )
    with scene.storage.transaction() as tx:
        tx.add_batch(campaign)
        tx.add_batch_items(campaign.id, [scene.numbers.due])
    return {
        "applications": scene.numbers.eligible,
        "permits": scene.numbers.usable,
        "counter": draft.number,
        "sha256": scene.application(scene.numbers.eligible).materials[0].sha256,
        "proposal_id": scene.numbers.proposal,
        "campaign_id": campaign.id,
        "act_id": acts.propose(Criteria(officer="li-3"), GROUNDS, LI).id,
        "officer_id": "hu-6",
    }


async def send(scene: Scene, one: Try) -> httpx.Response:
    """As the session stands, with all that a form of ours would carry."""
    if one.method == "GET":
        return await scene.get(one.path)
    await scene.get("/desk")
    return await scene.post(one.path, once=new_name(), **FORMS.get(one.route, {}))


def done(scene: Scene) -> list[Any]:
    """All that was done or looked at in both counties."""
    with scene.storage.reading() as register:
        return [register.audit(county) for county in (LUCHENG, PINGYANG)]


def test_the_table_has_every_address_of_the_desk_and_no_other(scene: Scene) -> None:
    assert set(routes(scene)) - DOOR == OPEN_TO.keys()


async def test_signed_out_every_address_leads_to_the_door(scene: Scene) -> None:
    await scene.get("/desk/sign-in")
    token = scene.hidden("_csrf_token")
    everything = tries(scene)
    before = done(scene)

    for one in everything:
        form = {"_csrf_token": token, "once": new_name(), **FORMS.get(one.route, {})}
        data = form if one.method == "POST" else None
        answer = await scene.http.request(one.method, one.path, follow_redirects=False, data=data)
        assert answer.status_code == 303, one
        assert answer.headers["location"].startswith("/desk/sign-in"), one

    assert done(scene) == before


@pytest.mark.parametrize("role", OFFICERS)
async def test_whoever_lacks_the_role_is_refused_and_nothing_is_done(
    scene: Scene, role: Role
) -> None:
    everything = [one for one in tries(scene) if role not in one.allowed]
    await scene.sign_in(OFFICERS[role])
    before = [one for county in done(scene) for one in county if one.act not in LOOKS]

    for one in everything:
        answer = await send(scene, one)
        assert answer.status_code == DeskError.http_status, one
        # A reader who may not act is shown the page again; nobody else sees anybody.
        if role not in READERS:
            assert not [name for name in NAMES if name in answer.text], one

    after = [one for county in done(scene) for one in county if one.act not in LOOKS]
    assert after == before


@pytest.mark.parametrize("role", OFFICERS)
async def test_another_county_gets_at_no_record_by_its_address(scene: Scene, role: Role) -> None:
    everything = [one for one in tries(scene) if role in one.allowed]
    await scene.sign_in(OFFICERS[role], PINGYANG)
    if role in COUNTER:
        await scene.get("/desk/counter")
        await scene.post("/desk/counter/identify", citizen_id_number=XIAO, document="id_card")
    before, _ = done(scene)

    for one in (one for one in everything if one.of_a_record):
        answer = await send(scene, one)
        assert answer.status_code in {403, 404}, one
        shown = [name for name in NAMES if name in answer.text]
        assert shown in ([], [PEOPLE[XIAO].name]), one
    lists = [one for one in everything if one.method == "GET" and not one.of_a_record]
    for one in (one for one in lists if one.route not in INVENTED):
        answer = await scene.get(one.path)
        assert answer.status_code == 200, one
        shown = [name for name in NAMES if name in answer.text]
        # Who stands at the counter was identified by this very officer.
        assert shown == ([PEOPLE[XIAO].name] if one.path == "/desk/counter/person" else []), one

    assert done(scene)[0] == before


@pytest.mark.parametrize("role", OFFICERS)
async def test_what_the_table_opens_does_open(scene: Scene, role: Role) -> None:
    everything = [one for one in tries(scene) if role in one.allowed and one.method == "GET"]
    await scene.sign_in(OFFICERS[role])
    if role in COUNTER:
        await scene.get("/desk/counter")
        await scene.post("/desk/counter/identify", citizen_id_number=XIAO, document="id_card")

    for one in everything:
        answer = await scene.get(one.path)
        # An act that this permit's state or the officer's role does not allow now says so.
        also = {409} if one.route == "GET /desk/permits/{number}/{act}" else set()
        assert answer.status_code in {200, *also}, one
