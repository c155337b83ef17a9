"""Codes and tokens: what is handed out, and the little that is kept of each.

The register keeps digests only, so a stolen copy of it opens nothing. An offer that is
fetched by reference must still be able to say its code; hence the code is derived from the
reference, which travels in the offer's address and is kept as a digest like the rest.
Source: [OID4VCI §3.5, §4.1] and its requirement of at least 128 random bits.
"""

import hmac
import secrets
from hashlib import sha256

from schemas.base64url import b64url_encode

SECRET_BYTES = 32
"""Random bytes in each code and token; twice what is required."""
TX_CODE_DIGITS = 6
"""Digits a resident types: with five tries, a guesser's chance is one in 200,000."""


def new_secret() -> str:
    """A code or token that cannot be guessed, safe in URLs."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_tx_code() -> str:
    """The digits that reach the resident by a second way [OID4VCI §3.5]."""
    return f"{secrets.randbelow(10**TX_CODE_DIGITS):0{TX_CODE_DIGITS}d}"


def digest_of(secret: str) -> str:
    """What the register keeps of a code or token. Not for short secrets."""
    return b64url_encode(sha256(secret.encode()).digest())


def code_of(reference: str) -> str:
    """The pre-authorized code of the offer behind ``reference``; it does not lead back."""
    return b64url_encode(hmac.digest(reference.encode(), b"pre-authorized_code", "sha256"))


def tx_code_digest(code: str, tx_code: str) -> str:
    """What the register keeps of a transaction code.

    Keyed with the long code, which the register does not hold: six digits under a plain
    digest would be found by trying them all.
    """
    return b64url_encode(hmac.digest(code.encode(), b"tx_code:" + tx_code.encode(), "sha256"))


def same(one: str, other: str) -> bool:
    """Equality that takes as long for a near miss as for a far one."""
    return hmac.compare_digest(one.encode(), other.encode())
