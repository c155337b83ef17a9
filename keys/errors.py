"""What can go wrong when deciding whether to believe something.

TrustError
├── TokenError          a JWS or JWE that breaks its own rules (header, typ, alg)
├── SignatureError      the signature does not fit the key
├── ChainError          no path from the certificate to an anchor at that time
├── TrustListError      the trust list is forged, expired or older than the one held
│   └── UnknownIssuerError   the trust list does not name this issuer, or not for this
├── ProofError          a holder's key proof that does not hold
│   └── NonceError      the proof is sound, its nonce is not one of ours
└── SealError           sealed bytes that this key does not open
"""

from schemas.errors import ServiceError


class TrustError(ServiceError):
    """It cannot be believed."""

    code = "not_trusted"
    http_status = 400


class TokenError(TrustError):
    """A JWS or JWE that breaks its own rules."""

    code = "bad_token"


class SignatureError(TrustError):
    """The signature does not fit the key."""

    code = "bad_signature"


class ChainError(TrustError):
    """No valid path from the certificate to a trust anchor at that time."""

    code = "untrusted_certificate"


class TrustListError(TrustError):
    """The trust list is forged, out of date or older than the one held."""

    code = "bad_trust_list"


class UnknownIssuerError(TrustListError):
    """The trust list does not name this issuer, or not for this county, type or day."""

    code = "unknown_issuer"


class ProofError(TrustError):
    """A holder's proof of key possession that does not hold."""

    code = "invalid_proof"


class NonceError(ProofError):
    """The proof is sound, but its nonce is unknown, spent or run out."""

    code = "invalid_nonce"


class SealError(TrustError):
    """Sealed bytes that this key does not open."""

    code = "sealed"
