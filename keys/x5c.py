"""From a certificate chain in a token to a leaf we believe, at a given time.

The chain must lead to an anchor that the caller holds; what the token brings along
proves nothing by itself. The anchor may not be in the chain, and the leaf may not be
self-signed [HAIP §6.1.1]. Rules of the path: [RFC5280 §6.1], for P-256 keys only.

Not checked here: revocation of certificates. The trust list names the current
certificates one by one, so a certificate is withdrawn by leaving it out there.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import SignatureAlgorithmOID

from keys.errors import ChainError
from keys.jws import PublicKey

E = TypeVar("E", bound=x509.ExtensionType)

MAX_CHAIN = 4
"""Longest chain followed: a leaf and three intermediates."""
_SIGNED_WITH = SignatureAlgorithmOID.ECDSA_WITH_SHA256
_UNREADABLE = (
    ValueError,
    TypeError,
    Warning,  # where warnings are errors
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_UNDERSTOOD = {
    x509.BasicConstraints.oid,
    x509.KeyUsage.oid,
    x509.SubjectAlternativeName.oid,
    x509.AuthorityKeyIdentifier.oid,
    x509.SubjectKeyIdentifier.oid,
}


class TrustedLeaf(msgspec.Struct, frozen=True):
    """The end-entity certificate of a chain that leads to one of our anchors."""

    der: bytes
    thumbprint: bytes
    """SHA-256 of ``der``."""
    subject: str
    """RFC 4514 text of the subject."""
    san_uris: tuple[str, ...]
    san_dns: tuple[str, ...]
    """DNS names, and IP addresses as text."""
    public_key: PublicKey
    not_before: datetime
    """Latest beginning in the path, UTC."""
    not_after: datetime
    """Earliest end in the path, UTC."""


def trusted_leaf(chain: Sequence[bytes], *, anchors: Sequence[bytes], at: datetime) -> TrustedLeaf:
    """The leaf of ``chain``, if it leads to one of ``anchors`` and is valid ``at``.

    Args:
        chain: DER, leaf first, each certified by the next; without the anchor.
        anchors: DER of the certificates the caller trusts.
        at: the instant of the check, timezone-aware.

    Raises:
        ChainError: naming what is wrong with the path.
    """
    leaf = _leaf_of_path(tuple(chain), tuple(anchors))
    # Times are checked at every call; only the path itself is remembered.
    if at < leaf.not_before:
        raise ChainError(f"a certificate in the chain is valid from {leaf.not_before.isoformat()}")
    if at > leaf.not_after:
        raise ChainError(f"a certificate in the chain ended at {leaf.not_after.isoformat()}")
    return leaf


@lru_cache(maxsize=512)
def _leaf_of_path(chain: tuple[bytes, ...], anchors: tuple[bytes, ...]) -> TrustedLeaf:
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise ChainError(f"a chain has 1 to {MAX_CHAIN} certificates, this one {len(chain)}")
    if set(chain) & set(anchors):
        raise ChainError("the trust anchor must not be part of the chain")
    path = [_parsed(der) for der in chain]
    if path[0].issuer == path[0].subject:
        raise ChainError("the signing certificate is self-signed")
    _check_leaf(path[0])
    for below, above in enumerate(path[1:]):
        _check_authority(above, intermediates_below=below)
        _check_issued(path[below], above)
    anchor = _anchor_of(path[-1], [_parsed(der) for der in anchors])
    _check_authority(anchor, intermediates_below=len(path) - 1)
    return _described(path[0], chain[0], [*path, anchor])


def _parsed(der: bytes) -> x509.Certificate:
    """A certificate of which every part that is looked at later could be read.

    The library reads most parts only when asked, and each may fail in its own way on a
    stranger's bytes; so all are asked for here, where failing has one meaning.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        key, serial = certificate.public_key(), certificate.serial_number
        _ = certificate.subject.rfc4514_string(), certificate.issuer
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        extensions = list(certificate.extensions)
    except _UNREADABLE as error:
        raise ChainError("not a readable certificate") from error
    if serial <= 0 or certificate.signature_algorithm_oid != _SIGNED_WITH:
        raise ChainError("a certificate has no serial number, or is not signed by our algorithm")
    if any(e.critical and e.oid not in _UNDERSTOOD for e in extensions):
        raise ChainError("a certificate has a critical extension that is not understood here")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ChainError("certificates must have P-256 keys")
    return certificate


def _check_leaf(leaf: x509.Certificate) -> None:
    constraints = _extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise ChainError("the signing certificate is an authority's, not an end entity's")
    usage = _extension(leaf, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        raise ChainError("the signing certificate is not for signatures")


def _check_authority(certificate: x509.Certificate, *, intermediates_below: int) -> None:
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    if constraints is None or not constraints.ca:
        raise ChainError("a certificate in the chain may not certify others")
    if usage is None or not usage.key_cert_sign:
        raise ChainError("a certificate in the chain is not for signing certificates")
    if constraints.path_length is not None and intermediates_below > constraints.path_length:
        raise ChainError("the chain is longer than an authority in it allows")


def _check_issued(certificate: x509.Certificate, authority: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(authority)
    except (*_UNREADABLE, InvalidSignature) as error:
        raise ChainError("a certificate in the chain was not issued by the next") from error


def _anchor_of(last: x509.Certificate, anchors: list[x509.Certificate]) -> x509.Certificate:
    for anchor in anchors:
        if anchor.subject == last.issuer:
            try:
                last.verify_directly_issued_by(anchor)
            except (*_UNREADABLE, InvalidSignature):
                continue  # another anchor may have the same name
            return anchor
    raise ChainError("the chain does not lead to a trust anchor held here")


def _described(leaf: x509.Certificate, der: bytes, path: list[x509.Certificate]) -> TrustedLeaf:
    names = _extension(leaf, x509.SubjectAlternativeName)
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - _parsed saw to it
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
    dns = names.get_values_for_type(x509.DNSName) if names else []
    ips = names.get_values_for_type(x509.IPAddress) if names else []
    return TrustedLeaf(
        der=der,
        thumbprint=sha256(der).digest(),
        subject=leaf.subject.rfc4514_string(),
        san_uris=tuple(uris),
        san_dns=(*dns, *(str(ip) for ip in ips)),
        public_key=PublicKey(key),
        not_before=max(certificate.not_valid_before_utc for certificate in path),
        not_after=min(certificate.not_valid_after_utc for certificate in path),
    )


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
