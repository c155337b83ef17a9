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
_decode_members = msgspec.json.Decoder(tuple[str, str, Any]).decode_lines

_Parts = tuple[str, str | None, Any]


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
    return Disclosure(encoded, _digests([encoded])[0], salt, name, value)


def make_disclosures(members: Sequence[tuple[str, str, Any]]) -> list[Disclosure]:
    """New disclosures of members of objects, each given as its salt, name and value."""
    encoded = [b64url_encode(_encode(member)) for member in members]
    return [
        Disclosure(text, digest, *member)
        for text, digest, member in zip(encoded, _digests(encoded), members, strict=True)
    ]


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
        raw = list(map(b64url_decode, encoded))
    except EncodingError as error:
        raise SdJwtError(f"a disclosure is {error.detail}", rule="R1") from error
    texts = zip(encoded, _digests(encoded), _decode(raw), strict=True)
    return [Disclosure(text, digest, *parts) for text, digest, parts in texts]


def _digests(encoded: Sequence[str]) -> list[str]:
    """Base64url of SHA-256 over each text, written in one go.

    A zero byte after each digest makes blocks of 33 bytes or 44 characters, of which the
    first 43 are what base64url makes of the digest alone.
    """
    blocks = b"".join([sha256(text.encode()).digest() + b"\0" for text in encoded])
    text = b64url_encode(blocks)
    return [text[start : start + 43] for start in range(0, len(text), 44)]


def _decode(raw: list[bytes]) -> Sequence[_Parts]:
    """Salt, name and value of several JSON texts, read as lines in one go where that is safe.

    Compact JSON comes out of the writer as it went in, and holds no line end. If as many
    values come out as texts went in, and written again they are those texts, then each
    text was one value with one meaning. All else, array elements too, is read one by one.
    """
    lines = b"\n".join(raw)
    # Few brackets in all of them: then none of them is nested deep.
    if lines.count(b"[") + lines.count(b"{") <= MAX_DEPTH:
        try:
            members = _decode_members(lines)
            if len(members) == len(raw) and _encode_lines(members) == lines + b"\n":
                return members
        except ValueError:
            pass  # the strict reader below finds what is wrong and says it
    try:
        values = [decode_json(text, max_bytes=MAX_PRESENTATION_BYTES) for text in raw]
    except (EncodingError, TooLargeError) as error:
        raise SdJwtError(f"a disclosure is {error.detail}", rule="R14") from error
    return list(map(_parts, values))


def _parts(value: Any) -> _Parts:
    count = len(value) if type(value) is list else 0
    if count == 3 and type(value[0]) is str and type(value[1]) is str:
        return value[0], value[1], value[2]
    if count == 2 and type(value[0]) is str:
        return value[0], None, value[1]
    raise SdJwtError("a disclosure is not [salt, name, value] or [salt, value]", rule="R5")
