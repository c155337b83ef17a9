"""From the resident's phone to the officers' desk and back, in a real browser.

Each story is told by clicking through pages; the pictures stay in ``var/pages/``.
"""

from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image

OUHAI = "330304"
AYIYANG, OLD_ZHENG, MO, CHILD = (
    "650000198801030013",
    "330000194802110012",
    "450000198604040012",
    "340000201506010003",
)


def photograph(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (1200, 1600), colour).save(target, "JPEG")
    return target.getvalue()


def paper() -> bytes:
    """A document of one page, as a scanner in an office makes it."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


async def looked_at_before(_: object, __: str) -> None:
    """The first story has looked at these pages."""


async def apply(
    phone: Any, seen: Any, number: str, files: dict[str, tuple[str, str, bytes]], name: str
) -> str:
    """The whole form for a first permit, from the identity check to the receipt's number."""
    await phone.go("/apply")
    await phone.page.fill("[name=citizen_id_number]", number)
    await seen(phone.page, f"{name}-1-identity")
    await phone.on()
    await phone.on()
    await phone.page.select_option("#city", "330300")
    await phone.page.select_option("#county", OUHAI)
    await seen(phone.page, f"{name}-2-county")
    await phone.on()
    await phone.page.check("input[value=stable_housing]")
    await seen(phone.page, f"{name}-3-ground")
    await phone.on()
    await phone.page.check("#commitment")
    await seen(phone.page, f"{name}-4-commitment")
    await phone.on()
    await phone.page.fill("#contact_phone", "13800000000")
    await seen(phone.page, f"{name}-5-form")
    await phone.on()
    for file_name, kind, data in files.values():
        await phone.hand_in("#stable_housing", file_name, kind, data)
        await phone.page.get_by_text(file_name).first.wait_for()
    await seen(phone.page, f"{name}-6-documents")
    await phone.press("继续")
    await seen(phone.page, f"{name}-7-check")
    await phone.on()
    await phone.page.wait_for_url("**/receipt")
    await seen(phone.page, f"{name}-8-receipt")
    return str(phone.place.split("/")[2])


async def grant(desk: Any, number: str) -> None:
    await desk.go(f"/desk/applications/{number}/grant")
    await desk.press("Grant the application")


async def offered(phone: Any, seen: Any, permit: str) -> dict[str, str]:
    """An offer for the wallet, after an identity check that is still fresh or made anew."""
    await phone.go(f"/progress/permits/{permit}/wallet")
    if "sign-in" in phone.place:
        await phone.page.fill("[name=citizen_id_number]", AYIYANG)
        await phone.on()
    await phone.on()
    await seen(phone.page, "offer")
    return {
        "uri": str(await phone.page.locator("#offer-link").text_content()).strip(),
        "tx_code": str(await phone.page.locator("#tx-code").text_content()).strip(),
    }


async def test_from_the_phone_to_the_wallet(town: Any, people: Any, seen: Any) -> None:
    phone = await people.phone()
    files = {
        "lease": ("租赁合同.jpg", "image/jpeg", photograph("#fdf6e3")),
        "proof": ("房产证.pdf", "application/pdf", paper()),
    }
    number = await apply(phone, seen, AYIYANG, files, "apply")

    desk = await people.officer("zhou-1", "approver")
    await seen(desk.page, "desk-start")
    await desk.go("/desk/applications")
    assert "阿依样·示例江" in await desk.read()
    await seen(desk.page, "desk-queue")
    await desk.go(f"/desk/applications/{number}")
    assert "租赁合同.jpg" in await desk.read()
    await seen(desk.page, "desk-application")
    await desk.go(f"/desk/applications/{number}/grant")
    await seen(desk.page, "desk-grant")
    await desk.press("Grant the application")

    assert await town.text_messages("13800000000")
    await phone.go(f"/progress/{number}")
    await seen(phone.page, "progress-granted")
    await phone.page.locator("a[href^='/progress/permits/']").first.click()
    await seen(phone.page, "permit")
    permit = phone.place.split("/")[3]
    offer = await offered(phone, seen, permit)
    await desk.go(f"/desk/permits/{permit}")
    await seen(desk.page, "desk-permit")

    wallet, client = town.stage.urls["holder_sim"], town.stage.client
    face = {"sample": "match", "purpose": "collect"}
    assert client.post(f"{wallet}/face-checks", json=face).is_success
    taken = client.post(f"{wallet}/offers", json=offer)
    assert taken.status_code == 200, taken.text


async def test_a_supplement_is_asked_for_once_and_brought(
    town: Any, people: Any, seen: Any
) -> None:
    phone = await people.phone()
    number = await apply(phone, looked_at_before, OLD_ZHENG, {}, "")

    desk = await people.officer("zhou-2", "registrar", "approver")
    await desk.go(f"/desk/applications/{number}/supplement")
    await desk.page.fill("[name=wanted]", "租赁合同\n房东的证明")
    await seen(desk.page, "desk-supplement")
    await desk.press("Ask for these")
    assert await town.text_messages("补充")

    await phone.go(f"/progress/{number}")
    assert "房东的证明" in await phone.read()
    await phone.hand_in("#stable_housing", "合同.jpg", "image/jpeg", photograph("#eef"))
    await seen(phone.page, "progress-supplement")
    await phone.on()
    await phone.go(f"/progress/{number}")
    assert "合同.jpg" in await phone.read()

    await grant(desk, number)
    await phone.go(f"/progress/{number}")
    assert await phone.page.locator("a[href^='/progress/permits/']").count() > 0


async def test_a_refusal_names_each_ground(town: Any, people: Any, seen: Any) -> None:
    phone = await people.phone()
    number = await apply(phone, looked_at_before, MO, {}, "")

    desk = await people.officer("zhou-3", "approver")
    await desk.go(f"/desk/applications/{number}/grant")
    assert await desk.page.get_by_role("button", name="Grant the application").count() == 0
    await desk.go(f"/desk/applications/{number}/refuse")
    await seen(desk.page, "desk-refuse")
    await desk.page.fill("[name=reason]", "居住未满半年，没有证明材料")
    await desk.press("Refuse the application")

    await phone.go(f"/progress/{number}")
    told = await phone.read()
    await seen(phone.page, "progress-refused")
    assert "满半年" in told
    assert "缺少所依据条件的证明材料" in told


async def enter(desk: Any, seen: Any) -> str:
    """An application for a child, with a guardian at the counter; its receipt's number."""
    await desk.go("/desk/counter")
    await seen(desk.page, "counter")
    await desk.page.fill("[name=citizen_id_number]", CHILD)
    await desk.press("Identify")
    await seen(desk.page, "counter-person")
    await desk.page.locator("button[name=kind]").first.click()
    await desk.page.wait_for_load_state()
    await desk.page.check("input[value=continuous_schooling]")
    await desk.hand_in(
        "input[type=file][name=continuous_schooling]", "学籍.pdf", "application/pdf", paper()
    )
    await desk.page.check("#commitment")
    await desk.page.fill("#guardian_name", "满示范")
    await desk.page.fill("#guardian_number", "340000198506170029")
    await desk.page.select_option("#guardian_document", "id_card")
    await seen(desk.page, "counter-draft")
    await desk.press("Hand it in")
    await seen(desk.page, "counter-receipt")
    return str(desk.place.rsplit("/", 1)[1])


async def test_at_the_counter_a_child_gets_paper_that_the_verifier_accepts(
    town: Any, people: Any, seen: Any
) -> None:
    desk = await people.officer("zhou-4", "registrar", "approver")
    number = await enter(desk, seen)
    await grant(desk, number)
    await desk.go(f"/desk/applications/{number}")
    permit_link = desk.page.locator("a[href^='/desk/permits/']").first
    permit = str(await permit_link.get_attribute("href")).rsplit("/", 1)[1]
    await desk.go(f"/desk/permits/{permit}/slip")
    await desk.page.check("input[value=household_register]")
    await seen(desk.page, "counter-slip")
    page = pypdfium2.PdfDocument(await desk.printed())[0]
    target = BytesIO()
    page.render(scale=300 / 72).to_pil().save(target, "PNG")

    answer = town.stage.client.post(
        town.stage.urls["verifier"] + "/checks",
        params={"county": OUHAI, "item": "identity_look"},
        content=target.getvalue(),
        headers={"content-type": "image/png"},
    )
    assert answer.json()["verdict"] == "accepted", answer.text
