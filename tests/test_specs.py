"""Every specification cited in the code is pinned in schemas/specs.py, and none in vain."""

import re
from pathlib import Path

from schemas.specs import SPECS

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "keys", "issuer", "verifier", "holder_sim")
BRACKETS = re.compile(r"\[([A-Z][^\]\n]*)\]")
TAG = re.compile(r"([A-Z][A-Z0-9-]+)(?: .*)?")
NOT_A_SPECIFICATION = {"DIR", "OPTIONS", "ARGS"}  # words of command-line usage


def cited() -> set[str]:
    sources = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {
        tag.group(1)
        for source in sources
        if source.name != "specs.py"
        for brackets in BRACKETS.findall(source.read_text(encoding="utf-8"))
        for part in brackets.split(", ")
        if (tag := TAG.fullmatch(part))
    } - NOT_A_SPECIFICATION


def test_cited_specs_are_pinned() -> None:
    assert cited() <= SPECS.keys()


def test_pinned_specs_are_cited() -> None:
    assert SPECS.keys() <= cited()
