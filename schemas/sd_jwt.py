"""SD-JWT: claims that their holder shows one by one, without a key in sight.

The issuer signs digests; each digest stands for a disclosure, a short text holding a
salt, a claim's name and its value. Whoever gets the disclosure can check it against the
digest; whoever does not learns nothing. This file conceals, splits and joins, and gives
one door to the two beside it: schemas/disclosure.py for one disclosure and
schemas/disclosed_claims.py for putting claims back. Signatures are the business of
keys/jws.py; validity in time and key binding are the verifier's.

What is refused is numbered R1 to R14, and each error carries its number. SHA-256 is the
only digest taken [HAIP §8]: an issuer's weaker choice must not become ours.
Source: [SD-JWT §4, §7].
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from secrets import token_bytes
from typing import Any

from msgspec import Struct

from schemas.base64url import b64url_encode
from schemas.claims_path import WITHHELD, ClaimPath
from schemas.disclosed_claims import (
    HASH_ALGORITHM,
    DisclosureMissingError,
    ProcessedPayload,
    disclosures_for,
    process_payload,
)
from schemas.disclosure import (
    MAX_DISCLOSURES,
    MAX_PRESENTATION_BYTES,
    RESERVED_NAMES,
    Disclosure,
    SdJwtError,
    make_disclosure,
    make_disclosures,
    parse_disclosure,
)

__all__ = [
    "HASH_ALGORITHM",
    "MAX_DISCLOSURES",
    "MAX_PRESENTATION_BYTES",
    "WITHHELD",
    "ClaimPath",
    "Disclosure",
    "DisclosureMissingError",
    "ProcessedPayload",
    "SdJwt",
    "SdJwtError",
    "SelectiveObject",
    "conceal",
    "disclosures_for",
    "join_sd_jwt",
    "make_disclosure",
    "parse_disclosure",
    "parse_sd_jwt",
    "process_payload",
    "sd_hash",
]

_SALTS_A_DRAW = 16
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class SelectiveObject(Struct, frozen=True):
    """An object claim whose members are hidden one by one, inside the hidden object."""

    members: Mapping[str, Any]


class SdJwt(Struct, frozen=True):
    """An SD-JWT taken apart. Nothing in it has been verified."""

    issuer_jwt: str
    disclosures: tuple[str, ...]
    kb_jwt: str | None
    """The key binding JWT, ``None`` where there is none."""
    signed_part: str
    """All up to and including the last tilde: what ``sd_hash`` is taken over."""


def conceal(
    visible: Mapping[str, Any],
    hidden: Mapping[str, Any],
    *,
    new_salt: Callable[[], str] | None = None,
) -> tuple[dict[str, Any], tuple[Disclosure, ...]]:
    """The payload to sign, and the disclosures that go to the holder with it.

    Args:
        visible: claims everybody sees.
        hidden: claims behind a digest; a ``SelectiveObject`` hides its members in turn.
        new_salt: gives a fresh salt at each call; by default from the system's generator.

    Raises:
        ValueError: a claim is in both, or has a reserved name. A fault of the caller.
    """
    payload = dict(visible)
    disclosures: list[Disclosure] = []
    if hidden:
        if not payload.keys().isdisjoint(hidden):
            raise ValueError("a claim cannot be visible and hidden")
        payload["_sd"] = _hide(hidden, new_salt or _fresh_salts().__next__, disclosures)
        payload["_sd_alg"] = HASH_ALGORITHM
    return payload, tuple(disclosures)


def _hide(
    hidden: Mapping[str, Any], new_salt: Callable[[], str], disclosures: list[Disclosure]
) -> list[str]:
    if not RESERVED_NAMES.isdisjoint(hidden):
        raise ValueError("a claim cannot be called _sd, _sd_alg or ...")
    members = []
    for name, value in hidden.items():
        if type(value) is SelectiveObject:
            value = {"_sd": _hide(value.members, new_salt, disclosures)}
        members.append((new_salt(), name, value))
    made = make_disclosures(members)
    disclosures += made
    # Sorted, so that the order does not tell which claim a digest stands for.
    return sorted([disclosure.digest for disclosure in made])


def _fresh_salts() -> Iterator[str]:
    """Salts of 128 bits without end."""
    return chain.from_iterable(iter(_draw_of_salts, []))


def _draw_of_salts() -> list[str]:
    """Salts cut from one large draw: cheaper than asking for each.

    In blocks of 18 bytes, the last two of them zero, the first 22 characters of each 24
    are what base64url makes of the first 16 bytes alone.
    """
    blocks = bytearray(token_bytes(18 * _SALTS_A_DRAW))
    blocks[16::18] = blocks[17::18] = bytes(_SALTS_A_DRAW)
    text = b64url_encode(bytes(blocks))
    return [text[start : start + 22] for start in range(0, len(text), 24)]


def parse_sd_jwt(text: str) -> SdJwt:
    """Split an SD-JWT, with or without key binding. Verifies nothing.

    Raises:
        SdJwtError: R1 not of the form ``JWT~D1~...~Dn~`` with or without a KB-JWT, R14 over a cap.
    """
    if len(text) > MAX_PRESENTATION_BYTES:
        raise SdJwtError(f"{len(text)} bytes, over {MAX_PRESENTATION_BYTES}", rule="R14")
    parts = text.split("~", MAX_DISCLOSURES + 2)
    if len(parts) > MAX_DISCLOSURES + 2:
        raise SdJwtError(f"more than {MAX_DISCLOSURES} disclosures", rule="R14")
    issuer_jwt, disclosures, tail = parts[0], parts[1:-1], parts[-1]
    # What is left when every base64url character is taken away: dots and tildes, in a
    # form that only the number of disclosures and the presence of key binding decide.
    skeleton = text.encode("utf-8", "replace").translate(None, _ALPHABET)
    if (
        len(parts) < 2
        or skeleton != b".." + b"~" * (len(parts) - 1) + (b".." if tail else b"")
        or not (_no_part_empty(issuer_jwt) and all(disclosures))
        or not (tail == "" or _no_part_empty(tail))
    ):
        raise SdJwtError("not of the form JWT~D1~...~Dn~ with or without a KB-JWT", rule="R1")
    return SdJwt(issuer_jwt, tuple(disclosures), tail or None, text[: len(text) - len(tail)])


def _no_part_empty(jwt: str) -> bool:
    first, last = jwt.find("."), jwt.rfind(".")
    return 0 < first < last - 1 < len(jwt) - 2


def join_sd_jwt(issuer_jwt: str, disclosures: Iterable[str], kb_jwt: str | None = None) -> str:
    """The compact form. Without ``kb_jwt`` it is what ``sd_hash`` is taken over."""
    return "~".join((issuer_jwt, *disclosures, kb_jwt or ""))


def sd_hash(signed_part: str) -> str:
    """What a key binding JWT says about the text before it [SD-JWT §4.3.1]."""
    return b64url_encode(sha256(signed_part.encode("ascii")).digest())
