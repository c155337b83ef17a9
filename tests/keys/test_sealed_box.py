"""Sealed bytes: only the same key and purpose open them, and only unchanged."""

import hashlib
import hmac
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import SealError
from keys.sealed_box import KEY_BYTES, derive_key, seal, unseal

KEY, OTHER = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)


@given(st.binary(max_size=500), st.binary(max_size=50))
def test_what_was_sealed_is_what_comes_out(data: bytes, purpose: bytes) -> None:
    assert unseal(KEY, seal(KEY, data, associated=purpose), associated=purpose) == data


def test_the_same_bytes_are_never_sealed_alike() -> None:
    sealed = {seal(KEY, b"data", associated=b"p") for _ in range(100)}
    assert len({box[:12] for box in sealed}) == 100
    assert all(b"data" not in box for box in sealed)


def test_another_key_or_purpose_does_not_open_it() -> None:
    sealed = seal(KEY, b"data", associated=b"vault")
    for key, purpose in ((OTHER, b"vault"), (KEY, b"export"), (KEY, b"")):
        with pytest.raises(SealError, match="another key or for another purpose"):
            unseal(key, sealed, associated=purpose)


@given(st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, b"data", associated=b"p"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealError):
        unseal(KEY, bytes(sealed), associated=b"p")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27, 28, 31])
def test_a_part_of_it_does_not_open(length: int) -> None:
    sealed = seal(KEY, b"data", associated=b"p")
    assert len(sealed) == 32
    with pytest.raises(SealError):
        unseal(KEY, sealed[:length], associated=b"p")


def test_a_key_is_derived_for_one_purpose_and_salt() -> None:
    key = derive_key(b"secret", salt=b"salt", purpose="vault")
    assert len(key) == KEY_BYTES
    assert key == derive_key(b"secret", salt=b"salt", purpose="vault")
    others = {
        derive_key(b"other", salt=b"salt", purpose="vault"),
        derive_key(b"secret", salt=b"tlas", purpose="vault"),
        derive_key(b"secret", salt=b"salt", purpose="export"),
    }
    assert len(others | {key}) == 4


def test_derivation_is_hkdf() -> None:
    """One block of HKDF-SHA-256, by its definition: extract, then expand once."""
    extracted = hmac.digest(b"salt", b"secret", hashlib.sha256)
    expected = hmac.digest(extracted, b"vault\x01", hashlib.sha256)
    assert derive_key(b"secret", salt=b"salt", purpose="vault") == expected
