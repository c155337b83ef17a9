"""Officers in front of the desk: passkeys, the keyboard alone, the dark, paper, no scripts."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from holder_sim.stage import Stage, free_ports

OUHAI = "330304"


@pytest.fixture(scope="module")
def named_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An issuer under a name: passkeys belong to names, not to numbers."""
    with closing(Stage(tmp_path_factory.mktemp("named"), free_ports())) as stage:
        stage.urls["issuer"] = stage.urls["issuer"].replace("127.0.0.1", "localhost")
        stage.environ["ISSUER_BASE_URL"] = stage.urls["issuer"]
        stage.make_keys((OUHAI,))
        stage.start("issuer")
        yield stage


async def test_a_passkey_is_enrolled_and_then_asked_for(
    named_town: Stage, screens: Any, desk_options: Any, new_desk: Any, seen: Any
) -> None:
    page = await screens(**desk_options)
    devices = await page.context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    desk = await new_desk(page, named_town, f"feng-1@{OUHAI}", "approver")

    await desk.go("/desk/passkeys")
    await page.fill("[name=name]", "office computer")
    await page.fill("[name=password]", desk.password)
    await desk.press("Go on")
    await desk.press("Make the passkey")
    await page.get_by_text("The passkey is enrolled.").wait_for()
    await seen(page, "desk-passkeys")

    await desk.press("Sign out")
    await desk.go("/desk/sign-in")
    await page.fill("[name=officer_id]", f"feng-1@{OUHAI}")
    await page.fill("[name=password]", desk.password)
    await desk.press("Sign in")
    await page.get_by_role("heading", name="Show your passkey").wait_for()
    await seen(page, "desk-second-factor")
    await desk.go("/desk/applications")
    assert "second-factor" in page.url or "sign-in" in page.url
    await desk.go("/desk/second-factor")
    await desk.press("Use the passkey")
    await page.wait_for_url("**/desk")
    await desk.go("/desk/applications")
    assert desk.place == "/desk/applications"


async def test_the_queue_is_reached_with_the_keyboard_alone(people: Any) -> None:
    desk = await people.officer("gao-1", "approver")
    await desk.go("/desk")

    await desk.page.keyboard.press("Tab")
    assert await desk.page.evaluate("document.activeElement.className") == "skip-link"
    for _ in range(20):
        await desk.page.keyboard.press("Tab")
        if "/desk/applications" in str(
            await desk.page.evaluate("document.activeElement.getAttribute('href')")
        ):
            break
    outline = await desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await desk.page.keyboard.press("Enter")
    await desk.page.wait_for_url("**/desk/applications*")

    assert outline != "none"


async def test_pages_are_made_for_the_dark_and_for_paper(people: Any, seen: Any) -> None:
    desk = await people.officer("gao-2", "approver", color_scheme="dark")
    for path, name in (("/desk", "start"), ("/desk/applications", "queue")):
        await desk.go(path)
        await seen(desk.page, f"dark-{name}")
    await desk.page.emulate_media(media="print")

    assert not await desk.page.locator("nav").first.is_visible()
    await desk.page.screenshot(path=seen.folder / "print-queue.png", full_page=True)


async def test_an_application_can_be_begun_without_scripts(people: Any) -> None:
    phone = await people.phone(java_script_enabled=False)
    await phone.go("/apply")
    await phone.page.fill("[name=citizen_id_number]", "360000200709200017")
    await phone.on()
    await phone.on()
    await phone.page.select_option("#county", OUHAI)
    await phone.on()

    assert phone.place.endswith("/ground")


async def test_the_other_language_is_one_press_away(people: Any) -> None:
    phone = await people.phone()
    await phone.go("/")
    chinese = await phone.read()
    await phone.press("English")

    assert "Apply" in await phone.read()
    assert "申请" in chinese
    assert await phone.page.get_attribute("html", "lang") == "en"
