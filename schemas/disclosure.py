"""One disclosure: the salt, name and value behind one digest of an SD-JWT.

The digest is taken over the text as it was sent, never over JSON written anew: two
writers put the same value down in different bytes. Source: [SD-JWT §4.2].
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import EncodingError, InputError, TooLargeError
from schemas.strict_json import MAX_DEPTH, decode_json

MAX_PRESENTATION_BYTES = 256 * 1024
"""Bytes of one SD-JWT with everything it carries; a permit with a portrait has about 40 kB."""

MAX_DISCLOSURES = 256
"""Disclosures in one SD-JWT; a permit has 15."""

RESERVED_NAMES = frozenset({"_sd", "...", "_sd_alg"})
"""Member names that carry digests; no claim may have one of them."""

_encode = msgspec.json.Encoder().encode
_encode_lines = msgspec.json.Encoder().encode_lines
_decode_lines = msgspec.json.Decoder().decode_lines


class SdJwtError(InputError):
    """Not an SD-JWT as it has to be.

    Attributes:
        rule: which of the rejection conditions R1 to R14 was met.
    """

    code = "invalid_sd_jwt"

    def __init__(self, detail: str, *, rule: str, remedy: str = "") -> None:
        super().__init__(detail, remedy=remedy)
        self.rule = rule


class Disclosure(Struct, frozen=True):
    """A claim that can be shown, with what proves that the issuer hid it."""

    encoded: str
    """Base64url of the JSON array, as sent."""
    digest: str
    """Base64url of SHA-256 over ``encoded``; what the issuer signed."""
    salt: str
    name: str | None
    """Name of the member; ``None`` for an element of an array."""
    value: Any


def make_disclosure(name: str | None, value: Any, *, salt: str) -> Disclosure:
    """A new disclosure; ``salt`` should carry 128 random bits or more [SD-JWT §9.3]."""
    encoded = b64url_encode(_encode([salt, value] if name is None else [salt, name, value]))
    return Disclosure(encoded, _digest(encoded), salt, name, value)


def parse_disclosure(encoded: str) -> Disclosure:
    """The disclosure with this text.

    Raises:
        SdJwtError: R1 not base64url, R5 not such an array, R14 not JSON with one meaning.
    """
    return parse_disclosures((encoded,))[0]


def parse_disclosures(encoded: Sequence[str]) -> list[Disclosure]:
    """The disclosures with these texts, in the same order.

    Raises:
        SdJwtError: as ``parse_disclosure``.
    """
    try:
        raw = [b64url_decode(text) for text in encoded]
    except EncodingError as error:
        raise SdJwtError(f"a disclosure is {error.detail}", rule="R1") from error
    return list(map(_disclosure, encoded, _decode(raw)))


def _disclosure(encoded: str, parts: Any) -> Disclosure:
    count = len(parts) if type(parts) is list else 0
    if count == 3 and type(parts[0]) is str and type(parts[1]) is str:
        salt, name, value = parts
    elif count == 2 and type(parts[0]) is str:
        salt, name, value = parts[0], None, parts[1]
    else:
        raise SdJwtError("a disclosure is not [salt, name, value] or [salt, value]", rule="R5")
    return Disclosure(encoded, _digest(encoded), salt, name, value)


def _digest(encoded: str) -> str:
    return b64url_encode(sha256(encoded.encode()).digest())


def _decode(raw: list[bytes]) -> list[Any]:
    """The values of several JSON texts, read as lines in one go where that is safe.

    Compact JSON comes out of the writer as it went in, and holds no line end. If as many
    values come out as texts went in, and written again they are those texts, then each
    text was one value with one meaning. All else is read one by one.
    """
    lines = b"\n".join(raw)
    # Few brackets in all of them: then none of them is nested deep.
    if lines.count(b"[") + lines.count(b"{") <= MAX_DEPTH:
        try:
            values = _decode_lines(lines)
            if len(values) == len(raw) and _encode_lines(values) == lines + b"\n":
                return values
        except ValueError:
            pass  # the strict reader below finds what is wrong and says it
    try:
        return [decode_json(text, max_bytes=MAX_PRESENTATION_BYTES) for text in raw]
    except (EncodingError, TooLargeError) as error:
        raise SdJwtError(f"a disclosure is {error.detail}", rule="R14") from error
