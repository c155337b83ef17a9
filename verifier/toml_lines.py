"""In which line of a TOML text something stands, so that a fault can be found by its line.

The parser of the standard library does not say. This looks at the beginnings of lines only,
which is exact for what it is used on: files of plain tables with one key a line. Inside a
text of several lines it may find something that is no key; then a fault is told with the
line of that, and the fault itself is told right.
"""

import re
from collections.abc import Iterator

_TABLE = re.compile(r"""^\s*\[\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\]""")
_KEY = re.compile(r"""^\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")


class TomlLines:
    """The lines of one text: of its tables, and of the keys in them; counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, str], int] = {}
        for place, line in _places(text):
            self._lines.setdefault(place, line)

    def of(self, table: str, key: str = "") -> int:
        """The line of a key, else of its table's head, else 1."""
        head = self._lines.get((table, ""), self._lines.get(("", table), 1))
        return self._lines.get((table, key), head)


def _places(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        head, key = _TABLE.match(line), _KEY.match(line)
        if head is not None:
            table = _name(head)
            yield (table, ""), number
        elif key is not None:
            yield (table, _name(key)), number


def _name(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)
