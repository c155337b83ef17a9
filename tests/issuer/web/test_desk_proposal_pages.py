"""Proposals to revoke: seen by the county, decided by another officer, or taken back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuer.officer import Officer, Role
from issuer.permit import Revocation
from issuer.proposal import Proposal, ProposalStage
from issuer.web.desk_proposal_pages import ProposalChoices, choices
from issuer.web.form_once import new_name
from tests.issuer.web.desk_scene import Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_the_list_names_what_waits(scene: Scene) -> None:
    await scene.sign_in("chen-5")

    await scene.get("/desk/proposals")

    assert f"/desk/proposals/{scene.numbers.proposal}" in scene.links()
    assert "核查中" in scene.text


async def test_another_officer_confirms(scene: Scene) -> None:
    await scene.sign_in("chen-5")
    here = f"/desk/proposals/{scene.numbers.proposal}"
    await scene.get(here)
    assert "The permit ends for good." in scene.text

    await scene.follow(await scene.post(f"{here}/confirm"))

    with scene.storage.reading() as register:
        order = register.permit(scene.numbers.proposed).order
    assert isinstance(order, Revocation)
    assert (order.proposed_by, order.confirmed_by) == ("li-3", "chen-5")
    assert "The permit was revoked." in scene.text
    await scene.get("/desk/proposals")
    assert "Nothing waits" in scene.text
    assert "Confirmed" in scene.text


async def test_who_proposed_cannot_confirm_but_take_it_back(scene: Scene) -> None:
    await scene.sign_in("li-3")
    here = f"/desk/proposals/{scene.numbers.proposal}"
    await scene.get(here)
    assert "You proposed this" in scene.text
    assert f"{here}/confirm" not in scene.page

    refused = await scene.post(f"{here}/confirm", reason="x")
    assert refused.status_code == 409
    empty = await scene.post(f"{here}/reject", reason=" ")
    assert empty.status_code == 400
    assert "Give a reason" in scene.text
    await scene.follow(await scene.post(f"{here}/reject", reason="查无实据"))
    assert "Why it was rejected 查无实据" in scene.text
    with scene.storage.reading() as register:
        assert not register.permit(scene.numbers.proposed).ended


async def test_who_comes_second_is_told(scene: Scene) -> None:
    here = f"/desk/proposals/{scene.numbers.proposal}"
    await scene.sign_in("li-3")
    await scene.get(here)
    await scene.post(f"{here}/reject", reason="查无实据")

    await scene.sign_in("chen-5")
    answer = await scene.post(f"{here}/confirm", once=new_name())

    assert answer.status_code == 409
    assert "查无实据" in scene.text


@pytest.mark.parametrize(
    ("officer", "county"),
    [("wang-2", "330302"), ("zhao-7", "330302"), ("chen-5", "330326")],
    ids=["a registrar", "an auditor", "another county"],
)
async def test_who_may_not_decide(scene: Scene, officer: str, county: str) -> None:
    await scene.sign_in(officer, county)
    await scene.get("/desk/permits")  # for the token of its form
    here = f"/desk/proposals/{scene.numbers.proposal}"

    for decision in ("confirm", "reject"):
        answer = await scene.post(f"{here}/{decision}", once=new_name(), reason="x")
        assert answer.status_code == 403
    with scene.storage.reading() as register:
        assert register.proposal(scene.numbers.proposal).open


async def test_another_county_sees_no_proposal(scene: Scene) -> None:
    await scene.sign_in("chen-5", "330326")

    answer = await scene.get(f"/desk/proposals/{scene.numbers.proposal}")

    assert answer.status_code == 403
    await scene.get("/desk/proposals")
    assert scene.numbers.proposal not in scene.page


APPROVER, OTHERS = frozenset({Role.APPROVER}), frozenset({Role.REGISTRAR, Role.AUDITOR})


@pytest.mark.parametrize(
    ("officer", "roles", "stage", "expected"),
    [
        ("chen-5", APPROVER, ProposalStage.OPEN, (True, True, False)),
        ("li-3", APPROVER, ProposalStage.OPEN, (False, False, True)),
        ("chen-5", OTHERS, ProposalStage.OPEN, (False, False, False)),
        ("chen-5", APPROVER, ProposalStage.REJECTED, (False, False, False)),
    ],
    ids=["another approver", "who proposed", "no approver", "decided"],
)
def test_choices(
    officer: str,
    roles: frozenset[Role],
    stage: ProposalStage,
    expected: tuple[bool, bool, bool],
) -> None:
    proposal = Proposal(
        id="TY1",
        county="330302",
        permit_number="ZJ1",
        reason="r",
        legal_basis="b",
        proposed_by="li-3",
        proposed_at=datetime(2026, 11, 23, tzinfo=UTC),
        stage=stage,
    )

    found = choices(proposal, Officer(officer, "330302", roles))

    assert found == ProposalChoices(*expected)
