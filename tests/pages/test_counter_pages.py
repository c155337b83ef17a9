"""The counter in a clerk's browser: every way in, every verdict, and the page ready again."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.util import QRData

from holder_sim.stage import Stage, free_ports

CHROMIUM = "/usr/bin/chromium"
COUNTY, OFFICE = "330302", "鹿城区政务服务中心 12 号窗口"
NAME, TAIL = "林样例", "000X"
LOOK, SCHOOL, LICENCE, LIBRARY = (
    "identity_look",
    "compulsory_education",
    "driving_licence",
    "library_card",
)
WANG, LI, CHEN = "wang-2@330302", "li-3@330302", "chen-5@330302"
WHY = ("--reason", "示范", "--legal-basis", "ZJ Art 17")
WEDGE_MS = 1
RESULT, WORD, TELL = "[data-result]", "[data-word]", "[data-tell]"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def counter_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Issuer, verifier and wallet, with a permit in the wallet and the counter's PIN set."""
    with closing(Stage(tmp_path_factory.mktemp("counter"), free_ports())) as stage:
        stage.make_keys((COUNTY, "330326"))
        for service in ("issuer", "verifier", "holder_sim"):
            stage.start(service)
        stage.pin = pin_of(stage)  # type: ignore[attr-defined]
        stage.permit = stage.command("issuer", "demo-data", "--county", COUNTY).split()[0]  # type: ignore[attr-defined]
        take(stage)
        yield stage


def pin_of(stage: Stage) -> str:
    return stage.command("verifier", "counter-pin", "--generate").split()[-1]


def take(stage: Stage) -> None:
    told = stage.command("issuer", "offer", stage.permit)  # type: ignore[attr-defined]
    link = re.search(r"openid-credential-offer://\S+", told)
    code = re.search(r"transaction code\s+(\d+)", told)
    assert link
    assert code
    face(stage, "collect")
    body = {"uri": link.group(), "tx_code": code.group(1)}
    stage.client.post(stage.urls["holder_sim"] + "/offers", json=body).raise_for_status()


def face(stage: Stage, purpose: str) -> None:
    answer = stage.client.post(
        stage.urls["holder_sim"] + "/face-checks", json={"sample": "match", "purpose": purpose}
    )
    answer.raise_for_status()


def shown(stage: Stage, *claims: str) -> str:
    """A fresh code, as the wallet shows it."""
    face(stage, "present")
    answer = stage.client.post(
        stage.urls["holder_sim"] + "/api/codes",
        json={"claims": claims or ("name", "citizen_id_tail")},
    )
    return str(answer.raise_for_status().json()["text"])


def code_of(text: str, *, pixels: int = 5) -> Image.Image:
    """The picture of a code, grey."""
    drawing = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, box_size=pixels, border=4, image_factory=PilImage
    )
    ours = text.startswith(("ZJ1:", "ZJP1:"))
    drawing.add_data(QRData(text.encode(), mode=2) if ours else text, optimize=0)
    drawing.make()
    file = BytesIO()
    drawing.make_image(image_factory=PilImage).save(file, kind="PNG")
    return Image.open(file).convert("L")


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def file_of(data: bytes, name: str = "code.png", kind: str = "image/png") -> Any:
    return {"name": name, "mimeType": kind, "buffer": data}


async def set_up(page: Page, stage: Stage, office: str = OFFICE, county: str = COUNTY) -> None:
    await page.goto("/counter/setup")
    await page.select_option("#county", county)
    await page.fill("#office", office)
    await page.fill("#pin", stage.pin)  # type: ignore[attr-defined]
    await page.locator("form.sheet button").click()
    await page.wait_for_url("**/counter")


@pytest.fixture
async def clerk(screens: Any, desk_options: dict[str, Any], counter_stage: Stage) -> Page:
    """A counter in English, set up and ready, without a camera."""
    page: Page = await screens(**desk_options, base_url=counter_stage.urls["verifier"])
    await set_up(page, counter_stage)
    return page


async def wedge(page: Page, text: str, *, enter: bool = False) -> None:
    """A desk scanner: a keystroke a millisecond."""
    await page.keyboard.type(text, delay=WEDGE_MS)
    if enter:
        await page.keyboard.press("Enter")


async def scan(page: Page, text: str) -> None:
    """The same by pasting: quicker where the way in does not matter."""
    await page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
        }""",
        text,
    )


async def verdict(page: Page, kind: str, told: str) -> None:
    await expect(page.locator(RESULT)).to_have_class(re.compile(f"result--{kind}$"))
    await expect(page.locator(TELL)).to_contain_text(told)


async def ready(page: Page) -> None:
    """As it was before anybody came."""
    await page.keyboard.press("Escape")
    await expect(page.locator(RESULT)).to_be_hidden()
    await expect(page.locator("[data-ready]")).to_be_visible()


# --- set up once ---------------------------------------------------------------------


async def test_a_counter_is_set_up_once_and_locked(
    screens: Any, desk_options: dict[str, Any], counter_stage: Stage, seen: Any
) -> None:
    page: Page = await screens(**desk_options, base_url=counter_stage.urls["verifier"])
    await page.goto("/")
    await page.wait_for_url("**/counter/setup")
    await seen(page, "counter-01-setup")
    await page.select_option("#county", COUNTY)
    await page.fill("#office", OFFICE)
    await page.fill("#pin", "00000000")
    await page.locator("form.sheet button").click()
    await expect(page.get_by_role("alert")).to_contain_text("not the administrator's PIN")
    assert await page.input_value("#office") == OFFICE
    await seen(page, "counter-02-wrong-pin")
    await page.fill("#pin", counter_stage.pin)  # type: ignore[attr-defined]
    await page.locator("form.sheet button").click()
    await page.wait_for_url("**/counter")
    await expect(page.locator(".top__who")).to_contain_text("Lucheng District, Wenzhou")
    await seen(page, "counter-03-ready")

    kept = [c for c in await page.context.cookies() if c["name"] == "counter-desk"]
    assert [(c["httpOnly"], c["sameSite"], c["path"]) for c in kept] == [
        (True, "Strict", "/counter")
    ]
    again = await page.context.new_page()
    await again.goto("/counter")
    await expect(again.get_by_role("heading", level=1)).to_have_text(OFFICE)


# --- the ways in ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("focus", "enter"),
    [
        ("body", False),
        ("#pasted", True),
        ("button[data-sound]", True),
        ("input[name=item]", False),
    ],
)
async def test_a_desk_scanner_types_wherever_the_focus_is(
    clerk: Page, counter_stage: Stage, focus: str, enter: bool
) -> None:
    await clerk.locator(focus).first.focus()
    await wedge(clerk, shown(counter_stage), enter=enter)

    await verdict(clerk, "accepted", "The permit is good")
    await expect(clerk.locator("[data-claims]")).to_contain_text(NAME)
    assert await clerk.input_value("#pasted") == ""
    assert await clerk.get_attribute("[data-sound]", "aria-pressed") == "true"
    assert await clerk.locator("input[name=item]").first.is_checked()
    await ready(clerk)


async def test_a_result_says_all_and_goes_by_itself(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    await clerk.clock.install()
    await scan(clerk, shown(counter_stage))
    await clerk.clock.run_for(500)
    await verdict(clerk, "accepted", "See that it is this person's")
    await expect(clerk.locator(WORD)).to_have_text("Accepted")
    await expect(clerk.locator(".places__here")).to_have_attribute("data-place", "accepted")
    await expect(clerk.locator("[data-claims] dt")).to_have_count(2)
    await expect(clerk.locator("[data-checks] li")).to_have_count(9)
    await expect(clerk.locator("[data-status]")).to_contain_text(
        re.compile(r"Status known as of \d\d:\d\d, (less than a|\d+) minutes? ago")
    )
    await seen(clerk, "counter-04-accepted")

    await clerk.clock.run_for(20_000)
    await expect(clerk.locator("[data-clears]")).to_contain_text(re.compile(r"in (9|10) s"))
    await clerk.clock.run_for(11_000)
    await expect(clerk.locator(RESULT)).to_be_hidden()
    assert NAME not in await clerk.content()


async def test_the_same_code_again_is_refused_as_used(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    code = shown(counter_stage)
    await scan(clerk, code)
    await verdict(clerk, "accepted", "good")
    await scan(clerk, code)

    await verdict(clerk, "refused", "renew the code")
    await expect(clerk.locator("[data-claims] dt")).to_have_count(0)
    assert NAME not in await clerk.inner_text(RESULT)
    await seen(clerk, "counter-05-replayed")


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        pytest.param(lambda code: code.lower(), "accepted", "good", id="caps lock on"),
        pytest.param(lambda code: code.swapcase(), "accepted", "good", id="case changed"),
        pytest.param(
            lambda code: code[: len(code) // 2], "cannot_say", "scanner", id="cut in half"
        ),
        pytest.param(
            lambda code: code[:60] + ":::" + code[63:], "cannot_say", "renew", id="misread"
        ),
        pytest.param(
            lambda _: "https://qr.alipay.com/fkx0", "refused", "card pack", id="payment code"
        ),
        pytest.param(lambda _: "6901234567892", "refused", "card pack", id="bar code"),
    ],
)
async def test_what_scanners_make_of_codes(
    clerk: Page, counter_stage: Stage, change: Callable[[str], str], kind: str, told: str
) -> None:
    await wedge(clerk, change(shown(counter_stage)))

    await verdict(clerk, kind, told)
    await ready(clerk)
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")


async def test_under_another_keyboard_layout_the_places_of_the_keys_count(
    clerk: Page, counter_stage: Stage
) -> None:
    """German: Z and Y changed, symbols elsewhere; the scanner presses American keys."""
    await clerk.evaluate(
        """(code) => {
          const places = {" ": "Space", "$": "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal",
            "-": "Minus", ".": "Period", "/": "Slash", ":": "Semicolon"};
          const other = {Z: "Y", Y: "Z", ":": "Ö", "-": "ß", "/": "-", "+": "`", "*": "("};
          for (const c of code) {
            const code = places[c] || (/\\d/.test(c) ? `Digit${c}` : `Key${c}`);
            const shiftKey = "$%*+:".includes(c) || /[A-Z]/.test(c);
            dispatchEvent(new KeyboardEvent("keydown", {key: other[c] || c, code, shiftKey}));
          }
        }""",
        shown(counter_stage),
    )
    await verdict(clerk, "accepted", "good")


async def test_somebody_who_types_is_no_scanner(clerk: Page) -> None:
    await clerk.focus("#pasted")
    await clerk.keyboard.type("ZJ1: by hand", delay=70)
    assert await clerk.input_value("#pasted") == "ZJ1: by hand"
    await expect(clerk.locator(RESULT)).to_be_hidden()


async def test_pasted_text_is_checked(clerk: Page, counter_stage: Stage) -> None:
    await clerk.fill("#pasted", shown(counter_stage) + "\n")
    await clerk.get_by_role("button", name="Check").click()
    await verdict(clerk, "accepted", "good")


def inverted(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 255 - value)


def covered(picture: Image.Image) -> Image.Image:
    hidden = picture.copy()
    edge = picture.width
    hidden.paste(90, (edge // 4, edge // 4, edge, edge * 3 // 4))
    return hidden


def beside_another(picture: Image.Image) -> Image.Image:
    other = code_of("https://example.org")
    both = Image.new("L", (picture.width + other.width, picture.height), 255)
    both.paste(picture, (0, 0))
    both.paste(other, (picture.width, 0))
    return both


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        pytest.param(lambda p: p, "accepted", "good", id="straight"),
        pytest.param(
            lambda p: p.rotate(12, expand=True, fillcolor=200), "accepted", "", id="tilted"
        ),
        pytest.param(lambda p: p.point(lambda v: 20 + v // 6), "accepted", "", id="dark"),
        pytest.param(inverted, "accepted", "", id="inverted"),
        pytest.param(lambda p: p.resize((90, 90)), "cannot_say", "bright", id="tiny"),
        pytest.param(covered, "cannot_say", "fingers", id="partly covered"),
        pytest.param(beside_another, "cannot_say", "one code only", id="two codes"),
        pytest.param(lambda p: Image.new("L", p.size, 255), "cannot_say", "brighter", id="none"),
    ],
)
async def test_an_uploaded_picture(
    clerk: Page,
    counter_stage: Stage,
    change: Callable[[Image.Image], Image.Image],
    kind: str,
    told: str,
) -> None:
    picture = change(code_of(shown(counter_stage)))
    await clerk.set_input_files("#picture", file_of(png(picture)))
    await verdict(clerk, kind, told)
    await ready(clerk)


async def test_an_uploaded_document_and_what_is_none(clerk: Page, counter_stage: Stage) -> None:
    file = BytesIO()
    code_of(shown(counter_stage)).save(file, "PDF")
    await clerk.set_input_files("#picture", file_of(file.getvalue(), "slip.pdf", "application/pdf"))
    await verdict(clerk, "accepted", "good")
    await ready(clerk)
    await clerk.set_input_files("#picture", file_of(b"%PDF-1.7 nothing", "a.pdf"))
    await expect(clerk.locator("[data-problem]")).to_contain_text("neither a picture")
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")
    await expect(clerk.locator("[data-problem]")).to_be_hidden()


# --- services ------------------------------------------------------------------------


async def test_a_service_is_chosen_by_its_key_and_asks_for_no_more_than_it_needs(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    keys = {
        str(await radio.get_attribute("value")): str(number)
        for number, radio in enumerate(await clerk.locator("input[name=item]").all(), start=1)
    }
    await clerk.keyboard.press(keys[LICENCE])
    await expect(clerk.locator("[data-refrain]")).to_contain_text("Do not ask for it")
    await expect(clerk.locator("#panel-scan")).to_be_hidden()
    await seen(clerk, "counter-06-may-not-ask")
    await scan(clerk, shown(counter_stage))
    await expect(clerk.locator("[data-problem]")).to_contain_text("does not need")
    await expect(clerk.locator(RESULT)).to_be_hidden()

    await clerk.locator(f"input[value={LIBRARY}]").check()
    await scan(clerk, shown(counter_stage, "name", "citizen_id_number", "residence_address"))
    await verdict(clerk, "accepted", "good")
    await expect(clerk.locator("[data-claims] dt")).to_have_text(["Name"])
    assert TAIL not in await clerk.inner_text(RESULT)


async def test_case_number_and_purpose_come_first_where_they_are_asked_for(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    await clerk.locator(f"input[value={SCHOOL}]").check()
    claims = ("name", "citizen_id_number", "residence_address", "continuous_residence_since")
    code = shown(counter_stage, *claims)
    await scan(clerk, code)
    await expect(clerk.locator("[data-problem]")).to_contain_text("Case number and purpose")
    await expect(clerk.locator("#case-number")).to_be_focused()
    await clerk.fill("#case-number", "鹿教〔2026〕118")
    await clerk.fill("#purpose", "一年级入学")
    await seen(clerk, "counter-07-case")
    await scan(clerk, code)
    await verdict(clerk, "accepted", "good")
    await expect(clerk.locator("[data-claims] dt")).to_have_count(4)
    await ready(clerk)
    assert await clerk.input_value("#case-number") == await clerk.input_value("#purpose") == ""


async def test_what_is_not_shown_is_named(clerk: Page, counter_stage: Stage, seen: Any) -> None:
    await scan(clerk, shown(counter_stage, "name"))
    await verdict(clerk, "refused", "This service also needs")
    await seen(clerk, "counter-08-claims-missing")


# --- verdicts ------------------------------------------------------------------------


async def test_another_county_is_told_where_to_go(
    screens: Any, desk_options: dict[str, Any], counter_stage: Stage, seen: Any
) -> None:
    page: Page = await screens(**desk_options, base_url=counter_stage.urls["verifier"])
    await set_up(page, counter_stage, "Pingyang counter", "330326")
    await scan(page, shown(counter_stage))
    await verdict(page, "refused", "Lucheng")
    await seen(page, "counter-09-wrong-county")


async def test_a_screenshot_of_two_minutes_ago_is_too_old(
    clerk: Page, counter_stage: Stage
) -> None:
    code = shown(counter_stage)
    counter_stage.move_clock(timedelta(minutes=2))
    try:
        await scan(clerk, code)
        await verdict(clerk, "refused", "renew the code")
        await expect(clerk.locator("[data-checks]")).to_contain_text("2 min")
    finally:
        counter_stage.move_clock(timedelta(0))


async def test_slips_on_paper_say_that_they_are_paper(
    clerk: Page, counter_stage: Stage, seen: Any, tmp_path: Path
) -> None:
    path = tmp_path / "slip.pdf"
    permit = counter_stage.permit  # type: ignore[attr-defined]
    words = ("--officer", WANG, "--shown", "id_card", "--output", str(path))
    counter_stage.command("issuer", "slip", permit, *words)
    await clerk.set_input_files(
        "#picture", file_of(path.read_bytes(), "slip.pdf", "application/pdf")
    )
    await verdict(clerk, "accepted", "ID card")
    await expect(clerk.locator("[data-paper]")).to_contain_text("slip on paper")
    await expect(clerk.locator("[data-claims]")).to_contain_text(TAIL)
    await seen(clerk, "counter-10-paper")


async def test_a_verifier_that_is_gone_and_back(clerk: Page, counter_stage: Stage) -> None:
    code = shown(counter_stage)
    counter_stage.stop("verifier")
    try:
        await scan(clerk, code)
        await expect(clerk.locator("[data-problem]")).to_contain_text("does not answer")
    finally:
        counter_stage.start("verifier")
    await scan(clerk, code)
    await verdict(clerk, "accepted", "good")


async def test_paper_holds_the_verdict_and_nothing_of_the_person(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")
    await clerk.emulate_media(media="print")
    await clerk.screenshot(path=seen.folder / "counter-11-print.png", full_page=True)
    printed = await clerk.inner_text("body")
    assert NAME not in printed
    assert TAIL not in printed
    assert "Accepted" in printed
    assert OFFICE in printed


# --- the second tab ------------------------------------------------------------------


async def test_a_wallet_is_asked_and_its_progress_is_seen(
    clerk: Page, counter_stage: Stage, seen: Any
) -> None:
    await clerk.get_by_role("tab", name="Ask a wallet").click()
    await expect(clerk.locator("[data-request-paper] svg")).to_be_visible()
    await expect(clerk.locator("[data-step=requested]")).to_have_class("steps__done")
    await expect(clerk.locator("[data-request-ends]")).to_contain_text("4:")
    await seen(clerk, "counter-12-request")
    link = await clerk.get_attribute("[data-request-link]", "href")
    wallet = counter_stage.urls["holder_sim"]
    face(counter_stage, "present")
    asked = counter_stage.client.post(wallet + "/api/requests", json={"url": link}).json()
    assert asked["item"] == "证件核验"
    await expect(clerk.locator("[data-step=opened]")).to_have_class("steps__done")
    await seen(clerk, "counter-13-opened")
    counter_stage.client.post(f"{wallet}/api/requests/{asked['id']}", json={"agreed": True})
    await verdict(clerk, "accepted", "good")
    await expect(clerk.locator("[data-claims]")).to_contain_text(NAME)

    await clerk.keyboard.press("Escape")
    await expect(clerk.locator("[data-request-paper] svg")).to_be_visible()
    assert await clerk.get_attribute("[data-request-link]", "href") != link
    link = await clerk.get_attribute("[data-request-link]", "href")
    face(counter_stage, "present")
    asked = counter_stage.client.post(wallet + "/api/requests", json={"url": link}).json()
    counter_stage.client.post(f"{wallet}/api/requests/{asked['id']}", json={"agreed": False})
    await expect(clerk.locator("[data-request-said]")).to_contain_text("said no")
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")


async def test_a_request_names_service_and_case_number(clerk: Page, counter_stage: Stage) -> None:
    await clerk.locator(f"input[value={SCHOOL}]").check()
    await clerk.get_by_role("tab", name="Ask a wallet").click()
    await clerk.get_by_role("button", name="New request").click()
    await expect(clerk.locator("[data-problem]")).to_contain_text("Case number and purpose")
    await clerk.fill("#case-number", "A-118")
    await clerk.fill("#purpose", "enrolment")
    await clerk.get_by_role("button", name="New request").click()
    await expect(clerk.locator("[data-request-link]")).to_be_visible()
    link = await clerk.get_attribute("[data-request-link]", "href")
    face(counter_stage, "present")
    asked = counter_stage.client.post(
        counter_stage.urls["holder_sim"] + "/api/requests", json={"url": link}
    ).json()

    assert (asked["item"], asked["case_number"]) == ("义务教育入学", "A-118")


# --- the camera ----------------------------------------------------------------------


def frame_of(code: Image.Image, size: tuple[int, int] = (1280, 720)) -> Image.Image:
    """What a camera sees: a phone's screen amid grey."""
    frame = Image.new("RGB", size, (96, 100, 104))
    edge = min(size) - 40
    frame.paste(code.convert("RGB").resize((edge, edge)), ((size[0] - edge) // 2, 20))
    return frame


def film(path: Path, *frames: Image.Image) -> Path:
    """JPEG after JPEG, which is what a .mjpeg file is; each for half a second."""
    with path.open("wb") as file:
        for frame in frames:
            one = BytesIO()
            frame.save(one, "JPEG", quality=92, subsampling=0)
            file.write(one.getvalue() * 5)
    return path


@asynccontextmanager
async def browser_with(*flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield started
        await started.close()


@asynccontextmanager
async def camera_page(
    stage: Stage, options: dict[str, Any], *flags: str, county: str = COUNTY
) -> AsyncIterator[Page]:
    """A counter whose camera sees a film."""
    async with browser_with("--use-fake-ui-for-media-stream", *flags) as browser:
        context = await browser.new_context(**options, base_url=stage.urls["verifier"])
        page = await context.new_page()
        await set_up(page, stage, county=county)
        yield page


def filmed(path: Path) -> tuple[str, str]:
    return "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}"


async def test_a_camera_reads_what_the_wallet_shows(
    counter_stage: Stage, desk_options: dict[str, Any], tmp_path: Path, seen: Any
) -> None:
    film(tmp_path / "a.mjpeg", frame_of(code_of(shown(counter_stage))))
    async with camera_page(counter_stage, desk_options, *filmed(tmp_path / "a.mjpeg")) as page:
        await verdict(page, "accepted", "good")
        await seen(page, "counter-14-camera-accepted")
        await page.keyboard.press("Escape")
        await expect(page.locator("[data-camera-hint]")).to_contain_text("just checked")
        await seen(page, "counter-15-camera")
        await expect(page.locator(RESULT)).to_be_hidden()
        await page.reload()
        await verdict(page, "refused", "renew the code")


async def camera_verdict(
    stage: Stage, options: dict[str, Any], path: Path, kind: str, told: str, **more: Any
) -> None:
    film(path, frame_of(code_of(shown(stage))))
    async with camera_page(stage, options, *filmed(path), **more) as page:
        await verdict(page, kind, told)


async def test_a_camera_far_from_home(
    counter_stage: Stage, desk_options: dict[str, Any], tmp_path: Path
) -> None:
    await camera_verdict(
        counter_stage, desk_options, tmp_path / "b.mjpeg", "refused", "Lucheng", county="330326"
    )


@pytest.mark.parametrize(
    ("picture", "hint"),
    [
        pytest.param(frame_of(covered(code_of("A" * 600))), "fingers off", id="covered"),
        pytest.param(
            frame_of(beside_another(code_of("https://example.com"))), "one at a time", id="two"
        ),
        pytest.param(Image.new("RGB", (1280, 720), (9, 9, 9)), "too dark", id="dark"),
        pytest.param(Image.new("RGB", (640, 480), (90, 90, 90)), "640 × 480", id="small camera"),
        pytest.param(Image.new("RGB", (1280, 720), (90, 90, 90)), "is reading", id="nothing"),
    ],
)
async def test_what_a_camera_tells_the_clerk(
    counter_stage: Stage,
    desk_options: dict[str, Any],
    tmp_path: Path,
    picture: Image.Image,
    hint: str,
) -> None:
    film(tmp_path / "c.mjpeg", picture)
    async with camera_page(counter_stage, desk_options, *filmed(tmp_path / "c.mjpeg")) as page:
        await expect(page.locator("[data-camera-hint]")).to_contain_text(hint)
        await expect(page.locator(RESULT)).to_be_hidden()
        await scan(page, shown(counter_stage))
        await verdict(page, "accepted", "good")


async def test_a_camera_that_may_not_be_used(clerk: Page, counter_stage: Stage) -> None:
    await clerk.reload()
    hint = clerk.locator("[data-camera-hint]")
    await expect(hint).to_contain_text(re.compile("may not use the camera|No camera was found"))
    await expect(clerk.locator("[data-camera-open]")).to_be_visible()
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")


# --- for everybody -------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_in_chinese(
    screens: Any, phone_options: dict[str, Any], counter_stage: Stage, seen: Any, scheme: str
) -> None:
    page: Page = await screens(
        **phone_options, base_url=counter_stage.urls["verifier"], color_scheme=scheme
    )
    await set_up(page, counter_stage)
    await seen(page, f"counter-16-phone-{scheme}")
    await scan(page, shown(counter_stage))
    await verdict(page, "accepted", "请核对是否本人")
    await expect(page.locator(WORD)).to_have_text("通过")
    await seen(page, f"counter-17-phone-accepted-{scheme}")
    await scan(page, "ZJ1:ABC")
    await verdict(page, "cannot_say", "扫码枪")
    await expect(page.locator(WORD)).to_have_text("无法判断")
    await seen(page, f"counter-18-phone-cannot-say-{scheme}")
    await scan(page, "WXP://f2f0")
    await verdict(page, "refused", "卡包")
    await expect(page.locator("[data-checks]")).to_contain_text("付款码")
    await seen(page, f"counter-19-phone-refused-{scheme}")


async def test_the_other_language_is_one_press_away(clerk: Page) -> None:
    await clerk.get_by_role("button", name="中文").click()
    await expect(clerk.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(clerk.get_by_role("tab", name="扫描出示的码")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1920])
async def test_no_page_is_wider_than_the_screen(
    screens: Any, counter_stage: Stage, width: int
) -> None:
    page: Page = await screens(
        viewport={"width": width, "height": 800},
        locale="en-GB",
        base_url=counter_stage.urls["verifier"],
    )
    too_wide = "document.documentElement.scrollWidth > window.innerWidth"
    await set_up(page, counter_stage)
    wide = [await page.evaluate(too_wide)]
    await scan(page, "ZJ1:ABC")
    await verdict(page, "cannot_say", "")
    wide.append(await page.evaluate(too_wide))
    await page.goto("/counter/setup")
    wide.append(await page.evaluate(too_wide))
    assert wide == [False] * 3


async def test_with_the_keyboard_alone(clerk: Page, counter_stage: Stage) -> None:
    await clerk.get_by_role("tab", name="Scan what is shown").focus()
    await clerk.keyboard.press("ArrowRight")
    await expect(clerk.locator("#panel-wallet")).to_be_visible()
    await clerk.keyboard.press("ArrowLeft")
    await clerk.focus("#pasted")
    await clerk.keyboard.insert_text(shown(counter_stage))
    await clerk.keyboard.press("Enter")
    await verdict(clerk, "accepted", "good")
    await expect(clerk.locator(RESULT)).to_be_focused()
    await clerk.keyboard.press("Escape")
    await expect(clerk.locator("#pasted")).to_be_focused()


async def test_nothing_personal_stays_in_the_browser(clerk: Page, counter_stage: Stage) -> None:
    await scan(clerk, shown(counter_stage))
    await verdict(clerk, "accepted", "good")
    await ready(clerk)
    kept = await clerk.evaluate(
        "JSON.stringify([localStorage, sessionStorage, location.href, document.cookie])"
    )
    assert NAME not in kept + await clerk.content()
    assert TAIL not in kept
    assert "counter-desk" not in kept


async def test_sound_is_switched_off_and_stays_so(clerk: Page) -> None:
    await clerk.locator("[data-sound]").click()
    await clerk.reload()
    await expect(clerk.locator("[data-sound]")).to_have_attribute("aria-pressed", "false")


# --- what ends a permit's use: last, for the wallet's permit does not come back ------


async def test_a_camera_and_a_lapsed_permit(
    counter_stage: Stage, desk_options: dict[str, Any], tmp_path: Path
) -> None:
    keys = str(counter_stage.directory / "keys")
    counter_stage.move_clock(timedelta(days=367))
    try:
        clock = str(counter_stage.clock_file)
        counter_stage.command("keys", "trust-list", "--directory", keys, "--clock-file", clock)
        await camera_verdict(
            counter_stage, desk_options, tmp_path / "d.mjpeg", "refused", "late endorsement"
        )
    finally:
        counter_stage.move_clock(timedelta(0))
        counter_stage.command("keys", "trust-list", "--directory", keys)
        counter_stage.start("verifier")


async def test_a_camera_and_a_revoked_permit(
    counter_stage: Stage, desk_options: dict[str, Any], tmp_path: Path
) -> None:
    permit = counter_stage.permit  # type: ignore[attr-defined]
    counter_stage.command(
        "issuer", "revoke", permit, "--proposed-by", LI, "--confirmed-by", CHEN, *WHY
    )
    await camera_verdict(
        counter_stage, desk_options, tmp_path / "e.mjpeg", "refused", "no longer be used"
    )
