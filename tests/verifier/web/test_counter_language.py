"""Both languages are complete, and each person gets the one they read."""

import re
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from keys.one_time import StoreFullError, StoreUnavailableError
from schemas.divisions import UnknownCountyError
from schemas.errors import EncodingError, TooLargeError
from verifier.case_details import CaseDetailsError
from verifier.counter_desks import DeskError, NoDeskError
from verifier.counter_pin import PinLockedError, PinNotSetError, WrongPinError
from verifier.errors import PermitNotNeededError, UnknownItemError
from verifier.frame_reading import BusyError
from verifier.presentation_session import (
    NotYourSessionError,
    TooManySessionsError,
    UnknownSessionError,
)
from verifier.qr_reader import NotAPictureError, PictureTooLargeError
from verifier.web.counter_guard import ForeignCounterPageError
from verifier.web.counter_language import (
    CHINESE,
    COOKIE,
    ENGLISH,
    LOCALES,
    START,
    catalogue,
    own_path,
    preferred,
)
from verifier.web.counter_words import COUNTER_ERRORS, WORDS

WEB = LOCALES.parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "N_": None}


def sentences() -> set[str]:
    found = extract_from_dir(str(WEB), METHODS, {}, keywords=KEYWORDS)
    return {str(message) for _, _, message, _, _ in found}


def translated() -> dict[str, str]:
    with (LOCALES / "zh_CN.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh_CN") if m.id}


def test_every_sentence_is_there_in_chinese_and_none_that_is_gone() -> None:
    chinese = translated()

    assert sentences() == chinese.keys()
    assert [english for english, text in chinese.items() if not text.strip()] == []


def test_what_is_filled_in_is_the_same_in_both() -> None:
    places = re.compile(r"\{\w+\}")

    assert [
        english
        for english, text in translated().items()
        if sorted(places.findall(english)) != sorted(places.findall(text))
    ] == []


def test_chinese_sentences_have_chinese_punctuation() -> None:
    halves = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")

    assert [text for text in translated().values() if halves.search(text)] == []


def test_scripts_say_only_what_is_written_down_and_nothing_is_written_in_vain() -> None:
    files = [*(WEB / "static").glob("*.js"), *(WEB / "templates").glob("*.html")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    called = set(re.findall(r'\b(?:say|hint)\("(\w+)"', text))
    in_quotes = set(re.findall(r'"(\w+)"', text)) | set(re.findall(r"words\.say\.(\w+)", text))
    # Those of a verdict, of a finding and of a frame are put together from what came.
    by_kind = {"accepted", "refused", "cannot_say", "passed", "failed", "unknown"}
    by_kind |= {"camera_unclear", "camera_several"}

    assert called <= WORDS.keys()
    assert WORDS.keys() - in_quotes - by_kind == set()


def test_scripts_hold_no_sentence_of_their_own() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for script in (WEB / "static").glob("*.js"):
        code = re.sub(r"//.*|/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.S)
        assert chinese.search(code) is None, script.name


ANSWERED = (
    *("verifier_silent", "invalid_request", "internal_error"),
    *(NoDeskError, PermitNotNeededError, UnknownItemError, CaseDetailsError, NotAPictureError),
    *(PictureTooLargeError, TooLargeError, EncodingError, BusyError, TooManySessionsError),
    *(UnknownSessionError, NotYourSessionError, StoreUnavailableError, StoreFullError),
    *(WrongPinError, PinLockedError, PinNotSetError, DeskError, UnknownCountyError),
    ForeignCounterPageError,
)
"""What the page can be answered with."""


def test_every_error_has_its_sentence() -> None:
    codes = {error if isinstance(error, str) else error.code for error in ANSWERED}

    assert codes == COUNTER_ERRORS.keys()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", CHINESE),
        ("fr", CHINESE),
        ("en", ENGLISH),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("en;q=0.5, zh;q=0.5", CHINESE),  # a draw
        ("en;q=x, zh;q=0.1", CHINESE),
        ("en," * 5000, ENGLISH),
    ],
)
def test_the_browsers_wish(header: str, language: Any) -> None:
    assert preferred(header) == language


def test_english_stands_in_the_source() -> None:
    assert catalogue(ENGLISH).gettext("Desk scanner") == "Desk scanner"
    assert catalogue(CHINESE).gettext("Desk scanner") == "扫码枪"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/counter/setup", "/counter/setup"),
        ("//evil.example", START),
        ("/\\evil.example", START),
        ("https://evil.example", START),
        ("/\nx", START),
        ("", START),
    ],
)
def test_a_choice_leads_back_and_nowhere_else(text: str, path: str) -> None:
    assert own_path(text) == path


@pytest.mark.parametrize(("tag", "kept"), [("en", True), ("zh-CN", True), ("xx", False)])
async def test_the_choice_is_kept_in_a_strict_cookie(
    counter_http: Any, tag: str, kept: bool
) -> None:
    answer = await counter_http.post(
        "/counter/language",
        data={"language": tag, "back": "/counter/setup"},
        follow_redirects=False,
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/counter/setup")
    cookie = answer.headers.get("set-cookie", "").lower()
    assert (f"{COOKIE}={tag}".lower() in cookie) is kept
    assert ("httponly" in cookie and "samesite=strict" in cookie) is kept


async def test_the_chosen_language_wins(counter_http: Any) -> None:
    path = "/counter/setup"
    wished = await counter_http.get(path, headers={"accept-language": "zh"})
    counter_http.cookies.set(COOKIE, "en")
    chosen = await counter_http.get(path, headers={"accept-language": "zh"})

    assert "Set up this counter" in chosen.text
    assert "设置本窗口" in wished.text
    assert chosen.headers["content-language"] == "en"
