"""Putting disclosed claims back where the issuer's digests say they belong.

Every digest and every disclosure is accounted for. A disclosure nobody signed for, a
digest that stands twice, a disclosed name that is taken already: each would let a holder
show something else than what was issued, and each is refused.
Source: [SD-JWT §7.1]; numbers R4 to R10 and R14 as in schemas/sd_jwt.py.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from schemas.claims_path import WITHHELD, ClaimPath
from schemas.disclosure import (
    MAX_DISCLOSURES,
    RESERVED_NAMES,
    SdJwtError,
    parse_disclosures,
)
from schemas.errors import InputError
from schemas.strict_json import MAX_DEPTH

HASH_ALGORITHM = "sha-256"
"""The one digest algorithm taken and written. Names are case-sensitive."""


_encode = msgspec.json.Encoder().encode


class DisclosureMissingError(InputError):
    """The holder has no such claim to show."""

    code = "disclosure_missing"


class ProcessedPayload(Struct, frozen=True):
    """The issuer's claims with the disclosed ones put back."""

    claims: dict[str, Any]
    disclosed: frozenset[ClaimPath]
    """Paths of the claims that a disclosure supplied; all others were always visible."""


def process_payload(
    payload: dict[str, Any], disclosures: Sequence[str], *, keep_positions: bool = False
) -> ProcessedPayload:
    """The claims a verifier may look at. ``payload`` itself stays as it is.

    Digests without a disclosure are left out: claims withheld, or decoys. Which claims
    may be hidden at all is not checked here but where the credential type is known.

    Args:
        payload: of the issuer's JWT, signature verified.
        disclosures: as sent, in any order.
        keep_positions: leave ``WITHHELD`` in arrays for elements that were not disclosed,
            so that a position means what it meant to the issuer.

    Raises:
        SdJwtError: R1, R4 to R10, R14.
    """
    walk = _Walk(disclosures, keep_positions)
    claims = walk.root(payload)
    return ProcessedPayload(claims, frozenset(walk.disclosed))


def disclosures_for(
    payload: dict[str, Any], disclosures: Sequence[str], paths: Iterable[ClaimPath]
) -> tuple[str, ...]:
    """Those of the holder's disclosures that show the claims at ``paths``, and no others.

    A claim inside a hidden object needs the object's disclosure as well; a path that ends
    at an object stands for all that is in it.

    Raises:
        DisclosureMissingError: there is no claim at one of the paths.
        SdJwtError: as ``process_payload``.
    """
    walk = _Walk(disclosures, keep_positions=True)
    claims = walk.root(payload)
    needed: set[str] = set()
    for wanted in paths:
        if not _holds(claims, wanted):
            raise DisclosureMissingError(f"there is no claim at {'/'.join(map(str, wanted))}")
        needed.update(
            encoded
            for path, encoded in walk.disclosed.items()
            if path[: len(wanted)] == wanted or wanted[: len(path)] == path
        )
    return tuple(encoded for encoded in disclosures if encoded in needed)


def _holds(value: Any, path: ClaimPath) -> bool:
    for step in path:
        is_member = isinstance(value, dict) and step in value
        is_element = isinstance(value, list) and step in range(len(value))
        if not (is_member or is_element):
            return False
        value = value[step]
    return value is not WITHHELD


class _Walk:
    """One pass over a payload that accounts for every digest it meets."""

    __slots__ = ("disclosed", "keep_positions", "seen", "supplied")

    def __init__(self, disclosures: Sequence[str], keep_positions: bool) -> None:
        if len(disclosures) > MAX_DISCLOSURES:
            raise SdJwtError(f"{len(disclosures)} disclosures", rule="R14")
        parsed = parse_disclosures(disclosures)
        self.supplied = {disclosure.digest: disclosure for disclosure in parsed}
        if len(self.supplied) != len(parsed):
            raise SdJwtError("a disclosure is there twice", rule="R8")
        self.keep_positions = keep_positions
        self.seen: set[str] = set()
        self.disclosed: dict[ClaimPath, str] = {}

    def root(self, payload: dict[str, Any]) -> dict[str, Any]:
        members = dict(payload)
        if members.pop("_sd_alg", HASH_ALGORITHM) != HASH_ALGORITHM:
            raise SdJwtError(f"_sd_alg is not {HASH_ALGORITHM}", rule="R4")
        claims = self._object(members, ())
        # Each was used once at most, or a digest would have been there twice.
        if len(self.disclosed) != len(self.supplied):
            raise SdJwtError("a disclosure that no digest stands for", rule="R9")
        return claims

    def _value(self, value: Any, path: ClaimPath) -> Any:
        kind = type(value)
        if kind is not dict and kind is not list:
            return value
        if _holds_no_digest(value):
            return value
        return self._object(value, path) if kind is dict else self._array(value, path)

    def _object(self, members: dict[str, Any], path: ClaimPath) -> dict[str, Any]:
        if len(path) > MAX_DEPTH or "_sd_alg" in members or "..." in members:
            raise _misplaced(members, path)
        claims = dict(members)
        digests = claims.pop("_sd", [])
        if not _holds_no_digest(claims):
            claims = {name: self._value(value, (*path, name)) for name, value in claims.items()}
        self._disclose_members(digests, claims, path)
        return claims

    def _disclose_members(self, digests: Any, claims: dict[str, Any], path: ClaimPath) -> None:
        if type(digests) is not list:
            raise SdJwtError("_sd is no array", rule="R10")
        self._account_for(digests)
        supplied, disclosed = self.supplied, self.disclosed
        for digest in digests:
            disclosure = supplied.get(digest)
            if disclosure is None:
                continue
            name = disclosure.name
            if name is None:
                raise SdJwtError("an array element disclosed as a member", rule="R5")
            if name in RESERVED_NAMES:
                raise SdJwtError("a disclosed claim with a reserved name", rule="R6")
            if name in claims:
                raise SdJwtError("a disclosed claim whose name is taken", rule="R7")
            where = (*path, name)
            disclosed[where] = disclosure.encoded
            value = disclosure.value
            claims[name] = value if type(value) is str else self._value(value, where)

    def _array(self, elements: list[Any], path: ClaimPath) -> list[Any]:
        claims = []
        for position, element in enumerate(elements):
            where = (*path, position)
            if type(element) is not dict or element.keys() != {"..."}:
                claims.append(self._value(element, where))
                continue
            digest = element["..."]
            self._account_for([digest])
            disclosure = self.supplied.get(digest)
            if disclosure is not None:
                if disclosure.name is not None:
                    raise SdJwtError("a member disclosed as an array element", rule="R5")
                self.disclosed[where] = disclosure.encoded
                claims.append(self._value(disclosure.value, where))
            elif self.keep_positions:
                claims.append(WITHHELD)
        return claims

    def _account_for(self, digests: list[Any]) -> None:
        """Remember digests; each may be met once in the whole credential."""
        if set(map(type, digests)) - {str}:
            raise SdJwtError("a digest is no string", rule="R10")
        met = len(self.seen) + len(digests)
        self.seen.update(digests)
        if len(self.seen) != met:
            raise SdJwtError("a digest is there twice", rule="R8")


def _holds_no_digest(value: Any) -> bool:
    # Writing a value to see so is cheaper than walking it, and most hold none.
    text = _encode(value)
    return b'"_sd' not in text and b'"..."' not in text


def _misplaced(members: dict[str, Any], path: ClaimPath) -> SdJwtError:
    if len(path) > MAX_DEPTH:
        # Each disclosure is JSON of its own, so the cap on JSON does not cap the whole.
        return SdJwtError(f"nested deeper than {MAX_DEPTH} levels", rule="R14")
    if "_sd_alg" in members:
        return SdJwtError("_sd_alg inside a claim", rule="R4")
    return SdJwtError('"..." is not alone in an element of an array', rule="R10")
