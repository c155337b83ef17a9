"""Base64url: one text for each byte string, and no other text is read."""

import re
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import EncodingError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),  # these seven are the standard's [RFC4648 §10], without padding
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"fooba", "Zm9vYmE"),
        (b"foobar", "Zm9vYmFy"),
        (b"\x03\xec\xff\xe0\xc1", "A-z_4ME"),  # [RFC7515 Appendix C]
        (b"\x00", "AA"),
        (b"\xff" * 3, "____"),
        (b"\xfb\xef\xbe", "----"),
    ],
)
def test_known_pairs(data: bytes, text: str) -> None:
    assert b64url_encode(data) == text
    assert b64url_decode(text) == data
    assert b64url_decode(text.encode()) == data


@given(st.binary(max_size=200))
def test_bytes_come_back(data: bytes) -> None:
    text = b64url_encode(data)

    assert b64url_decode(text) == data
    assert re.fullmatch("[A-Za-z0-9_-]*", text)
    assert text == urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "Zg==",  # padding
        "Zm8=",
        "Zm9v====",
        "=",
        "==",
        "Zg=",
        "Z",  # impossible lengths
        "Zm9vY",
        "+_--",  # the other alphabet
        "ab/d",
        "++++",
        "Zm9v Zm9v",
        " Zm9v",
        "Zm9v\n",
        "Zm\r\n9v",
        "Zm9v\x00",
        "Zm9v.",
        "Zm9v~",
        "Zm9\u017f",  # a letter that folds to s
        "Ｚm9v",
        "Zm9\ud800",
        "Zh",  # stray bits: f is Zg
        "Zm9",
        "Zm9vYh",
        "AB",
        "AAB",
        "__9",
        r"\u0041" * 4,  # a letter to a JSON reader, which is underneath
        r"\/\/\/\/",
        'Zm9v","Zm9v',
        'Zm9"',
    ],
)
def test_no_second_text_for_the_same_bytes(text: str) -> None:
    with pytest.raises(EncodingError) as caught:
        b64url_decode(text)

    assert caught.value.code == "bad_encoding"


@pytest.mark.parametrize("raw", [b"Zg==", b"Zh", b"Zm9v\n", b"Zm9\xff", b"\x80AAA", b"+AAA"])
def test_bytes_are_read_as_strictly(raw: bytes) -> None:
    with pytest.raises(EncodingError):
        b64url_decode(raw)


@given(st.text(ALPHABET, max_size=40) | st.text(ALPHABET + "+/= \n.é", max_size=40))
def test_what_is_read_is_what_would_be_written(text: str) -> None:
    try:
        data = b64url_decode(text)
    except EncodingError:
        assert _cannot_be(text)
        return
    assert b64url_encode(data) == text


def _cannot_be(text: str) -> bool:
    """Judged without decoding: by alphabet, length, and the bits of the last character."""
    if set(text) - set(ALPHABET) or len(text) % 4 == 1:
        return True
    unused_bits = {0: 0, 2: 4, 3: 2}[len(text) % 4]
    return bool(text) and ALPHABET.index(text[-1]) % (1 << unused_bits) != 0
