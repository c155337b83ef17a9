"""The stepped form from the first step to the receipt, and everything that can go wrong."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from issuer.application import Kind
from tests.issuer.web.portal_visitor import (
    LIN,
    XIAO,
    ZHOU,
    Portal,
    picture,
    portal,
    register,
)


@pytest.fixture
async def lin(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as visitor:
        register(visitor.storage, LIN)
        await visitor.sign_in(LIN)
        yield visitor


async def test_step_by_step_to_the_receipt(lin: Portal) -> None:
    draft = await lin.begin()
    assert lin.address == f"{draft}/county"
    assert "Your residence registration" in lin.text
    await lin.post(f"{draft}/county", county="330302")
    assert lin.address == f"{draft}/ground"
    await lin.post(f"{draft}/ground", bases=["stable_employment", "stable_housing"])
    assert lin.address == f"{draft}/notice"
    await lin.post(f"{draft}/notice", commitment="yes")
    assert lin.address == f"{draft}/form"
    await lin.post(f"{draft}/form", contact_phone="138 0013 8000", statement="")
    assert lin.address == f"{draft}/documents"
    files = [
        ("stable_employment", ("contract.png", picture())),
        ("stable_housing", ("lease.png", picture())),
    ]
    await lin.post(f"{draft}/documents", files=files)
    assert lin.address == f"{draft}/check"
    assert "contract.png" in lin.text
    assert "Does not hold" not in lin.text
    await lin.post(f"{draft}/check")

    number = lin.address.split("/")[2]
    assert lin.address == f"/apply/{number}/receipt"
    assert "Decided by" in lin.text
    with lin.storage.reading() as held:
        application = held.application(number)
    assert application.stage == "submitted"
    assert application.contact_phone == "13800138000"
    assert len(application.materials) == 2


async def test_a_form_sent_twice_is_one_application(lin: Portal) -> None:
    draft = await lin.up_to_the_form()
    await lin.get(f"{draft}/check")
    await lin.post(f"{draft}/check")
    first = lin.address
    await lin.get("/apply")
    await lin.post(f"{draft}/check")

    assert lin.address == first
    with lin.storage.reading() as held:
        assert len(held.applications_of(LIN)) == 1


async def test_a_draft_is_gone_on_with_at_the_step_that_is_missing(lin: Portal) -> None:
    draft = await lin.begin()
    await lin.post(f"{draft}/county", county="330302")
    await lin.post("/sign-out")
    await lin.sign_in(LIN)

    assert "Go on with your draft" in lin.text
    await lin.get(draft)
    assert lin.address == f"{draft}/ground"
    # Of a kind that is begun no second draft is offered.
    await lin.get("/apply")
    assert 'value="first_permit"' not in lin.page


async def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(lin: Portal) -> None:
    draft = await lin.up_to_the_form()
    await lin.get(f"{draft}/form")
    old = lin.hidden("revision")
    await lin.post(f"{draft}/form", contact_phone="13800138000", statement="")
    await lin.get(f"{draft}/form")
    answer = await lin.post(f"{draft}/form", contact_phone="13911112222", revision=old)

    assert answer.status_code == 409
    assert "stale_form" in lin.text
    assert 'value="13911112222"' in lin.page
    # The page shown now knows the present revision: the same form goes through.
    await lin.post(f"{draft}/form", contact_phone="13911112222", statement="")
    assert lin.address == f"{draft}/documents"


WRONG: Final = {
    "no county": ("county", {}, "county", "Choose the county"),
    "county of nowhere": ("county", {"county": "990099"}, "county", "990099"),
    "no ground": ("ground", {}, "bases", "Choose at least one"),
    "no commitment": ("notice", {}, "commitment", "commit to it"),
    "no telephone number": ("form", {"contact_phone": "12"}, "contact_phone", "eleven"),
    "half a guardian": ("form", {"guardian_name": "王示范"}, "guardian_number", "citizen number"),
    "wrong check digit": (
        "form",
        {"guardian_name": "王示范", "guardian_number": "330000194802110019"},
        "guardian_number",
        "check",
    ),
}


async def test_what_is_wrong_is_said_at_its_field(lin: Portal) -> None:
    draft = await lin.up_to_the_form()
    for case, (step, fields, field, sentence) in WRONG.items():
        await lin.get(f"{draft}/{step}")
        answer = await lin.post(f"{draft}/{step}", **fields)

        assert (answer.status_code, lin.address) == (400, f"{draft}/{step}"), case
        assert f'href="#{field}"' in lin.page, case
        assert f'id="{field}"' in lin.page, case
        assert sentence in lin.text, case


async def test_a_statement_that_is_too_long_is_not_blamed_on_a_guardian(lin: Portal) -> None:
    draft = await lin.up_to_the_form()
    await lin.post(f"{draft}/form", contact_phone="13800138000", statement="x" * 201)

    assert 'href="#statement"' in lin.page
    assert 'href="#guardian_name"' not in lin.page


async def test_nothing_of_the_form_is_taken_before_the_commitment(lin: Portal) -> None:
    draft = await lin.begin()
    await lin.post(f"{draft}/county", county="330302")
    await lin.post(f"{draft}/ground", bases="stable_housing")
    await lin.get(f"{draft}/form")
    answer = await lin.post(f"{draft}/form", contact_phone="13800138000")

    assert answer.status_code == 409
    assert "draft_incomplete" in lin.text


async def test_a_file_that_is_none_is_refused_by_name_and_the_others_stay(lin: Portal) -> None:
    draft = await lin.up_to_the_form()
    files = [
        ("stable_housing", ("good.png", picture())),
        ("stable_housing", ("bad.pdf", b"hello")),
    ]
    answer = await lin.post(f"{draft}/documents", files=files, stay="stable_housing")

    assert answer.status_code == 415
    assert "File: bad.pdf" in lin.text
    assert "document_type" in lin.text
    await lin.get(f"{draft}/documents")
    assert "good.png" in lin.text
    (digest,) = re.findall(r'name="remove" value="(\w+)"', lin.page)
    await lin.post(f"{draft}/documents", remove=digest)
    assert lin.address == f"{draft}/documents"
    assert "good.png" not in lin.text


async def test_an_exemption_names_its_government(tmp_path: Path, keys_dir: Path) -> None:
    async with portal(tmp_path, keys_dir) as zhou:
        await zhou.sign_in(ZHOU)
        draft = await zhou.up_to_the_form(bases="investor_exempt")
        files = {"investor_exempt": ("determination.png", picture())}
        await zhou.get(f"{draft}/documents")
        refused = await zhou.post(f"{draft}/documents", files=files)
        government = {"government_investor_exempt": "示范市人民政府"}
        taken = await zhou.post(f"{draft}/documents", files=files, **government)

    assert refused.status_code == 400
    assert "Name the government" in refused.text
    assert taken.url.path == f"{draft}/check"
    assert "示范市人民政府" in taken.text


async def test_for_a_child_a_guardian_applies_with_both_documents(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir) as child:
        register(child.storage, XIAO)
        await child.sign_in(XIAO)
        draft = await child.up_to_the_form()
        assert "under 16" in child.text
        guardian = {"guardian_name": "李示范", "guardian_number": "330000194802110012"}
        await child.post(f"{draft}/form", contact_phone="", statement="", **guardian)
        assert "Identity document of who applies for them" in child.text
        lease = {"stable_housing": ("lease.png", picture())}
        await child.post(f"{draft}/documents", files=lease)
        missing = await child.post(f"{draft}/check")
        both = {"applicant": ("child.png", picture()), "guardian": ("guardian.png", picture())}
        await child.post(f"{draft}/documents", files=both)
        await child.post(f"{draft}/check")

    assert missing.status_code == 409
    assert "draft_incomplete" in missing.text
    assert child.address.endswith("/receipt")


async def test_others_drafts_and_steps_that_are_none_do_not_exist(lin: Portal) -> None:
    draft = await lin.begin()
    step = await lin.get(f"{draft}/nothing")
    await lin.post("/sign-out")
    await lin.sign_in(ZHOU)
    answer = await lin.get(draft)
    await lin.get("/apply")
    sent = await lin.post(f"{draft}/county", county="330302")

    assert (step.status_code, answer.status_code, sent.status_code) == (404, 404, 404)
    assert "unknown_application" in answer.text


async def test_steps_of_another_kind_are_not_there(lin: Portal) -> None:
    with lin.storage.reading() as held:
        assert held.permits_of(LIN) == []
    answer = await lin.post("/apply", kind=Kind.REPLACEMENT)

    assert answer.status_code == 409
    assert "permit_ended" in lin.text
