"""Lines of tables and keys, as an editor counts them."""

import pytest

from verifier.toml_lines import TomlLines

TEXT = """\
# a comment
loose = 1

[first]
name = "a"
  area = "b"  # indented

["quoted name"]
'area' = "c"
[first-again]
name = "d"
"""


@pytest.mark.parametrize(
    ("table", "key", "line"),
    [
        ("first", "", 4),
        ("first", "name", 5),
        ("first", "area", 6),
        ("first", "not there", 4),
        ("quoted name", "area", 9),
        ("first-again", "name", 11),
        ("loose", "", 2),
        ("nowhere", "", 1),
    ],
)
def test_where_it_stands(table: str, key: str, line: int) -> None:
    assert TomlLines(TEXT).of(table, key) == line
