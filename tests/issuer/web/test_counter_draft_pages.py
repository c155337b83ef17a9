"""An application entered at the counter: one page, kept step by step, handed in once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from issuer.application import Abandoned, Channel, Draft, IdentityDocument, Submitted, Whose
from issuer.eligibility_facts import Basis
from tests.issuer.web.desk_scene import HE, XIAO, Scene, desk_scene, jpeg, pdf

WHOLE = {
    "bases": "stable_housing",
    "commitment": "yes",
    "contact_phone": "13900000000",
    "statement": "",
}
LEASE = [("stable_housing", ("租赁合同.pdf", pdf(), "application/pdf"))]


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def begin(scene: Scene, number: str = HE) -> str:
    """The address of a draft just begun for this person."""
    await scene.sign_in("wang-2")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=number, document="id_card")
    await scene.get("/desk/counter/person")
    answer = await scene.post("/desk/counter/begin", kind="first_permit")
    await scene.follow(answer)
    return str(answer.headers["location"])


def draft_of(scene: Scene, here: str) -> Any:
    return scene.application(here.rsplit("/", 1)[1])


async def test_everything_at_once_ends_in_a_receipt(scene: Scene) -> None:
    here = await begin(scene)
    assert "Document seen: ID card · wang-2" in scene.text

    answer = await scene.post(f"{here}/submit", files=LEASE, **WHOLE)
    await scene.follow(answer)

    number = answer.headers["location"].rsplit("/", 1)[1]
    held = scene.application(number)
    assert isinstance(held.state, Submitted)
    assert held.channel is Channel.COUNTER
    assert held.bases == held.proven == {Basis.STABLE_HOUSING}
    assert held.contact_phone == "13900000000"
    assert [(s.whose, s.document) for s in held.seen] == [
        (Whose.APPLICANT, IdentityDocument.ID_CARD)
    ]
    assert number.startswith("SQ330302")
    assert "To be decided by" in scene.text
    with scene.storage.reading() as register:
        entry = next(e for e in register.audit("330302") if e.permit_number == number)
    assert (entry.act, entry.actor) == ("apply", "wang-2")

    # Sent once more, by a reload or a second click, it is the same application.
    again = await scene.get(here)
    assert again.headers["location"] == f"/desk/counter/receipts/{number}"


async def test_what_was_right_is_kept_and_what_was_typed_stands_there_again(scene: Scene) -> None:
    here = await begin(scene)

    answer = await scene.post(f"{here}/submit", files=LEASE, **{**WHOLE, "contact_phone": "12345"})

    assert answer.status_code == 400
    assert "mobile" in scene.text
    assert scene.value("contact_phone") == "12345"
    held = draft_of(scene, here)
    assert isinstance(held.state, Draft)
    assert held.bases == {Basis.STABLE_HOUSING}
    assert held.commitment is not None


async def test_nothing_is_handed_in_without_the_commitment(scene: Scene) -> None:
    here = await begin(scene)

    answer = await scene.post(f"{here}/submit", bases="stable_housing")

    assert answer.status_code == 409
    assert "commitment" in scene.text
    assert isinstance(draft_of(scene, here).state, Draft)


async def test_a_file_that_is_not_taken_is_named(scene: Scene) -> None:
    here = await begin(scene)
    files = [("stable_housing", ("说明.txt", b"hello", "text/plain"))]

    answer = await scene.post(f"{here}/save", files=files, **WHOLE)

    assert answer.status_code == 400
    assert "neither PDF nor JPEG nor PNG" in scene.text
    assert "This file was not taken: 说明.txt" in scene.text


async def test_a_page_older_than_the_draft_overwrites_nothing(scene: Scene) -> None:
    here = await begin(scene)
    stale = scene.hidden("revision")
    await scene.follow(await scene.post(f"{here}/save", **WHOLE))
    assert "Saved." in scene.text

    answer = await scene.post(
        f"{here}/save", **{**WHOLE, "bases": "stable_employment", "revision": stale}
    )

    assert answer.status_code == 409
    assert draft_of(scene, here).bases == {Basis.STABLE_HOUSING}


async def test_for_a_child_a_guardian_applies_with_both_documents_seen(scene: Scene) -> None:
    here = await begin(scene, XIAO)
    assert "The applicant is under 16" in scene.text
    guardian = {
        "guardian_name": "满示范",
        "guardian_number": "33010019900101001X",
        "guardian_relation": "near_relative",
    }

    unseen = await scene.post(f"{here}/submit", **WHOLE, **guardian)
    assert unseen.status_code == 409
    assert scene.value("guardian_name") == "满示范"

    answer = await scene.post(
        f"{here}/submit",
        files=[("guardian", ("代办人.jpg", jpeg(), "image/jpeg"))],
        **WHOLE,
        **guardian,
        guardian_document="id_card",
    )
    number = answer.headers["location"].rsplit("/", 1)[1]
    held = scene.application(number)
    assert held.guardian is not None
    assert held.guardian.name == "满示范"
    assert {seen.whose for seen in held.seen} == set(Whose)
    assert [given.whose for given in held.materials] == [Whose.GUARDIAN]


async def test_a_document_is_taken_out_again(scene: Scene) -> None:
    here = await begin(scene)
    await scene.follow(await scene.post(f"{here}/save", files=LEASE, **WHOLE))
    assert "租赁合同.pdf" in scene.text
    digest = draft_of(scene, here).materials[0].sha256

    await scene.follow(await scene.post(f"{here}/save", remove=digest, **WHOLE))

    assert draft_of(scene, here).materials == ()


async def test_a_draft_is_given_up_after_a_question(scene: Scene) -> None:
    here = await begin(scene)
    await scene.get(f"{here}/abandon")
    assert "What was filled in is gone" in scene.text

    await scene.follow(await scene.post(f"{here}/abandon"))

    assert isinstance(draft_of(scene, here).state, Abandoned)


async def test_an_address_opens_nobodys_draft(scene: Scene) -> None:
    here = await begin(scene)

    # Another officer has not seen the document of this person.
    await scene.sign_in("li-3")
    await scene.follow(await scene.get(here))
    assert "Begin with the person's document" in scene.text

    # And whoever serves somebody else does not either.
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=XIAO)
    assert (await scene.get(here)).status_code == 404


async def test_another_county_goes_on_with_no_draft_of_this_one(scene: Scene) -> None:
    here = await begin(scene)
    await scene.sign_in("wang-2", "330326")
    await scene.get("/desk/counter")
    await scene.post("/desk/counter/identify", citizen_id_number=HE)

    assert (await scene.get(here)).status_code == 403
    await scene.get("/desk/counter/person")
    assert (await scene.post(f"{here}/save", once="other-county", **WHOLE)).status_code == 403
