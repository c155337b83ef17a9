"""A credential request, checked before anything is spent on it.

What is asked must be offered and granted, and each copy needs a key of its own that the
wallet has just proved to hold. Sources: [OID4VCI §8.2, §8.3.1, §12.2.4, Appendix F].
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from issuer.issuance_errors import (
    EncryptionParametersError,
    InsufficientScopeError,
    InvalidCredentialRequestError,
    UnknownConfigurationError,
    UnknownIdentifierError,
)
from keys.errors import NonceError, ProofError
from keys.holder_proof import verify_proof
from keys.jws import jwk_thumbprint
from schemas.openid4vci import CredentialRequest


class ProvenKeys(Struct, frozen=True):
    """Keys the wallet holds, one for each copy, and the nonce that all proofs carry.

    The nonce is not yet known to be one of ours.
    """

    jwks: tuple[dict[str, str], ...]
    nonce: str


def configuration_of(
    request: CredentialRequest, *, known: Collection[str], granted: Collection[str]
) -> str:
    """The configuration asked for: one of ``known`` to the issuer, and ``granted`` by the token.

    Raises:
        InvalidCredentialRequestError: none is named, or an identifier beside it.
        UnknownIdentifierError, UnknownConfigurationError: what is named does not exist.
        InsufficientScopeError: it exists, but the token is not for it.
        EncryptionParametersError: an encrypted answer is wanted, which was never announced.
    """
    named, identifier = request.credential_configuration_id, request.credential_identifier
    if (named is None) == (identifier is None):
        raise InvalidCredentialRequestError(
            "exactly one of credential_configuration_id and credential_identifier is expected"
        )
    if named is None:
        raise UnknownIdentifierError(
            "this issuer hands out no credential_identifier",
            remedy="Ask by credential_configuration_id.",
        )
    if named not in known:
        raise UnknownConfigurationError("no such credential configuration")
    if named not in granted:
        raise InsufficientScopeError("the access token is not for this configuration")
    if request.credential_response_encryption is not None:
        raise EncryptionParametersError("this issuer does not encrypt its answers")
    return named


def proven_keys(
    request: CredentialRequest, *, audience: str, now: datetime, batch_size: int
) -> ProvenKeys:
    """The keys that the request proves; every proof is checked [OID4VCI §8.2].

    ``audience`` is the credential issuer identifier that each proof must be made for;
    ``batch_size`` is the most copies one request may ask for.

    Raises:
        InvalidCredentialRequestError: another kind of proof, several kinds, or too many.
        ProofError: no proof, one that does not hold or lacks a nonce, or a key used twice.
        NonceError: the proofs do not share one nonce.
    """
    tokens = _jwt_proofs(request)
    if len(tokens) > batch_size:
        raise InvalidCredentialRequestError(
            f"{len(tokens)} proofs where at most {batch_size} are taken"
        )
    proven = [verify_proof(token, audience=audience, now=now) for token in tokens]
    thumbprints = {jwk_thumbprint(key.jwk) for key in proven}
    if len(thumbprints) != len(proven):
        raise ProofError("a key is used twice; each copy needs its own")
    nonces = {key.nonce for key in proven}
    if len(nonces) > 1:
        # At most one of them can be spent with this request, so the others prove nothing.
        raise NonceError("the proofs of one request carry one nonce")
    return ProvenKeys(jwks=tuple(key.jwk for key in proven), nonce=nonces.pop())


def _jwt_proofs(request: CredentialRequest) -> tuple[str, ...]:
    proofs = request.proofs
    if proofs is None:
        raise ProofError("proofs are missing")
    return proofs.jwt
