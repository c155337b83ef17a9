"""Texts that are no permit's code, or only pretend to be one."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base45 import base45_encode
from schemas.base64url import b64url_decode
from schemas.presentation_qr import (
    MAX_CHARACTERS,
    ForeignCodeError,
    UnreadableCodeError,
    UnsupportedVersionError,
    unpack,
)
from schemas.qr_dictionary import DICTIONARY_1


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("https://example.org", ForeignCodeError, "a web address"),
        ("WXP://f2f0example", ForeignCodeError, "a payment code"),
        ("openid4vp://?client_id=x", ForeignCodeError, "a counter's request"),
        ("openid-credential-offer://?x", ForeignCodeError, "an offer of a permit"),
        ("", ForeignCodeError, "an empty text"),
        ("ZJ", ForeignCodeError, "some other text"),
        ("A" * (MAX_CHARACTERS + 1), ForeignCodeError, "4297 characters"),
        ("ZJ1:" + "0" * MAX_CHARACTERS, ForeignCodeError, "4300 characters"),
        ("ZJ2:ABC", UnsupportedVersionError, "another version"),
        ("zj9:abc", UnsupportedVersionError, "another version"),
        ("ZJ10:ABC", UnsupportedVersionError, "another version"),
        ("ZJ1:", UnreadableCodeError, "end of the code is missing"),
        ("ZJ1::", UnreadableCodeError, "damaged"),
    ],
)
def test_what_is_said_of_other_texts(text: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        unpack(text, certificates={})


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(UnreadableCodeError):
        unpack("ZJ1:" + base45_encode(data) + ":", certificates={})


@given(st.text(max_size=60))
def test_any_text_is_foreign_or_refused(text: str) -> None:
    with pytest.raises((ForeignCodeError, UnreadableCodeError, UnsupportedVersionError)):
        unpack(text, certificates={})


def code_of(stream: bytes, raw: bytes = bytes(64)) -> str:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARY_1)
    return "ZJ1:" + base45_encode(squeeze.compress(stream) + squeeze.flush() + raw) + ":"


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"\x1f{}\x1f" + b" " * 20_000, id="a text that inflates beyond its cap"),
        pytest.param(b"\x1f{}\x1f" + b" " * 50_000_000, id="fifty megabytes in a small code"),
        pytest.param(b"\x1f" * 10_000, id="ten thousand disclosures"),
        pytest.param(b"{}\x1f{}", id="no part at the beginning"),
        pytest.param(b"", id="no text at all"),
    ],
)
def test_hostile_streams_are_refused(stream: bytes) -> None:
    text = code_of(stream)[:MAX_CHARACTERS].removesuffix(":") + ":"
    with pytest.raises((UnreadableCodeError, ForeignCodeError)):
        unpack(text, certificates={})


def test_a_cut_text_is_called_so_rather_than_its_values() -> None:
    with pytest.raises(UnreadableCodeError, match="was cut off"):
        unpack(code_of(b"\x1f{}\x1f" + b" " * 20_000), certificates={})


def test_a_text_within_its_cap_is_read() -> None:
    presentation = unpack(code_of(b"\x1f{}\x1f" + b" " * 16_000), certificates={})

    assert b64url_decode(presentation.split(".")[1]) == b" " * 16_000
