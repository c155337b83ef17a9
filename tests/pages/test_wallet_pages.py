"""The wallet in a phone's browser, with a real issuer and a real counter behind it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect

from holder_sim.stage import Stage
from holder_sim.web.wallet_static import SHELL

COUNTY, ITEM = "330302", "identity_look"
NAME, TAIL = "林样例", "000X"
PASS = "[data-gate-pass]"


@pytest.fixture(scope="module")
def wallet(page_stage: Stage) -> Stage:
    """Issuer, verifier and wallet running, with a permit granted and not yet taken."""
    for service in ("issuer", "verifier", "holder_sim"):
        page_stage.start(service)
    return page_stage


@pytest.fixture(scope="module")
def offer(wallet: Stage) -> dict[str, str]:
    """Link and transaction code of a fresh offer, and the permit's number."""
    granted = wallet.command("issuer", "demo-data", "--county", COUNTY)
    number = granted.split()[0]
    told = wallet.command("issuer", "offer", number)
    link = re.search(r"openid-credential-offer://\S+", told)
    code = re.search(r"transaction code\s+(\d+)", told)
    assert link is not None
    assert code is not None
    return {"number": number, "link": link.group(), "code": code.group(1)}


@pytest.fixture
async def phone(screens: Any, phone_options: dict[str, Any], wallet: Stage) -> Page:
    lock(wallet)
    page: Page = await screens(**phone_options, base_url=wallet.urls["holder_sim"])
    return page


def lock(wallet: Stage) -> None:
    """As if the phone was put away: each test passes its own checks."""
    wallet.client.post(wallet.urls["holder_sim"] + "/locks").raise_for_status()


async def open_gate(page: Page) -> None:
    await page.click(PASS)
    await expect(page.locator("[data-inside]")).to_be_visible()


async def code_on(page: Page, tmp_path: Path) -> str:
    """What a scanner reads off the screen."""
    picture = tmp_path / "screen.png"
    await page.screenshot(path=picture)
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    return str(code.text)


async def test_a_permit_is_found_by_search_and_added(
    phone: Page, seen: Any, offer: dict[str, str], wallet: Stage
) -> None:
    await phone.goto("/")
    await expect(phone.get_by_text("卡包里还没有证照")).to_be_visible()
    await seen(phone, "wallet-01-empty")

    await phone.get_by_role("link", name=re.compile("添加证照")).click()
    await phone.fill("#query", "护照")
    await expect(phone.locator("[data-nothing]")).to_contain_text("居住证")
    await phone.fill("#query", "居住证")
    await seen(phone, "wallet-02-search")
    await phone.get_by_role("link", name=re.compile("居住证")).click()

    await expect(phone.get_by_text("模拟核验")).to_be_visible()
    await expect(phone.locator(".gate__other")).to_contain_text("居住证确认单")
    await seen(phone, "wallet-03-identity-check")
    await open_gate(phone)
    await phone.fill("#link", offer["link"])
    await phone.fill("#tx-code", "000000" if offer["code"] != "000000" else "000001")
    await phone.get_by_role("button", name="放入卡包").click()
    await expect(phone.locator("[data-problem]")).to_contain_text("交易码")
    await seen(phone, "wallet-04-wrong-code")

    await phone.fill("#tx-code", offer["code"])
    await phone.get_by_role("button", name="放入卡包").click()
    await expect(phone.get_by_text("添加成功")).to_be_visible()
    await seen(phone, "wallet-05-added")
    await phone.goto("/")
    await expect(phone.locator(".cover")).to_be_visible()
    await seen(phone, "wallet-05-pack")
    await phone.locator(".cover").click()
    await expect(phone.locator("[data-gate]")).to_be_visible()
    await expect(phone.locator(".card")).to_have_count(0)


async def test_the_other_way_to_add_a_permit_leads_to_the_same_check(phone: Page) -> None:
    await phone.goto("/mine")
    for name in ("我的证照", "更多", "居住证"):
        await phone.get_by_role("link", name=re.compile(f"^{name}")).click()
    await expect(phone).to_have_url(re.compile("/add/residence-permit$"))
    await expect(phone.locator("[data-gate=collect]")).to_be_visible()
    await expect(phone.locator("#link")).not_to_be_visible()


async def test_the_card_lives_and_dies_with_the_lock(phone: Page, seen: Any) -> None:
    await phone.goto("/permit")
    await phone.get_by_role("button", name=re.compile("假装")).click()
    await expect(phone.locator("[data-gate-problem]")).to_contain_text("不是持证人本人")
    await seen(phone, "wallet-06-face-failed")
    await open_gate(phone)
    card = phone.locator(".card")
    await expect(card.locator("[data-name]")).to_have_text(NAME)
    await expect(card.locator("[data-number]")).to_have_text(re.compile(r"^\d{3}\*{11}" + TAIL))
    await expect(card.locator("img")).to_have_js_property("complete", True)
    before = await card.locator("[data-clock]").inner_text()
    await seen(phone, "wallet-07-card")
    await expect(card.locator("[data-clock]")).not_to_have_text(before)

    await phone.get_by_role("button", name="显示完整号码").click()
    await expect(card.locator("[data-number]")).not_to_contain_text("*")
    await phone.get_by_role("button", name="立即锁定").click()

    await expect(phone.locator("[data-gate]")).to_be_visible()
    for personal in (NAME, TAIL, "示范"):
        assert personal not in await phone.content()


async def test_a_shown_code_is_taken_by_a_counter_and_renewed(
    phone: Page, seen: Any, wallet: Stage, tmp_path: Path
) -> None:
    await phone.clock.install()
    await phone.goto("/permit/code")
    await open_gate(phone)
    await expect(phone.locator("[data-paper] svg")).to_be_visible()
    await seen(phone, "wallet-08-code")

    first = await code_on(phone, tmp_path)
    assert await verdict_on(wallet, first) == "accepted"
    drawn = await phone.locator("[data-paper] path").get_attribute("d")
    assert drawn is not None
    await phone.clock.run_for(31_000)
    await expect(phone.locator("[data-paper] path")).not_to_have_attribute("d", drawn)
    second = await code_on(phone, tmp_path)
    assert second != first
    assert await verdict_on(wallet, second) == "accepted"

    await phone.clock.run_for(60_000)
    await expect(phone.locator("[data-gate]")).to_be_visible()
    await expect(phone.locator("[data-paper] svg")).to_have_count(0)


async def verdict_on(wallet: Stage, code: str) -> str:
    response = wallet.client.post(
        wallet.urls["verifier"] + "/checks",
        params={"county": COUNTY, "item": ITEM},
        content=code,
        headers={"content-type": "text/plain"},
    )
    verdict: str = response.json()["verdict"]
    return verdict


async def test_what_is_shown_is_chosen(phone: Page, seen: Any) -> None:
    await phone.goto("/permit/code")
    await open_gate(phone)
    await phone.get_by_text("窗口可见").click()
    await phone.get_by_label("居住地住址").check()
    await seen(phone, "wallet-09-choose")
    await phone.click("[data-choose]")
    await expect(phone.locator("[data-chosen]")).to_have_text("姓名、身份号码后四位、居住地住址")
    await expect(phone.locator("[data-paper] svg")).to_be_visible()
    await phone.get_by_text("窗口可见").click()
    for box in await phone.locator("input[name=claim]").all():
        await box.uncheck()
    await phone.click("[data-choose]")
    await expect(phone.locator("[data-problem]")).to_have_text("请至少选择一项。")
    await expect(phone.locator("[data-paper] svg")).to_have_count(0)


@pytest.mark.parametrize("agreed", [True, False], ids=["allowed", "refused"])
async def test_a_counter_is_answered_as_its_holder_decides(
    phone: Page, seen: Any, wallet: Stage, agreed: bool
) -> None:
    asked = wallet.client.post(
        wallet.urls["verifier"] + "/requests", json={"county": COUNTY, "item": ITEM}
    ).json()
    await phone.goto("/request#" + asked["authorization_url"])
    await open_gate(phone)
    await expect(phone.locator("[data-rows]")).to_contain_text(NAME)
    assert "openid4vp" not in phone.url
    await seen(phone, "wallet-10-consent")
    await phone.get_by_role("button", name="同意并发送" if agreed else "拒绝").click()
    await expect(phone.locator("[data-done-words]")).to_contain_text("已发送" if agreed else "拒绝")
    await seen(phone, f"wallet-11-{'sent' if agreed else 'refused'}")

    result = wallet.client.get(
        f"{wallet.urls['verifier']}/requests/{asked['id']}",
        headers={"authorization": f"Bearer {asked['transaction_id']}"},
    ).json()
    assert result["state"] == ("answered" if agreed else "declined")


async def test_a_request_is_read_from_a_picture(
    phone: Page, seen: Any, wallet: Stage, tmp_path: Path, qr_file: Callable[[str], Path]
) -> None:
    await phone.goto("/request")
    await phone.set_input_files("#picture", qr_file("https://pay.example/1"))
    await expect(phone.locator("[data-link-problem]")).to_contain_text("不是给卡包用的")
    await seen(phone, "wallet-12-foreign-code")
    asked = wallet.client.post(
        wallet.urls["verifier"] + "/requests", json={"county": COUNTY, "item": ITEM}
    ).json()
    await phone.set_input_files("#picture", qr_file(asked["authorization_url"]))
    await open_gate(phone)
    await expect(phone.locator("[data-rows]")).to_contain_text(NAME)


@pytest.fixture
def qr_file(tmp_path: Path) -> Callable[[str], Path]:
    """A file with the code of any text."""
    import qrcode

    def made(text: str) -> Path:
        path = tmp_path / "code.png"
        with path.open("wb") as file:
            qrcode.make(text).save(file)
        return path

    return made


async def test_the_history_says_what_was_shown_to_whom(phone: Page, seen: Any) -> None:
    await phone.goto("/mine")
    await seen(phone, "wallet-13-mine")
    await phone.get_by_role("link", name=re.compile("出示记录")).click()
    await open_gate(phone)
    await expect(phone.locator(".history__entry--sent")).to_have_count(1)
    await expect(phone.locator(".history__entry--declined")).to_have_count(1)
    await expect(phone.locator(".history__entry--code").first).to_contain_text("姓名")
    assert NAME not in await phone.content()
    await seen(phone, "wallet-14-history")
    await phone.goto("/lost")
    await expect(phone.locator(".authorities li")).to_have_count(2)
    await seen(phone, "wallet-19-lost")


async def test_without_network_to_the_issuer_the_code_is_shown(
    phone: Page, wallet: Stage, tmp_path: Path
) -> None:
    wallet.stop("issuer")
    try:
        await phone.goto("/permit")
        await open_gate(phone)
        await expect(phone.locator("[data-renew-said]")).to_contain_text("现有副本仍可使用")
        await phone.get_by_role("link", name="出示二维码").first.click()
        await open_gate(phone)
        await expect(phone.locator("[data-paper] svg")).to_be_visible()
        assert (await code_on(phone, tmp_path)).startswith("ZJ1:")
    finally:
        wallet.start("issuer")


async def test_the_shell_is_there_when_even_the_wallet_is_down(
    phone: Page, seen: Any, wallet: Stage
) -> None:
    await phone.goto("/")
    await phone.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    wallet.stop("holder_sim")
    try:
        await phone.goto("/permit/code")
        await expect(phone.locator("[data-gate-problem]")).to_contain_text("没有响应")
        await seen(phone, "wallet-15-service-down")
    finally:
        wallet.start("holder_sim")


async def test_nothing_personal_is_left_in_the_browser(phone: Page) -> None:
    await phone.goto("/permit")
    await open_gate(phone)
    await expect(phone.locator(".card [data-name]")).to_have_text(NAME)
    kept = await phone.evaluate(
        """async () => {
          const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
          const urls = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const key of await cache.keys()) {
              urls.push(key.url);
              texts.push(await (await cache.match(key)).text());
            }
          }
          return { urls, text: texts.join("\\n") };
        }"""
    )
    assert NAME not in kept["text"]
    assert TAIL not in kept["text"]
    assert kept["urls"]
    assert [url for url in kept["urls"] if "/api/" in url or url.endswith("/cards")] == []


async def test_paper_shows_nothing_of_the_permit(phone: Page) -> None:
    await phone.goto("/permit")
    await open_gate(phone)
    await expect(phone.locator(".card")).to_be_visible()
    await phone.emulate_media(media="print")
    await expect(phone.locator(".card")).not_to_be_visible()
    await expect(phone.locator(".paper-only")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_desk_in_english_with_the_keyboard_alone(
    screens: Any, desk_options: dict[str, Any], wallet: Stage, seen: Any, scheme: str
) -> None:
    page: Page = await screens(
        **desk_options, base_url=wallet.urls["holder_sim"], color_scheme=scheme
    )
    lock(wallet)
    await page.goto("/permit")
    await page.focus(PASS)
    await page.keyboard.press("Enter")
    await expect(page.locator(".card [data-name]")).to_have_text(NAME)
    await expect(page.locator(".band")).to_contain_text("Usable through")
    await seen(page, f"wallet-16-desk-{scheme}")
    await page.goto("/permit/code")
    await page.focus(PASS)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-paper] svg")).to_be_visible()
    await seen(page, f"wallet-17-desk-code-{scheme}")


@pytest.mark.parametrize("width", [360, 1920])
async def test_no_page_is_wider_than_the_screen(screens: Any, wallet: Stage, width: int) -> None:
    page: Page = await screens(
        viewport={"width": width, "height": 800},
        locale="en-GB",
        base_url=wallet.urls["holder_sim"],
    )
    wide = []
    for path in SHELL:
        lock(wallet)
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        too_wide = "document.documentElement.scrollWidth > window.innerWidth"
        wide += [path] if await page.evaluate(too_wide) else []
    assert wide == []


async def test_still_for_who_wants_no_motion(
    screens: Any, phone_options: dict[str, Any], wallet: Stage
) -> None:
    page: Page = await screens(
        **phone_options, base_url=wallet.urls["holder_sim"], reduced_motion="reduce"
    )
    lock(wallet)
    await page.goto("/permit")
    await open_gate(page)
    await expect(page.locator(".card__wave").first).to_have_css("animation-name", "none")


async def test_the_card_says_what_is_to_be_done_about_the_endorsement(
    phone: Page, seen: Any, wallet: Stage, offer: dict[str, str]
) -> None:
    told = wallet.command("issuer", "show", offer["number"])
    through = re.search(r"usable through\s+(\d{4}-\d\d-\d\d)", told)
    assert through is not None
    left = date.fromisoformat(through.group(1)) - date.today()  # noqa: DTZ011 - days suffice
    keys = str(wallet.directory / "keys")
    try:
        for ahead, words, name in (
            (left - timedelta(days=12), "可以签注", "endorsable"),
            (left + timedelta(days=5), "补办签注后恢复", "lapsed"),
        ):
            wallet.move_clock(ahead)
            clock = str(wallet.clock_file)
            wallet.command("keys", "trust-list", "--directory", keys, "--clock-file", clock)
            await phone.goto("/permit")
            await open_gate(phone)
            await expect(phone.locator(".band")).to_contain_text(words)
            await expect(phone.locator("[data-endorse] [data-portal]")).to_be_visible()
            await seen(phone, f"wallet-18-{name}")
            await phone.get_by_role("button", name="立即锁定").click()
    finally:
        wallet.move_clock(timedelta(0))


async def test_a_device_is_cleared_after_a_confirmation(
    phone: Page, seen: Any, wallet: Stage
) -> None:
    await phone.goto("/lost")
    await expect(phone.get_by_text("12345")).to_be_visible()
    await phone.get_by_role("button", name="全部删除").click()
    await expect(phone.locator("[data-removed]")).not_to_be_visible()
    await phone.get_by_label(re.compile("我要")).check()
    await phone.get_by_role("button", name="全部删除").click()
    await expect(phone.locator("[data-removed]")).to_be_visible()

    assert not (wallet.directory / "wallet" / "vault.sealed").exists()
    await phone.goto("/permit")
    await open_gate(phone)
    await expect(phone.get_by_text("本机没有居住证")).to_be_visible()
