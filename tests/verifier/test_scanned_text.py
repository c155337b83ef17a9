"""What scanners type comes back as what the code says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base45 import ALPHABET
from verifier.scanned_text import code_text, is_cut_off

CODE = "ZJ1:8 $%*+-./:7K:"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(CODE, id="as it is"),
        pytest.param(CODE + "\r\n", id="with Enter"),
        pytest.param(CODE.lower(), id="caps lock on"),
        pytest.param(CODE.swapcase(), id="a layout that changes case"),
        pytest.param("ＺＪ１：８ ＄％＊＋－．／：７Ｋ：", id="full-width from an input method"),
        pytest.param("ZJ1:8 $%*+\n-./:7K:", id="broken into lines"),
        pytest.param("\ufeff" + CODE, id="with the mark of a text file"),
    ],
)
def test_a_code_comes_back_whole(typed: str) -> None:
    assert code_text(typed) == CODE


@pytest.mark.parametrize("text", ["https://Example.org/a", "示范", "", "zj 1"])
def test_what_is_no_code_stays_as_it_came(text: str) -> None:
    assert code_text(f"{text}\r\n") == text


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (CODE, False),
        (CODE[:-1], True),
        ("ZJ1:", True),
        ("ZJP1:", True),
        ("ZJP1:ABC:", False),
        ("https://example.org", False),
        ("", False),
    ],
)
def test_half_a_code_is_seen(text: str, cut: bool) -> None:
    assert is_cut_off(text) is cut


@settings(deadline=None)
@given(st.text(ALPHABET, max_size=200), st.booleans())
def test_no_code_is_changed_whatever_it_holds(body: str, lower: bool) -> None:
    code = f"ZJ1:{body}:"

    assert code_text(code.lower() if lower else code) == code
