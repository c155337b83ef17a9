"""A real browser in front of a real issuer: phones for residents, a wide screen for officers."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, async_playwright

from holder_sim.stage import SERVICES, Stage, free_ports
from keys.clock import system_clock
from schemas.endorsement_window import day_of

CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PICTURES: Final = Path(__file__).parents[2] / "var" / "pages"
"""Where the pages are kept as they were seen, to be looked at."""
WAIT_TIMES: Final = 120
SERIOUS: Final = frozenset({"serious", "critical"})


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, begun anew for each story: nothing of another one's session is left."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        await started.close()


NewScreen = Callable[..., Any]


@pytest.fixture
async def screens(browser: Browser) -> AsyncIterator[NewScreen]:
    """Opens a page of its own session; what went wrong in any of them fails the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_screen(**options: Any) -> Page:
        context = await browser.new_context(**options)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console", lambda m: faults.append(m.text) if "Content Security" in m.text else None
        )
        page.set_default_timeout(15_000)
        return page

    yield open_screen
    for context in contexts:
        await context.close()
    assert faults == []


@pytest.fixture
def phone_options() -> dict[str, Any]:
    """A small phone held upright, set to Chinese."""
    return {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture
def desk_options() -> dict[str, Any]:
    """An office screen, set to English."""
    return {
        "viewport": {"width": 1280, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture(scope="session")
def page_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Issuer, verifier and wallet as processes, with the keys of two counties."""
    with closing(Stage(tmp_path_factory.mktemp("pages"), free_ports())) as stage:
        stage.make_keys(("330302", "330304"))
        yield stage


OUHAI: Final = "330304"
NEW_PASSWORD: Final = "green tea and rice noodles"
REGISTRATIONS: Final = """\
citizen_id_number,county,address,registered_on
650000198801030013,330304,浙江省温州市瓯海区示范街道示范路2号,2023-08-30
330000194802110012,330304,浙江省温州市瓯海区示范街道示范路7号,2024-11-01
450000198604040012,330304,浙江省温州市瓯海区示范街道示范路8号,{today}
340000201506010003,330304,浙江省温州市瓯海区示范街道示范路6号,2024-02-20
"""
"""Who lives in Ouhai: three for long, one since today."""


class Town:
    """One county with its officers, its residents, and the gateway for text messages."""

    def __init__(self, stage: Stage, sms_file: Path) -> None:
        self.stage = stage
        self.issuer = stage.urls["issuer"]
        self._sms_file = sms_file

    def new_officer(self, name: str, *roles: str) -> str:
        """An account, and the password it begins with."""
        words = [word for role in roles for word in ("--role", role)]
        said = self.stage.command("issuer", "officer", "add", name, "--name", "周示范", *words)
        found = re.search(r"^password +(\S+)$", said, re.MULTILINE)
        assert found, said
        return found[1]

    async def text_messages(self, containing: str) -> list[dict[str, Any]]:
        """Those that say so, once there are any: the outbox is sent every second."""
        for _ in range(WAIT_TIMES):
            if self._sms_file.exists():
                lines = self._sms_file.read_text(encoding="utf-8").splitlines()
                found = [json.loads(line) for line in lines if containing in line]
                if found:
                    return found
            await asyncio.sleep(0.25)
        return []


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Everything is up; a stage of its own, because its wallet takes a permit."""
    folder = tmp_path_factory.mktemp("town")
    with closing(Stage(folder / "stage", free_ports())) as stage:
        stage.make_keys(("330302", OUHAI))
        sms_file = folder / "sms.jsonl"
        stage.environ |= {"ISSUER_SMS_FILE": str(sms_file), "ISSUER_JOBS_EVERY_S": "1"}
        for service in SERVICES:
            stage.start(service)
        rows = folder / "registrations.csv"
        rows.write_text(REGISTRATIONS.format(today=day_of(system_clock())), encoding="utf-8")
        stage.command("issuer", "import-registrations", str(rows))
        yield Town(stage, sms_file)


class Pages:
    """What a person does in front of a page."""

    password = NEW_PASSWORD

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self._base = base

    async def go(self, path: str) -> None:
        await self.page.goto(self._base + path)

    async def on(self) -> None:
        """Press the main button of the page."""
        before = self.page.url
        await self.page.locator("main form button.button--primary").first.click()
        await self.page.wait_for_load_state()
        if self.page.url == before:
            await self.page.wait_for_timeout(150)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()
        await self.page.wait_for_load_state()

    async def follow(self, name: str) -> None:
        await self.page.get_by_role("link", name=name).first.click()
        await self.page.wait_for_load_state()

    async def hand_in(self, field: str, name: str, kind: str, data: bytes) -> None:
        file = FilePayload(name=name, mimeType=kind, buffer=data)
        await self.page.set_input_files(field, file)

    async def printed(self) -> bytes:
        """The document behind the form, which this browser would show instead of giving it."""
        fields = await self.page.evaluate(
            "Object.fromEntries(new FormData(document.querySelector('main form')))"
        )
        answer = await self.page.context.request.post(self.page.url, form=fields)
        assert answer.headers["content-type"] == "application/pdf", await answer.text()
        return await answer.body()

    async def read(self) -> str:
        return await self.page.inner_text("main")

    @property
    def place(self) -> str:
        return self.page.url.removeprefix(self._base)


async def sign_in(desk: Pages, name: str, password: str) -> None:
    """The first sign-in of a new officer, who takes a password of their own."""
    await desk.go("/desk/sign-in")
    await desk.page.fill("[name=officer_id]", name)
    await desk.page.fill("[name=password]", password)
    await desk.press("Sign in")
    await desk.page.wait_for_url("**/desk/password")
    for field, text in (("current", password), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        await desk.page.fill(f"[name={field}]", text)
    await desk.on()


@pytest.fixture
def new_desk() -> Callable[..., Any]:
    """Signs a new officer of any service in, on a page that is open already."""

    async def open_desk(page: Page, stage: Stage, name: str, *roles: str) -> Pages:
        desk = Pages(page, stage.urls["issuer"])
        await sign_in(desk, name, Town(stage, Path()).new_officer(name, *roles))
        return desk

    return open_desk


class People:
    """Who stands in front of the pages of a town."""

    def __init__(
        self, town: Town, screens: NewScreen, phone: dict[str, Any], desk: dict[str, Any]
    ) -> None:
        self._town, self._screens = town, screens
        self._phone, self._desk = phone, desk

    async def phone(self, **options: Any) -> Pages:
        return Pages(await self._screens(**self._phone | options), self._town.issuer)

    async def officer(self, officer_id: str, *roles: str, **options: Any) -> Pages:
        desk = Pages(await self._screens(**self._desk | options), self._town.issuer)
        name = f"{officer_id}@{OUHAI}"
        await sign_in(desk, name, self._town.new_officer(name, *roles))
        return desk


@pytest.fixture
def people(town: Any, screens: Any, phone_options: Any, desk_options: Any) -> People:
    """Opens a resident's phone, or a desk at which an officer of Ouhai has signed in."""
    return People(town, screens, phone_options, desk_options)


Seen = Callable[[Page, str], Any]


@pytest.fixture
def seen() -> Seen:
    """Keeps a page as it looks, and holds it to what people need who cannot see it."""

    async def keep(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        found = await Axe().run(page)
        worst = [
            f"{rule['id']}: {node['html']}"
            for rule in found.response["violations"]
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]
        assert worst == [], name
        # A phone's page that scrolls sideways hides its buttons.
        wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wide, f"{name} is wider than the screen"
        assert not re.search(r"\b(None|undefined|Traceback)\b", await page.inner_text("body")), name

    keep.folder = PICTURES  # type: ignore[attr-defined]
    return keep
