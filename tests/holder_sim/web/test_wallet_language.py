"""Both languages are complete, and each person gets the one they read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from holder_sim.web.wallet_language import (
    CHINESE,
    COOKIE,
    ENGLISH,
    LOCALES,
    catalogue,
    own_path,
    preferred,
)
from holder_sim.web.wallet_words import ERRORS, SENTENCES

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


def words_of_scripts() -> Iterator[str]:
    for script in (WEB / "static").glob("*.js"):
        # A choice of two words is written as condition ? "one" : "other".
        text = script.read_text(encoding="utf-8")
        for call in re.findall(r"(?:\bsay|working_)\(([^)]*)", text):
            yield from re.findall(r'"(\w+)"', call.partition("{")[0])


def test_scripts_say_only_what_is_written_down_and_nothing_is_written_in_vain() -> None:
    in_python = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("wallet_card*.py"))
    by_state = ("state_", "advice_", "outcome_")
    unused = {
        name
        for name in SENTENCES
        if name not in set(words_of_scripts())
        and f'"{name}"' not in in_python
        and not name.startswith(by_state)
    }

    assert set(words_of_scripts()) <= SENTENCES.keys()
    assert unused == set()


def test_scripts_hold_no_sentence_of_their_own() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for script in (WEB / "static").glob("*.js"):
        code = re.sub(r"//.*|/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.S)
        assert chinese.search(code) is None, script.name


def all_error_codes() -> set[str]:
    """Of what a page can meet: this room's errors, and those below that reach the interface."""
    root = Path(__file__).parents[3]
    own = (root / "holder_sim" / "errors.py").read_text(encoding="utf-8")
    return set(re.findall(r'^    code = "(\w+)"', own, flags=re.M)) - {
        "picture_refused",  # the root of its kinds
        "foreign_page",  # told to other sites, not to a page of ours
        "bad_settings",
    }


def test_every_error_of_the_wallet_has_its_sentence() -> None:
    assert all_error_codes() <= ERRORS.keys()


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
    assert catalogue(ENGLISH).gettext("Card pack") == "Card pack"
    assert catalogue(CHINESE).gettext("Card pack") == "卡包"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/mine", "/mine"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\nx", "/"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_and_nowhere_else(text: str, path: str) -> None:
    assert own_path(text) == path


@pytest.mark.parametrize(("tag", "kept"), [("en", True), ("zh-CN", True), ("xx", False)])
async def test_the_choice_is_kept_in_a_strict_cookie(
    wallet_page: Any, tag: str, kept: bool
) -> None:
    answer = await wallet_page.post(
        "/language", data={"language": tag, "back": "/mine"}, follow_redirects=False
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    cookie = answer.headers.get("set-cookie", "").lower()
    assert (f"{COOKIE}={tag}".lower() in cookie) is kept
    assert ("httponly" in cookie and "samesite=strict" in cookie) is kept


async def test_the_chosen_language_wins(wallet_page: Any) -> None:
    chosen = await wallet_page.get("/", headers={"accept-language": "zh", "cookie": f"{COOKIE}=en"})
    wished = await wallet_page.get("/", headers={"accept-language": "zh"})

    assert "Card pack" in chosen.text
    assert "卡包" in wished.text
    assert chosen.headers["content-language"] == "en"
