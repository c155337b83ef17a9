"""The map stays true: sizes, names, tests beside sources, nothing secret in the tree."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "keys", "issuer", "verifier", "holder_sim")
SKELETON = {"__init__.py", "__main__.py", "app.py", "settings.py", "cli.py", "errors.py"}
TOP_LEVEL = {
    *PACKAGES,
    "tests",
    ".ci",
    ".gitignore",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
}
MAX_FILE_LINES = 280
MAX_FUNCTION_LINES = 45


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
OWN_TESTS = [
    path
    for path in SOURCES
    if path.name not in {"__init__.py", "__main__.py", "errors.py", "specs.py"}
    and "migrations" not in path.parts
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_top_level_is_the_one_described() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_file_names_are_unique_so_that_a_search_has_one_answer() -> None:
    names = Counter(
        path.name
        for path in SOURCES
        if path.name not in SKELETON and "migrations" not in path.parts
    )

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    long_functions = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.body[0].lineno + 1 > MAX_FUNCTION_LINES
    ]

    assert len(text.splitlines()) <= MAX_FILE_LINES
    assert long_functions == []


@pytest.mark.parametrize("path", OWN_TESTS, ids=name_of)
def test_each_source_file_has_its_test_file(path: Path) -> None:
    """At the same path, in contracts/ for a port, or among the flows for wiring."""
    inside = path.relative_to(ROOT)
    candidates = [
        ROOT / "tests" / inside.parent / f"test_{inside.name}",
        ROOT / "tests" / "contracts" / f"test_{inside.name}",
    ]
    if inside.name in {"app.py", "cli.py"}:
        candidates.append(ROOT / "tests" / "flows" / f"test_{inside.parts[0]}_{inside.name}")

    assert any(candidate.is_file() for candidate in candidates)


PRIVATE_KEY = re.compile("-----BEGIN (?:EC |RSA |ENCRYPTED )?PRIVATE" + " KEY-----")


def test_no_private_key_is_tracked() -> None:
    held = [
        name_of(path)
        for path in tracked()
        if PRIVATE_KEY.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert held == []


def test_the_readme_says_where_things_are_and_they_are_there() -> None:
    """The where-is table names each room's source files, and nothing that is gone."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Where is …?", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"`([\w./-]+\.(?:py|toml|csv|json))`", table))
    sources = {name_of(path) for path in OWN_TESTS}

    assert sorted(path for path in named if not (ROOT / path).is_file()) == []
    assert sorted(sources - named) == []
