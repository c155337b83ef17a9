"""A small province with real keys, and a maker of certificates that breaks one rule at a time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from keys.certificates import Role, issue_certificate, new_root
from keys.signing_key import SoftwareSigningKey, new_signing_key
from keys.trust_list import COUNTER_AUDIENCE, TrustedIssuer, TrustList, encode_all
from schemas.base64url import b64url_encode

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ISSUER = "https://permit.example/330302"
PERMIT_TYPE = "urn:zhejiang:residence-permit:1"


@dataclass(frozen=True)
class Held:
    """A key with its certificate."""

    key: SoftwareSigningKey
    certificate: bytes

    @property
    def signer(self) -> SoftwareSigningKey:
        """The key with its chain, ready to sign a token."""
        return SoftwareSigningKey(self.key.private, (self.certificate,))


class SmallProvince:
    """A root, a leaf for each role, and the trust list that names them."""

    now = NOW
    issuer = ISSUER

    def __init__(self) -> None:
        key = new_signing_key()
        self.root = Held(key, new_root(key, name="Province", now=NOW))
        self.credential = self.leaf(Role.CREDENTIAL)
        self.status = self.leaf(Role.STATUS)
        self.verifier = self.leaf(Role.VERIFIER, identifier="https://counter.example")
        self.list_signer = self.leaf(Role.TRUST_LIST)

    def leaf(
        self, role: Role, *, identifier: str = ISSUER, now: datetime = NOW, days: int = 1000
    ) -> Held:
        key = new_signing_key()
        return Held(
            key,
            issue_certificate(
                root=self.root.certificate,
                root_key=self.root.key,
                public=key,
                role=role,
                name="Lucheng",
                identifier=identifier,
                now=now,
                days=days,
            ),
        )

    def entry(self, **changes: Any) -> TrustedIssuer:
        members: dict[str, Any] = {
            "issuer": ISSUER,
            "name_zh": "鹿城",
            "name_en": "Lucheng",
            "anchor": encode_all([self.root.certificate])[0],
            "credential_certificates": encode_all([self.credential.certificate]),
            "status_certificates": encode_all([self.status.certificate]),
            "counties": ("330302",),
            "credential_types": (PERMIT_TYPE,),
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2028, 12, 31),
        }
        return TrustedIssuer(**members | changes)

    def trust_list(self, **changes: Any) -> TrustList:
        now_s = int(NOW.timestamp())
        members: dict[str, Any] = {
            "sequence": 7,
            "iat": now_s,
            "exp": now_s + 30 * 86400,
            "counter_audience": COUNTER_AUDIENCE,
            "issuers": (self.entry(),),
            "verifier_anchors": encode_all([self.root.certificate]),
        }
        return TrustList(**members | changes)


@pytest.fixture(scope="session")
def small_province() -> SmallProvince:
    """Made once; nobody may change it."""
    return SmallProvince()


def common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def usage(*, signatures: bool = False, certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signatures,
        content_commitment=not signatures and not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(kw_only=True)
class Made:
    """A certificate still to be signed; each member may be made wrong by itself."""

    subject: str = "leaf"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    not_before: datetime = NOW - timedelta(days=1)
    not_after: datetime = NOW + timedelta(days=30)
    constraints: x509.BasicConstraints | None = field(
        default_factory=lambda: x509.BasicConstraints(ca=False, path_length=None)
    )
    usage: x509.KeyUsage | None = field(default_factory=lambda: usage(signatures=True))
    names: tuple[x509.GeneralName, ...] = (x509.UniformResourceIdentifier(ISSUER),)
    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    """Further extensions, each with whether it is critical."""

    def signed_by(
        self,
        issuer: "Made",
        *,
        digest: hashes.SHA256 | hashes.SHA384 | None = None,
        serial: int = 0,
    ) -> bytes:
        """DER, certified by ``issuer`` (itself for a root)."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(common_name(self.subject))
            .issuer_name(common_name(issuer.subject))
            .public_key(self.key.public_key())
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(self.not_before)
            .not_valid_after(self.not_after)
        )
        for extension, critical in self._extensions():
            builder = builder.add_extension(extension, critical=critical)
        if isinstance(issuer.key, ed25519.Ed25519PrivateKey):
            return builder.sign(issuer.key, None).public_bytes(Encoding.DER)
        return builder.sign(issuer.key, digest or hashes.SHA256()).public_bytes(Encoding.DER)

    def _extensions(self) -> list[tuple[x509.ExtensionType, bool]]:
        found: list[tuple[x509.ExtensionType, bool]] = list(self.more)
        if self.constraints is not None:
            found.append((self.constraints, True))
        if self.usage is not None:
            found.append((self.usage, True))
        if self.names:
            found.append((x509.SubjectAlternativeName(self.names), False))
        return found

    @property
    def signing_key(self) -> SoftwareSigningKey:
        return SoftwareSigningKey(self.key)


class Certificates:
    """Makes leaves and authorities that keep every rule unless told otherwise."""

    now = NOW
    common_name = staticmethod(common_name)
    usage = staticmethod(usage)

    @staticmethod
    def leaf(**changes: Any) -> Made:
        return Made(**changes)

    @staticmethod
    def authority(subject: str = "root", *, path_length: int | None = None, **changes: Any) -> Made:
        members: dict[str, Any] = {
            "constraints": x509.BasicConstraints(ca=True, path_length=path_length),
            "usage": usage(certificates=True),
            "names": (),
        }
        return Made(subject=subject, **members | changes)


@pytest.fixture(scope="session")
def certificates() -> type[Certificates]:
    return Certificates


class Tokens:
    """Signs whatever header it is told to, as an attacker would."""

    @staticmethod
    def encode(value: Mapping[str, Any] | bytes) -> str:
        return b64url_encode(value if isinstance(value, bytes) else json.dumps(value).encode())

    def signed(
        self,
        header: Mapping[str, Any] | bytes,
        payload: Mapping[str, Any] | bytes,
        key: SoftwareSigningKey,
    ) -> str:
        signing_input = f"{self.encode(header)}.{self.encode(payload)}"
        return f"{signing_input}.{b64url_encode(key.sign(signing_input.encode()))}"


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens()
