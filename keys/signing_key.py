"""Keys that sign, behind one port, so that a file can give way to a hardware module.

ES256 only: P-256 with SHA-256, signatures as r‖s of 64 bytes [RFC7518 §3.4].
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keys.errors import TrustError
from schemas.base64url import b64url_encode

HOW_TO_MAKE = "Make keys with: python -m keys init; for one more county: python -m keys add-county."
_ES256 = ec.ECDSA(hashes.SHA256())


class MissingKeyError(TrustError):
    """A key or certificate file that a setting names is not there or not usable."""

    code = "missing_key"
    http_status = 500


class SigningKey(ABC):
    """Signs, and says which public key and certificates go with it."""

    chain: tuple[bytes, ...]
    """DER certificates, leaf first, without the trust anchor; empty for a holder's key."""

    @abstractmethod
    def sign(self, signing_input: bytes) -> bytes:
        """The ES256 signature of ``signing_input``: r‖s, 64 bytes."""

    @abstractmethod
    def public_jwk(self) -> dict[str, str]:
        """The public key: members kty, crv, x, y and no other [RFC7517 §4]."""


class SoftwareSigningKey(SigningKey):
    """A private key held in this process's memory."""

    def __init__(self, private: ec.EllipticCurvePrivateKey, chain: tuple[bytes, ...] = ()) -> None:
        if not isinstance(private.curve, ec.SECP256R1):
            raise MissingKeyError(f"a P-256 key is needed, this one is {private.curve.name}")
        self.private = private
        self.chain = chain
        self._sign = private.sign
        numbers = private.public_key().public_numbers()
        self._jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64url_encode(numbers.x.to_bytes(32, "big")),
            "y": b64url_encode(numbers.y.to_bytes(32, "big")),
        }

    def sign(self, signing_input: bytes) -> bytes:
        r, s = decode_dss_signature(self._sign(signing_input, _ES256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_jwk(self) -> dict[str, str]:
        return dict(self._jwk)

    def export_private(self) -> bytes:
        """PKCS #8 DER, unencrypted: for a vault that seals it."""
        return self.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def from_private(cls, der: bytes, chain: tuple[bytes, ...] = ()) -> "SoftwareSigningKey":
        """The key that ``export_private`` wrote.

        Raises:
            MissingKeyError: not a P-256 private key.
        """
        return cls(_ec_key(serialization.load_der_private_key, der), chain)


def new_signing_key() -> SoftwareSigningKey:
    """A fresh key, without certificates."""
    return SoftwareSigningKey(ec.generate_private_key(ec.SECP256R1()))


class FileSigningKey(SoftwareSigningKey):
    """A key in ``STEM.key`` (PKCS #8 PEM, mode 0600) with its chain in ``STEM.pem``."""

    @classmethod
    def load(cls, stem: Path) -> "FileSigningKey":
        """Read key and chain.

        Raises:
            MissingKeyError: a file is missing, is not what it should be, or the first
                certificate is not for this key.
        """
        try:
            pem = stem.with_suffix(".key").read_bytes()
            certificates = x509.load_pem_x509_certificates(stem.with_suffix(".pem").read_bytes())
        except (OSError, ValueError) as error:
            raise MissingKeyError(
                f"no usable key at {stem}: {error}", remedy=HOW_TO_MAKE
            ) from error
        chain = tuple(c.public_bytes(serialization.Encoding.DER) for c in certificates)
        key = cls(_ec_key(serialization.load_pem_private_key, pem), chain)
        if certificates[0].public_key() != key.private.public_key():
            raise MissingKeyError(f"{stem}.pem is not the certificate of {stem}.key")
        return key


def write_key(stem: Path, key: SoftwareSigningKey, chain: tuple[bytes, ...]) -> None:
    """Write ``STEM.key`` and ``STEM.pem``; never over something that is there.

    Folders that have to be made for it are open to their owner only.

    Raises:
        FileExistsError: a key or certificate is there already: replacing a key would orphan
            what it signed.
    """
    make_private_folder(stem.parent)
    pem = key.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificates = (x509.load_der_x509_certificate(der) for der in chain)
    public = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)
    _write_new(stem.with_suffix(".key"), pem, mode=0o600)
    _write_new(stem.with_suffix(".pem"), public, mode=0o644)


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, each with mode 0700."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def _write_new(path: Path, data: bytes, *, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(data)


def _ec_key(load: Callable[..., object], data: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load(data, password=None)
    except (ValueError, TypeError) as error:
        raise MissingKeyError("not a private key in PKCS #8") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise MissingKeyError("a P-256 key is needed, this one is of another kind")
    return key
