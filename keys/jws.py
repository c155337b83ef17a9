"""JWS in compact form, ES256 only, with the type of each token checked exactly.

Parsing and believing are two steps: ``parse_jws`` gives a ``Jws`` that is unverified by
type and name; ``verify_jws`` raises unless the signature fits the key that the caller
found by its own means. A key is never taken from the token itself [RFC8725 §3.10].

The strict parser stands on the hot path of every check at a counter, so it is ours;
the signature itself is the cryptography package's.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from keys.errors import SignatureError, TokenError
from keys.signing_key import SigningKey
from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import InputError
from schemas.strict_json import decode_object

MAX_JWS_BYTES = 256 * 1024
"""Largest token taken, unless the caller says otherwise."""
MAX_HEADER_BYTES = 32 * 1024
"""Largest header: six certificates of a generous size."""
MAX_CERTIFICATES = 6
"""Longest chain taken from a header."""
MAX_KEPT_CHARACTERS = 4096
"""Longest header, or chain, that is remembered decoded: one with two certificates fits, and
a stranger cannot fill the memory with large ones."""

_ES256 = ec.ECDSA(hashes.SHA256())
_CURVE = ec.SECP256R1()
_encode = msgspec.json.Encoder().encode


class PublicKey:
    """A P-256 public key; opaque outside this room."""

    __slots__ = ("_key", "_verify")

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise TokenError(f"a P-256 key is needed, this one is {key.curve.name}")
        self._key = key
        self._verify = key.verify

    def verify(self, signature: bytes, signing_input: bytes) -> None:
        """Raise ``SignatureError`` unless ``signature`` (r‖s, 64 bytes) is this key's."""
        if len(signature) != 64:
            raise SignatureError(f"an ES256 signature has 64 bytes, this one {len(signature)}")
        # That r and s lie between 1 and the order of the group less 1 is checked underneath.
        numbers = _der_integer(signature[:32]) + _der_integer(signature[32:])
        try:
            self._verify(b"0%c%b" % (len(numbers), numbers), signing_input, _ES256)
        except InvalidSignature as error:
            raise SignatureError("the signature does not fit the key") from error

    def jwk(self) -> dict[str, str]:
        """The members kty, crv, x, y."""
        numbers = self._key.public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return {"kty": "EC", "crv": "P-256", "x": b64url_encode(x), "y": b64url_encode(y)}

    @property
    def ec_key(self) -> ec.EllipticCurvePublicKey:
        """The cryptography package's object, for this room's own use."""
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self._key == other._key

    def __hash__(self) -> int:
        return hash(tuple(self.jwk().values()))


def _der_integer(number: bytes) -> bytes:
    """An unsigned number of 32 bytes as DER has it: no zeros in front but one for the sign."""
    digits = number.lstrip(b"\0")
    if digits[:1] > b"\x7f" or not digits:
        digits = b"\0" + digits
    return b"\x02%c%b" % (len(digits), digits)


def public_key_from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The key of a public EC P-256 JWK; other members (kid, use, alg) are let pass.

    Not remembered: each copy of a permit has a key of its own and is seldom seen again.

    Raises:
        TokenError: another kind of key, a private one, or a point off the curve.
    """
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise TokenError("a P-256 key is needed (kty EC, crv P-256)")
    if "d" in jwk:
        raise TokenError("a private key stands where a public one belongs")
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str):
        raise TokenError("the key has no coordinates")
    return _key_at(x, y)


def _key_at(x: str, y: str) -> PublicKey:
    # Each has its full length, zeros in front included: one key, one text [RFC7518 §6.2.1.2].
    if len(x) != 43 or len(y) != 43:
        raise TokenError("the key's coordinates have 32 bytes each")
    try:
        point = b"\x04" + b64url_decode(x) + b64url_decode(y)
        return PublicKey(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point))
    except (ValueError, InputError) as error:
        raise TokenError("the key's coordinates are no point of P-256") from error


def jwk_thumbprint(jwk: Mapping[str, Any]) -> str:
    """SHA-256 over the required members in order, base64url [RFC7638 §3]."""
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return b64url_encode(sha256(_encode(required)).digest())


class Jws(msgspec.Struct, frozen=True):
    """A token taken apart and not believed yet."""

    header: dict[str, Any]
    """Protected header; shared between equal tokens, so never to be changed."""
    payload: bytes
    signing_input: bytes
    signature: bytes


def parse_jws(token: str, *, typ: str, max_bytes: int = MAX_JWS_BYTES) -> Jws:
    """Take a compact JWS apart. Nothing of it is verified yet.

    Raises:
        TokenError: not three parts of strict base64url, another ``typ`` or ``alg`` than
            expected, or a ``crit`` header, of which we understand none [RFC7515 §4.1.11].
    """
    if len(token) > max_bytes:
        raise TokenError(f"a token of {len(token)} bytes where at most {max_bytes} are taken")
    parts = token.split(".", 3)
    if len(parts) != 3 or not all(parts):
        raise TokenError("a signed token has three parts, none of them empty")
    encoded = parts[0]
    read = _kept_header if len(encoded) <= MAX_KEPT_CHARACTERS else _header
    try:
        header = read(encoded)
        payload, signature = b64url_decode(parts[1]), b64url_decode(parts[2])
    except InputError as error:
        raise TokenError(f"malformed token: {error.detail}") from error
    if header.get("alg") != "ES256":
        raise TokenError("alg must be ES256")
    if header.get("typ") != typ:
        # One validator for each type: a token made for one purpose is no other [RFC8725 §3.11].
        raise TokenError(f"typ must be {typ}")
    if "crit" in header:
        raise TokenError("crit names extensions that are not understood here")
    return Jws(header, payload, token[: token.rindex(".")].encode("ascii"), signature)


def _header(encoded: str) -> dict[str, Any]:
    return decode_object(b64url_decode(encoded), max_bytes=MAX_HEADER_BYTES)


# Counters see the same few headers all day; each holds a certificate chain.
_kept_header = lru_cache(maxsize=256)(_header)


def verify_jws(jws: Jws, key: PublicKey) -> None:
    """Raise ``SignatureError`` unless ``jws`` was signed by ``key``."""
    key.verify(jws.signature, jws.signing_input)


def sign_jws(payload: bytes, *, typ: str, key: SigningKey, **header: Any) -> str:
    """A compact JWS of ``payload``; ``header`` adds members after alg and typ."""
    encoded = b64url_encode(_encode({"alg": "ES256", "typ": typ, **header}))
    return sign_with_header(payload, encoded_header=encoded, key=key)


def sign_with_header(payload: bytes, *, encoded_header: str, key: SigningKey) -> str:
    """As ``sign_jws`` with the header encoded before: for many tokens of one kind."""
    signing_input = f"{encoded_header}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(key.sign(signing_input.encode('ascii')))}"


def x5c_header(key: SigningKey) -> list[str]:
    """The chain of ``key`` as a header member: standard base64, leaf first [RFC7515 §4.1.6]."""
    return [b64encode(certificate).decode("ascii") for certificate in key.chain]


def x5c_of(jws: Jws) -> tuple[bytes, ...]:
    """The DER chain named in the protected header, leaf first; not validated here.

    Raises:
        TokenError: there is none, it is too long, or an entry is not base64.
    """
    chain = jws.header.get("x5c")
    if not isinstance(chain, list) or not 1 <= len(chain) <= MAX_CERTIFICATES:
        raise TokenError(f"x5c must hold one to {MAX_CERTIFICATES} certificates")
    if not all(isinstance(certificate, str) for certificate in chain):
        raise TokenError("x5c entries are texts")
    short = sum(map(len, chain)) <= MAX_KEPT_CHARACTERS
    return _kept_chain(*chain) if short else _decoded_chain(*chain)


def _decoded_chain(*chain: str) -> tuple[bytes, ...]:
    try:
        return tuple(b64decode(certificate, validate=True) for certificate in chain)
    except ValueError as error:
        raise TokenError("x5c entries are standard base64") from error


_kept_chain = lru_cache(maxsize=256)(_decoded_chain)
