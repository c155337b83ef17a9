"""Base45: the examples of RFC 9285, round trips, and texts that stand for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base45 import ALPHABET, base45_decode, base45_encode
from schemas.errors import EncodingError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"AB", "BB8", id="RFC 9285 4.3 example 1"),
        pytest.param(b"Hello!!", "%69 VD92EX0", id="RFC 9285 4.3 example 2"),
        pytest.param(b"base-45", "UJCLQE7W581", id="RFC 9285 4.3 example 3"),
        pytest.param(b"ietf!", "QED8WEX0", id="RFC 9285 4.4"),
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"\xff\xff", "FGW", id="the largest pair"),
        pytest.param(b"\xff", "U5", id="the largest single byte"),
        pytest.param(b"\0\0\0", "00000", id="zeroes are kept"),
    ],
)
def test_examples(data: bytes, text: str) -> None:
    assert base45_encode(data) == text
    assert base45_decode(text) == data


@given(st.binary(max_size=300))
def test_round_trip_in_the_alphabet_of_alphanumeric_mode(data: bytes) -> None:
    text = base45_encode(data)

    assert set(text) <= set(ALPHABET)
    assert base45_decode(text) == data


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_one_text_for_each_byte_string(text: str) -> None:
    try:
        data = base45_decode(text)
    except EncodingError:
        return

    assert base45_encode(data) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("GGW", "no two bytes", id="65536"),
        pytest.param(":::", "no two bytes", id="the largest three characters"),
        pytest.param("V5", "no byte", id="256"),
        pytest.param("BB8::", "no byte", id="the largest two, after a good group"),
        pytest.param("B", "cut off", id="one character"),
        pytest.param("BB8B", "cut off", id="one character too many"),
        pytest.param("bb8", "a character", id="small letters"),
        pytest.param("BB\n", "a character", id="a line feed"),
        pytest.param("BB\xff", "a character", id="the byte that marks no value"),
        pytest.param("BB８", "a character", id="a full-width digit"),
    ],
)
def test_not_base45(text: str, sentence: str) -> None:
    with pytest.raises(EncodingError, match=sentence):
        base45_decode(text)
