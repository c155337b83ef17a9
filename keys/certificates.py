"""Certificates of the province: one root, and leaves for the roles of this system.

    provincial root
    ├── credential    signs a county's permits           SAN: the county's issuer identifier
    ├── status        signs a county's status lists      the same
    ├── verifier      signs a verifier's requests        SAN: the verifier's host name
    ├── trust_list    signs the trust list
    └── bundle        signs what counters without network go by

Permits and status lists have different keys, so that the machine that publishes status
every few minutes holds none that could make a permit. The extended key usage that [TSL §10]
proposes for status signers is left out: its number is not assigned yet, and the trust list
names the certificates of each purpose one by one. Source: [RFC5280].
"""

import ipaddress
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from keys.signing_key import SoftwareSigningKey

ROOT_DAYS = 20 * 365
"""Life of the root, in days."""
LEAF_DAYS = 3 * 365
"""Life of a leaf, in days: longer than any credential it signed is used."""
MAX_NAME_CHARACTERS = 64
"""Longest organisation in a subject (ub-organization-name) [RFC5280 §A.1]."""
_BACKDATED = timedelta(hours=1)  # clocks of readers may be a little behind ours


class Role(StrEnum):
    """What a leaf certificate is for; part of its subject."""

    CREDENTIAL = "credential"
    STATUS = "status"
    VERIFIER = "verifier"
    TRUST_LIST = "trust-list"
    BUNDLE = "counter-bundle"


def new_root(key: SoftwareSigningKey, *, name: str, now: datetime) -> bytes:
    """A self-signed root certificate for ``key``, DER."""
    subject = _name(name, "root")
    builder = _builder(subject, subject, key.private.public_key(), now, ROOT_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_usage(certificates=True), critical=True)
    return builder.sign(key.private, hashes.SHA256()).public_bytes(Encoding.DER)


def issue_certificate(
    *,
    root: bytes,
    root_key: SoftwareSigningKey,
    public: SoftwareSigningKey,
    role: Role,
    name: str,
    identifier: str,
    now: datetime,
    locality: str = "",
    days: int = LEAF_DAYS,
) -> bytes:
    """A leaf certificate under ``root``, DER.

    Args:
        root: DER of the root certificate.
        root_key: signs.
        public: the key to be certified.
        role: what it is for.
        name: of the authority, as its organisation.
        identifier: URL the certificate stands for; it and its host become alternative names.
        now: validity begins an hour before.
        locality: the county it acts for; empty where it acts for all.
        days: how long it is valid.

    Raises:
        ValueError: a name is empty or too long, or the identifier has no usable host.
    """
    issuer = x509.load_der_x509_certificate(root)
    key = public.private.public_key()
    builder = _builder(_name(name, role, locality), issuer.subject, key, now, days)
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.private.public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName(_names_of(identifier)), critical=False)
    )
    return builder.sign(root_key.private, hashes.SHA256()).public_bytes(Encoding.DER)


def is_of_role(subject: str, role: Role) -> bool:
    """Whether a leaf's subject (RFC 4514 text) says it was issued for ``role``.

    All roles hang under one root, so a chain alone does not tell them apart.
    """
    return subject.startswith(f"CN={role.value},")


def valid_until(certificate: bytes) -> datetime:
    """The last instant at which a certificate is valid, UTC."""
    return x509.load_der_x509_certificate(certificate).not_valid_after_utc


def identifiers_of(certificate: bytes) -> list[str]:
    """The URLs a certificate is made out to."""
    extensions = x509.load_der_x509_certificate(certificate).extensions
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def certificate_from_pem(pem: bytes) -> bytes:
    """DER of the first certificate in a PEM text; raises ``ValueError`` if there is none."""
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(organisation: str, role: str, locality: str = "") -> x509.Name:
    if not 1 <= len(organisation) <= MAX_NAME_CHARACTERS:
        raise ValueError(f"an organisation's name has 1 to {MAX_NAME_CHARACTERS} characters")
    place = [x509.NameAttribute(NameOID.LOCALITY_NAME, locality)] if locality else []
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            *place,
            x509.NameAttribute(NameOID.COMMON_NAME, role),
        ]
    )


def _names_of(identifier: str) -> list[x509.GeneralName]:
    host = urlsplit(identifier).hostname or identifier
    try:
        by_host: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        by_host = x509.DNSName(host)
    return [x509.UniformResourceIdentifier(identifier), by_host]


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
