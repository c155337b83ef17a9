"""Every specification cited in the code is pinned in schemas/specs.py, and none in vain."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from schemas.specs import SPECS

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "keys", "issuer", "verifier", "holder_sim")
BRACKETS = re.compile(r"\[([A-Z][^\]\n]*)\]")
TAG = re.compile(r"([A-Z][A-Z0-9-]+)(?: .*)?")


def words_of(source: Path) -> Iterator[str]:
    """Comments and strings: a citation stands in words, a list of names in code."""
    with source.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                yield token.string


def cited() -> set[str]:
    return {
        tag.group(1)
        for package in PACKAGES
        for source in (ROOT / package).rglob("*.py")
        if source.name != "specs.py"
        for words in words_of(source)
        for brackets in BRACKETS.findall(words)
        for part in brackets.split(", ")
        if (tag := TAG.fullmatch(part))
    }


def test_cited_specs_are_pinned() -> None:
    assert cited() <= SPECS.keys()


def test_pinned_specs_are_cited() -> None:
    assert SPECS.keys() <= cited()
