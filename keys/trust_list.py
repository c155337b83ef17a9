"""The trust list: the province's signed word on who may issue what, where and when.

Everything else in a credential is the issuer's own claim. The list names each issuer's
anchor and its current certificates one by one: a certificate is withdrawn by leaving it
out. Readers pin the provincial root; the list is signed under it, carries a sequence
number and an end, and an older list than the one held is refused, so that a withdrawn
certificate cannot be brought back by replaying yesterday's list.

Days are Asia/Shanghai, both ends included.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property, lru_cache
from hashlib import sha256

import msgspec

from keys.certificates import Role, is_of_role
from keys.errors import ChainError, TrustListError, UnknownIssuerError
from keys.jws import Jws, PublicKey, parse_jws, sign_jws, verify_jws, x5c_header, x5c_of
from keys.signing_key import SigningKey
from keys.x5c import TrustedLeaf, trusted_leaf
from schemas.errors import InputError
from schemas.strict_json import decode_object

TRUST_LIST_TYP = "zj-trust-list+jwt"
COUNTER_AUDIENCE = "urn:zhejiang:counter"
"""Audience of codes shown to whichever counter scans them; see ``TrustList``."""
MAX_TRUST_LIST_BYTES = 4 * 1024 * 1024
"""90 counties with a handful of certificates each stay below 1 MiB."""
MAX_AHEAD_S = 60
"""How far the signer's clock may run ahead of a reader's, in seconds."""


class TrustedIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """One issuer, and what it may do."""

    issuer: str
    """Its identifier: ``iss`` of what it signs."""
    name_zh: str
    name_en: str
    anchor: str
    """Root of its certificates, base64 DER."""
    credential_certificates: tuple[str, ...]
    """Those that may sign permits at present, base64 DER."""
    status_certificates: tuple[str, ...]
    """Those that may sign its status lists at present, base64 DER."""
    counties: tuple[str, ...]
    """County codes it may issue for [GBT2260]."""
    credential_types: tuple[str, ...]
    """Values of ``vct`` it may issue."""
    valid_from: date
    valid_until: date


class TrustList(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What the province says, until ``exp``."""

    sequence: int
    """Rises with every list; a reader never goes back."""
    iat: int
    exp: int
    """Seconds since 1970; the list says nothing from this instant on."""
    counter_audience: str
    """The one audience of codes shown to counters: a wallet cannot know which will scan."""
    issuers: tuple[TrustedIssuer, ...]
    verifier_anchors: tuple[str, ...]
    """Roots of verifiers' request certificates, base64 DER, for wallets."""

    @cached_property
    def _by_issuer(self) -> dict[str, TrustedIssuer]:
        return {issuer.issuer: issuer for issuer in self.issuers}

    def issuer(self, iss: str, *, on: date) -> TrustedIssuer:
        """The entry of ``iss``, if it holds on that day.

        Raises:
            UnknownIssuerError: there is none, or not for that day.
        """
        entry = self._by_issuer.get(iss)
        if entry is None:
            raise UnknownIssuerError("the trust list does not name this issuer")
        if not entry.valid_from <= on <= entry.valid_until:
            raise UnknownIssuerError(
                f"the trust list names this issuer from {entry.valid_from} to {entry.valid_until}"
            )
        return entry

    @cached_property
    def _certificates(self) -> dict[bytes, bytes]:
        listed = {der for i in self.issuers for der in decode_all(i.credential_certificates)}
        return {sha256(der).digest()[:8]: der for der in listed}

    def certificates(self) -> dict[bytes, bytes]:
        """All credential certificates by the first 8 bytes of their SHA-256, for codes."""
        return self._certificates

    def anchors_of_verifiers(self) -> tuple[bytes, ...]:
        """DER of the roots that wallets accept requests under."""
        return decode_all(self.verifier_anchors)


_decoder = msgspec.json.Decoder(TrustList, strict=True)


def sign_trust_list(trust_list: TrustList, key: SigningKey) -> str:
    """The list as a compact JWS with the signer's chain."""
    payload = msgspec.json.encode(trust_list)
    return sign_jws(payload, typ=TRUST_LIST_TYP, key=key, x5c=x5c_header(key))


def read_trust_list(token: str, *, root: bytes, at: datetime, held_sequence: int = 0) -> TrustList:
    """Read and verify a list.

    Args:
        token: compact JWS.
        root: DER of the provincial root, which the reader holds by other means.
        at: now, timezone-aware.
        held_sequence: of the list held so far; 0 for none.

    Raises:
        TokenError, SignatureError, ChainError: not signed by the province's list signer.
        TrustListError: its time is over or not begun, it is older than the one held, or it
            is not of the right shape.
    """
    jws = parse_jws(token, typ=TRUST_LIST_TYP, max_bytes=MAX_TRUST_LIST_BYTES)
    leaf = trusted_leaf(x5c_of(jws), anchors=[root], at=at)
    if not is_of_role(leaf.subject, Role.TRUST_LIST):
        # A county's or verifier's certificate hangs under the same root and must not do.
        raise ChainError("the certificate is not the trust list signer's")
    verify_jws(jws, leaf.public_key)
    trust_list = _decoded(jws.payload)
    if not trust_list.iat - MAX_AHEAD_S <= at.timestamp() < trust_list.exp:
        raise TrustListError(
            f"the trust list holds from {trust_list.iat} to {trust_list.exp}",
            remedy="Fetch the newest trust list.",
        )
    if trust_list.sequence < held_sequence:
        raise TrustListError(
            f"trust list {trust_list.sequence} is older than {held_sequence}, which is held"
        )
    return trust_list


def _decoded(payload: bytes) -> TrustList:
    try:
        decode_object(payload, max_bytes=MAX_TRUST_LIST_BYTES)  # one meaning, see there
        trust_list = _decoder.decode(payload)
    except (InputError, msgspec.DecodeError) as error:
        raise TrustListError(f"the trust list has another shape: {error}") from error
    if len({issuer.issuer for issuer in trust_list.issuers}) != len(trust_list.issuers):
        raise TrustListError("the trust list names an issuer twice")
    return trust_list


def trusted_credential_key(jws: Jws, issuer: TrustedIssuer, *, at: datetime) -> PublicKey:
    """The key that must have signed a permit of ``issuer``, from its token's chain.

    Raises:
        TokenError, ChainError: no chain, no path to the issuer's anchor, or a certificate
            that the trust list does not name for this.
    """
    return _pinned_key(jws, issuer, issuer.credential_certificates, at)


def trusted_status_key(jws: Jws, issuer: TrustedIssuer, *, at: datetime) -> PublicKey:
    """The key that must have signed a status list of ``issuer``; raises as above."""
    return _pinned_key(jws, issuer, issuer.status_certificates, at)


def _pinned_key(jws: Jws, issuer: TrustedIssuer, named: tuple[str, ...], at: datetime) -> PublicKey:
    chain = x5c_of(jws)
    # First, because a stranger's certificate then need not be parsed at all.
    if chain[0] not in decode_all(named):
        raise ChainError("the trust list does not name this certificate for this issuer")
    leaf: TrustedLeaf = trusted_leaf(chain, anchors=decode_all((issuer.anchor,)), at=at)
    if issuer.issuer not in leaf.san_uris:
        raise ChainError("the certificate is not made out to this issuer")
    return leaf.public_key


@lru_cache(maxsize=1024)
def decode_all(certificates: tuple[str, ...]) -> tuple[bytes, ...]:
    """DER of base64 certificates.

    Raises:
        TrustListError: an entry is not base64.
    """
    try:
        return tuple(b64decode(certificate, validate=True) for certificate in certificates)
    except ValueError as error:
        raise TrustListError("the trust list holds a certificate that is not base64") from error


def encode_all(certificates: Iterable[bytes]) -> tuple[str, ...]:
    """The converse of ``decode_all``."""
    return tuple(b64encode(der).decode("ascii") for der in certificates)
