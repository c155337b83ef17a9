"""The demonstration speaks two languages, and says the same in both."""

import re
import string
from pathlib import Path

import pytest

from holder_sim import story, story_lines
from holder_sim.story_lines import STEPS, Line, language_of

LINES: dict[str, Line] = {
    name: line for name, line in vars(story_lines).items() if isinstance(line, Line)
}
for key, line in (story_lines.COPIES | story_lines.VERDICTS).items():
    LINES[key] = line
for key, step in STEPS.items():
    LINES |= {f"{key}, title": step.title, f"{key}, expected": step.expected}
NAMES_IN_LATIN = {
    "OpenID4VP",
    "Ctrl-C",
    "PIN",
    "counter",
    "desk",
    "li-3",
    "chen-5",
    "demonstration",
}
"""What has no Chinese name, and what is typed as it stands."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", LINES)
def test_every_line_is_in_both_languages_with_the_same_values(name: str) -> None:
    line = LINES[name]
    values = {key: "7" for key in placeholders(line.zh)}

    assert line.say("zh", **values)
    assert line.say("en", **values)
    assert placeholders(line.zh) == placeholders(line.en)


@pytest.mark.parametrize("name", LINES)
def test_each_language_is_itself(name: str) -> None:
    line = LINES[name]
    without_values = line.zh.format(**dict.fromkeys(placeholders(line.zh), ""))

    assert any("一" <= character <= "鿿" for character in line.zh)
    assert set(re.findall("[A-Za-z][A-Za-z0-9-]*", without_values)) <= NAMES_IN_LATIN
    assert line.en.isascii()


def test_every_step_is_told_and_every_step_told_has_its_lines() -> None:
    source = Path(story.__file__).read_text(encoding="utf-8")

    assert [key for key in STEPS if f'"{key}"' not in source] == []


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_SG"}, "zh"),
        ({"LANG": "ZH_cn.gb18030"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),  # neither: the language more people read
        ({}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB"}, "zh"),  # the order a terminal has
        ({"LC_ALL": "C", "LC_MESSAGES": "zh_CN", "LANG": "zh_CN"}, "en"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),  # empty counts as not set
    ],
)
def test_the_terminals_language_decides(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language
