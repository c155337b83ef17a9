"""Chinese or English; and every sentence of every page is there in both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from issuer.web.page_language import (
    CHINESE,
    ENGLISH,
    LOCALES,
    Language,
    choose_language,
    local_path,
    preferred,
    translations,
)
from issuer.web.page_setup import Pages
from keys.clock import system_clock

WEB: Final = LOCALES.parent
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
}
METHODS: Final = {".py": "python", ".html": "jinja2.ext:babel_extract"}


def used() -> dict[str, str]:
    """Every msgid of handlers and templates, with the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(WEB.rglob("*")):
        if path.suffix in METHODS:
            found |= dict.fromkeys(_msgids(path), path.name)
    return found


def _msgids(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        options = {"silent": "false"}  # a template that cannot be read is no empty one
        method = METHODS[path.suffix]
        for _, msgid, _, _ in extract(method, file, keywords=KEYWORDS, options=options):
            yield msgid if isinstance(msgid, str) else msgid[0]


def catalogue() -> Catalog:
    with (LOCALES / "zh_CN.po").open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


def test_every_sentence_has_its_chinese() -> None:
    held = {_first(message.id) for message in catalogue() if _translated(message.string)}

    assert {msgid: place for msgid, place in used().items() if msgid not in held} == {}


def test_no_translation_is_left_over_or_doubtful() -> None:
    msgids = used()
    left_over = [message.id for message in catalogue() if _first(message.id) not in msgids]

    assert [msgid for msgid in left_over if msgid] == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_translations_name_the_same_values() -> None:
    values = re.compile(r"%\((\w+)\)")
    for message in catalogue():
        if message.id:
            wanted = set(values.findall(_first(message.id)))
            assert set(values.findall(_translated(message.string))) == wanted, message.id


def _first(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _translated(text: str | tuple[str, ...] | list[str] | None) -> str:
    return text if isinstance(text, str) else (text or ("",))[0]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        pytest.param("", CHINESE, id="nothing said"),
        pytest.param("zh-CN,zh;q=0.9,en;q=0.8", CHINESE, id="chinese first"),
        pytest.param("en-GB,en;q=0.9,zh;q=0.5", ENGLISH, id="english first"),
        pytest.param("zh-TW", CHINESE, id="another chinese"),
        pytest.param("fr,de;q=0.5", CHINESE, id="neither"),
        pytest.param("en;q=0.5,zh;q=0.5", CHINESE, id="a draw"),
        pytest.param("en;q=x,zh;q=0.1", CHINESE, id="no number"),
        pytest.param("en;q=0", CHINESE, id="refused"),
        pytest.param("x" * 100_000 + ",en", CHINESE, id="very long"),
    ],
)
def test_the_browser_says_which_language_comes_first(header: str, language: Language) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("/apply?kind=move", "/apply?kind=move", id="ours"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("https://evil.example", "/", id="a whole address"),
        pytest.param("/\\evil.example", "/", id="a backslash"),
        pytest.param("/a\r\nSet-Cookie: x", "/", id="a line break"),
        pytest.param("", "/", id="nothing"),
    ],
)
def test_only_paths_of_ours_are_gone_back_to(text: str, path: str) -> None:
    assert local_path(text) == path


async def test_the_choice_is_kept_and_a_made_up_one_is_not() -> None:
    pages = Pages(clock=system_clock, secure=True, demonstration=False, session_absolute_s=1)
    app = Litestar([choose_language], state=State({"pages": pages}), openapi_config=None)
    async with AsyncTestClient(app) as client:
        answers = [
            await client.post(
                "/language", data={"language": tag, "back": "/apply"}, follow_redirects=False
            )
            for tag in ("en", "tlh")
        ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [answer.headers["location"] for answer in answers] == ["/apply", "/apply"]
    assert "language=en" in answers[0].headers["set-cookie"]
    assert "Secure" in answers[0].headers["set-cookie"]
    assert "set-cookie" not in answers[1].headers


def test_english_is_what_stands_in_the_source() -> None:
    assert translations(ENGLISH).gettext("Apply") == "Apply"
    assert translations(CHINESE).gettext("Apply") == "申请"
