"""One application beside its documents: for its county, each look written down."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.web.desk_application_view import DOCUMENT_POLICY, PICTURE_POLICY
from tests.issuer.web.desk_scene import Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


async def test_the_record_shows_person_findings_documents_and_history(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    number = scene.numbers.eligible

    answer = await scene.get(f"/desk/applications/{number}")

    assert answer.status_code == 200
    for said in ("郑老样", "330000194802110012", "13800000000", "Overdue", "by law until"):
        assert said in scene.text
    assert "Passed The documents are complete." in scene.text
    assert "照片.jpg" in scene.text
    assert "Application handed in" in scene.text
    assert "Your application was received" in scene.text
    assert scene.acts()[-1] == "look"
    # An auditor reads; there is nothing to press.
    assert not any(link.endswith(("/grant", "/refuse")) for link in scene.links())


async def test_a_ground_that_fails_comes_first_and_keeps_from_granting(scene: Scene) -> None:
    await scene.sign_in("li-3")
    number = scene.numbers.bare

    await scene.get(f"/desk/applications/{number}")

    assert scene.text.index("Failed") < scene.text.index("Passed")
    assert "Grant: A ground fails." in scene.text
    assert f"/desk/applications/{number}/grant" not in scene.links()
    assert f"/desk/applications/{number}/refuse" in scene.links()


async def test_documents_can_be_looked_at_and_do_nothing(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    number = scene.numbers.eligible
    given = scene.application(number).materials

    answers = [
        await scene.get(f"/desk/applications/{number}/documents/{one.sha256}") for one in given
    ]

    assert [answer.headers["content-type"] for answer in answers] == [
        "image/jpeg",
        "application/pdf",
    ]
    for answer, one in zip(answers, given, strict=True):
        assert answer.content.startswith((b"\xff\xd8", b"%PDF-"))
        assert answer.headers["content-security-policy"] == DOCUMENT_POLICY
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("inline; ")
        assert answer.headers["cache-control"] == "no-store"
        assert one.filename not in answer.headers["content-disposition"]
    assert scene.acts()[-2:] == ["look_at_document"] * 2


async def test_a_picture_is_fitted_to_its_frame_by_a_page_that_can_do_nothing(scene: Scene) -> None:
    await scene.sign_in("wang-2")
    number = scene.numbers.eligible
    picture = scene.application(number).materials[0]

    answer = await scene.get(f"/desk/applications/{number}/documents/{picture.sha256}/picture")

    assert answer.headers["content-security-policy"] == PICTURE_POLICY
    assert "data:image/jpeg;base64," in answer.text
    assert "<script" not in answer.text
    assert scene.acts()[-1] == "look_at_document"


@pytest.mark.parametrize("digest", ["0" * 64, "x"], ids=["unknown", "no digest"])
async def test_a_document_that_is_not_there(scene: Scene, digest: str) -> None:
    await scene.sign_in("wang-2")

    answer = await scene.get(f"/desk/applications/{scene.numbers.eligible}/documents/{digest}")

    assert answer.status_code == 404


async def test_another_county_sees_neither_the_record_nor_its_documents(scene: Scene) -> None:
    number = scene.numbers.eligible
    document = scene.application(number).materials[0].sha256
    before = len(scene.acts())
    await scene.sign_in("li-3", "330326")

    for path in ("", f"/documents/{document}", f"/documents/{document}/picture", "/grant"):
        answer = await scene.get(f"/desk/applications/{number}{path}")
        assert answer.status_code == 403, path
        assert "郑老样" not in answer.text
        assert not answer.content.startswith(b"\xff\xd8")
    assert len(scene.acts()) == before


async def test_an_administrator_sees_no_document(scene: Scene) -> None:
    number = scene.numbers.eligible
    document = scene.application(number).materials[0].sha256
    await scene.sign_in("sun-9")

    answer = await scene.get(f"/desk/applications/{number}/documents/{document}")

    assert answer.status_code == 403


async def test_a_number_that_nobody_has(scene: Scene) -> None:
    await scene.sign_in("wang-2")

    assert (await scene.get("/desk/applications/SQ330302202699999990")).status_code == 404


async def test_in_chinese_everything_is(tmp_path: Path, keys_dir: Path) -> None:
    async with desk_scene(tmp_path / "zh", keys_dir, language="zh-CN") as scene:
        await scene.sign_in("li-3")
        await scene.get(f"/desk/applications/{scene.numbers.bare}")

    assert "缺少所依据条件的证明材料" in scene.text
    assert "不予批准" in scene.text
    assert "First permit" not in scene.text
