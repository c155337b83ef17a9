"""Bytes sealed under a key: AES-256-GCM with a random nonce, and HKDF to make keys.

Sealed bytes say which purpose they were sealed for (``associated``); opened under
another they do not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.errors import SealError

KEY_BYTES = 32
_NONCE_BYTES = 12


def seal(key: bytes, data: bytes, *, associated: bytes) -> bytes:
    """``data`` sealed: 12 bytes of nonce, then ciphertext and tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, associated)


def unseal(key: bytes, sealed: bytes, *, associated: bytes) -> bytes:
    """The data that ``seal`` took.

    Raises:
        SealError: another key or purpose, or the bytes were changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise SealError("sealed with another key or for another purpose, or changed") from error


def derive_key(secret: bytes, *, salt: bytes, purpose: str) -> bytes:
    """A key of 32 bytes from ``secret``, one for each purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode()).derive(
        secret
    )
