"""JWE in compact form [RFC7516 §7.1]: ECDH-ES on P-256 with A128GCM or A256GCM, and nothing else.

Used for answers to OpenID4VP requests [OID4VP §8.3]. Encryption proves nothing about the
sender: nonce and audience inside the presentation do. Key agreement is [RFC7518 §4.6].
"""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from keys.errors import TokenError
from keys.jws import public_key_from_jwk
from keys.signing_key import SoftwareSigningKey
from schemas.base64url import b64url_decode, b64url_encode
from schemas.errors import InputError
from schemas.strict_json import decode_object

ALG = "ECDH-ES"
KEY_BYTES = {"A128GCM": 16, "A256GCM": 32}
MAX_JWE_BYTES = 768 * 1024
MAX_HEADER_BYTES = 8 * 1024
_IV_BYTES, _TAG_BYTES = 12, 16


class EncryptionKey:
    """A key pair made for one request, so that an answer fits no other [HAIP §5]."""

    def __init__(self, key: SoftwareSigningKey, kid: str) -> None:
        self._key = key
        self.kid = kid

    @classmethod
    def new(cls, kid: str) -> "EncryptionKey":
        """A fresh pair named ``kid``."""
        return cls(SoftwareSigningKey(ec.generate_private_key(ec.SECP256R1())), kid)

    def public_jwk(self) -> dict[str, str]:
        """What the request announces."""
        return {**self._key.public_jwk(), "kid": self.kid, "use": "enc", "alg": ALG}

    def export(self) -> str:
        """Private part and kid, for the session store."""
        return f"{self.kid}.{b64url_encode(self._key.export_private())}"

    @classmethod
    def load(cls, exported: str) -> "EncryptionKey":
        """The converse of ``export``."""
        kid, _, private = exported.rpartition(".")
        return cls(SoftwareSigningKey.from_private(b64url_decode(private)), kid)

    def agree(self, public: ec.EllipticCurvePublicKey) -> bytes:
        """The shared secret Z with the sender's ephemeral key."""
        return self._key.private.exchange(ec.ECDH(), public)


def encrypt_jwe(payload: bytes, *, jwk: Mapping[str, Any], enc: str, kid: str | None) -> str:
    """``payload`` for the holder of ``jwk``.

    Args:
        payload: any bytes.
        jwk: the receiver's public key.
        enc: ``A128GCM`` or ``A256GCM``.
        kid: repeated in the header where the receiver's key has one [OID4VP §8.3].

    Raises:
        TokenError: no P-256 key, or another ``enc``.
    """
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    header: dict[str, Any] = {
        "alg": ALG,
        "enc": enc,
        "epk": SoftwareSigningKey(ephemeral).public_jwk(),
    }
    if kid is not None:
        header["kid"] = kid
    secret = ephemeral.exchange(ec.ECDH(), _ec(jwk))
    protected = b64url_encode(msgspec.json.encode(header))
    iv = secrets.token_bytes(_IV_BYTES)
    sealed = AESGCM(_content_key(secret, header)).encrypt(iv, payload, protected.encode("ascii"))
    parts = (iv, sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:])
    # The second part, the encrypted key, is empty in direct agreement [RFC7518 §4.6].
    return ".".join((protected, "", *map(b64url_encode, parts)))


def decrypt_jwe(token: str, *, private_key: EncryptionKey, encs: Collection[str]) -> bytes:
    """The payload of a JWE made for ``private_key``.

    Raises:
        TokenError: malformed, another algorithm or key, compressed (a small text could
            then become a huge one), or changed on the way.
    """
    if len(token) > MAX_JWE_BYTES:
        raise TokenError(f"{len(token)} bytes where at most {MAX_JWE_BYTES} are taken")
    parts = token.split(".", 5)
    if len(parts) != 5 or parts[1]:
        raise TokenError("a directly agreed JWE has five parts, the second empty")
    try:
        header = decode_object(b64url_decode(parts[0]), max_bytes=MAX_HEADER_BYTES)
        iv, ciphertext, tag = (b64url_decode(part) for part in parts[2:])
        _check_header(header, private_key.kid, encs)
        epk = header.get("epk")
        secret = private_key.agree(_ec(epk if isinstance(epk, dict) else {}))
        key = _content_key(secret, header)
    except InputError as error:
        raise TokenError(f"malformed JWE: {error.detail}") from error
    if len(iv) != _IV_BYTES or len(tag) != _TAG_BYTES:
        raise TokenError("the initialisation vector or tag has another length")
    try:
        return AESGCM(key).decrypt(iv, ciphertext + tag, parts[0].encode("ascii"))
    except InvalidTag as error:
        raise TokenError("the JWE was made for another key, or changed") from error


def _check_header(header: Mapping[str, Any], kid: str, encs: Collection[str]) -> None:
    if header.get("alg") != ALG:
        raise TokenError(f"alg must be {ALG}")
    if not isinstance(header.get("enc"), str) or header["enc"] not in encs:
        raise TokenError(f"enc must be one of {', '.join(sorted(encs))}")
    if header.get("kid", kid) != kid:
        raise TokenError("the JWE names another key (kid)")
    if "zip" in header or "crit" in header:
        raise TokenError("compression and critical extensions are not taken")


def _ec(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    return public_key_from_jwk(jwk).ec_key


def _content_key(secret: bytes, header: Mapping[str, Any]) -> bytes:
    enc = header["enc"]
    if enc not in KEY_BYTES:
        raise TokenError("enc must be A128GCM or A256GCM")
    length = KEY_BYTES[enc]
    parties = [_party(header, name) for name in ("apu", "apv")]
    info = b"".join(_prefixed(part) for part in (enc.encode("ascii"), *parties))
    info += (length * 8).to_bytes(4, "big")
    return ConcatKDFHash(algorithm=SHA256(), length=length, otherinfo=info).derive(secret)


def _party(header: Mapping[str, Any], name: str) -> bytes:
    named = header.get(name, "")
    if not isinstance(named, str):
        raise TokenError(f"{name} must be a text")
    return b64url_decode(named)


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
