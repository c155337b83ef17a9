"""Where an application begins, and where its draft ends without being handed in."""

from pathlib import Path

from tests.issuer.web.portal_visitor import LIN, ZHOU, portal, register


async def test_only_kinds_that_fit_are_offered_and_a_made_up_one_begins_nothing(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir) as lin:
        await lin.sign_in(LIN)
        assert 'value="first_permit"' in lin.page
        assert 'value="endorsement"' not in lin.page
        assert "For people who hold a permit" in lin.text
        await lin.post("/apply", kind="anything")
        assert lin.address == "/apply"
        with lin.storage.reading() as held:
            assert held.applications_of(LIN) == []


async def test_what_is_on_its_way_is_shown_and_not_begun_again(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir) as lin:
        register(lin.storage, LIN)
        await lin.sign_in(LIN)
        number = await lin.hand_in()
        await lin.get("/apply")
        assert f"/progress/{number}" in lin.page
        assert "One of this kind is on its way" in lin.text
        answer = await lin.post("/apply", kind="first_permit")

    assert answer.status_code == 409
    assert "application_state" in lin.text


async def test_a_draft_is_given_up_only_after_a_question(tmp_path: Path, keys_dir: Path) -> None:
    async with portal(tmp_path, keys_dir) as lin:
        await lin.sign_in(LIN)
        draft = await lin.begin()
        await lin.get(f"{draft}/abandon")
        assert "Give up this draft?" in lin.text
        await lin.post(f"{draft}/abandon")
        assert lin.address == "/apply"
        assert "The draft was given up" in lin.text
        # Told once.
        await lin.get("/apply")
        assert "The draft was given up" not in lin.text
        assert "Go on with your draft" not in lin.text


async def test_a_receipt_is_for_its_applicant(tmp_path: Path, keys_dir: Path) -> None:
    async with portal(tmp_path, keys_dir) as lin:
        await lin.sign_in(LIN)
        number = await lin.hand_in()
        assert "2 days" in lin.text or "1 day" in lin.text or "hours left" in lin.text
        await lin.post("/sign-out")
        await lin.sign_in(ZHOU)
        answer = await lin.get(f"/apply/{number}/receipt")

    assert answer.status_code == 404
