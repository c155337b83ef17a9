"""A reason typed on several lines is kept on one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.web.one_line import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  a \r\n b\t\u3000c ", "a b c"), ("", ""), ("材料不足", "材料不足")],
    ids=["several lines", "nothing", "one line"],
)
def test_lines_become_spaces(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@given(st.text())
def test_once_is_enough(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)
