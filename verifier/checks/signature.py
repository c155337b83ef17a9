"""Signature: an issuer we trust wrote this, and it is a residence permit.

``iss`` is read before anything is verified, for one purpose: to find the entry of the
trust list. That entry then decides which anchor and which certificates count, so a
forger who names another issuer only chooses whose key they lack. No key is ever taken
from the token (``jwk``, ``jku``, ``x5u``, ``kid``) [RFC8725 §3.10].

Left to later checks on purpose: ``nbf`` and ``exp`` (validity), and whether the issuer
may permit for the county (jurisdiction); a clerk is told those with all the rest.
Source: [SD-JWT §7.1], [SD-JWT-VC §2.5], [HAIP §6.1.1].
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from keys.errors import ChainError, SignatureError, TokenError, TrustListError, UnknownIssuerError
from keys.jws import Jws, PublicKey, parse_jws, public_key_from_jwk, verify_jws
from keys.trust_list import TrustedIssuer, TrustList, trusted_credential_key
from schemas.endorsement_window import day_of
from schemas.errors import InputError
from schemas.permit_credential import (
    PERMIT_VCT,
    PROTECTED_CLAIMS,
    SD_JWT_VC_TYP,
    PermitPayload,
    permit_payload,
)
from schemas.sd_jwt import (
    MAX_PRESENTATION_BYTES,
    ClaimPath,
    ProcessedPayload,
    SdJwt,
    SdJwtError,
    process_payload,
)
from schemas.status_list import status_reference
from schemas.strict_json import decode_object
from verifier.errors import (
    BadCredentialError,
    ForgedCredentialError,
    InvalidPermitError,
    MalformedPresentationError,
    ProtectedClaimError,
    StatusMissingError,
    UnknownIssuerOfPermitError,
    UntrustedCertificateError,
    WrongCredentialTypeError,
)


class TrustedPermit(Struct, frozen=True):
    """A permit whose issuer's signature was verified. Only ``check_signature`` makes one."""

    payload: PermitPayload
    """What every permit shows."""
    claims: dict[str, Any]
    """Visible and disclosed claims together."""
    disclosed: frozenset[ClaimPath]
    holder_key: PublicKey
    issuer: TrustedIssuer
    """The entry of the trust list, not the credential's word."""
    sd_jwt: SdJwt


def check_signature(sd_jwt: SdJwt, *, trust_list: TrustList, now: datetime) -> TrustedPermit:
    """The permit, if an issuer of the trust list signed it.

    Raises:
        AuthenticityError: one of the subclasses imported above; the first that applies.
    """
    jws, claims = _parse(sd_jwt)
    issuer = verified_issuer(jws, claims, trust_list=trust_list, now=now)
    processed = _put_back(claims, sd_jwt)
    payload, holder_key = _read(processed)
    if payload.vct != PERMIT_VCT or payload.vct not in issuer.credential_types:
        raise WrongCredentialTypeError("not a residence permit of this issuer")
    return TrustedPermit(payload, processed.claims, processed.disclosed, holder_key, issuer, sd_jwt)


def _parse(sd_jwt: SdJwt) -> tuple[Jws, dict[str, Any]]:
    try:
        jws = parse_jws(sd_jwt.issuer_jwt, typ=SD_JWT_VC_TYP)
        return jws, decode_object(jws.payload, max_bytes=MAX_PRESENTATION_BYTES)
    except (TokenError, InputError) as error:
        raise BadCredentialError("the issuer's token breaks its own rules") from error


def verified_issuer(
    jws: Jws, claims: dict[str, Any], *, trust_list: TrustList, now: datetime
) -> TrustedIssuer:
    """The issuer that ``claims`` names, if a certificate pinned for it signed ``jws``.

    Raises:
        UnknownIssuerOfPermitError, UntrustedCertificateError, ForgedCredentialError.
    """
    named = claims.get("iss")
    try:
        issuer = trust_list.issuer(named if type(named) is str else "", on=day_of(now))
        verify_jws(jws, trusted_credential_key(jws, issuer, at=now))
    except UnknownIssuerError as error:
        raise UnknownIssuerOfPermitError("not an issuer of the trust list") from error
    except (ChainError, TokenError, TrustListError) as error:
        raise UntrustedCertificateError("signed under a certificate we do not trust") from error
    except SignatureError as error:
        raise ForgedCredentialError("the issuer did not sign this") from error
    return issuer


def _put_back(claims: dict[str, Any], sd_jwt: SdJwt) -> ProcessedPayload:
    try:
        processed = process_payload(claims, sd_jwt.disclosures)
    except SdJwtError as error:
        raise MalformedPresentationError("the disclosures do not fit", rule=error.rule) from error
    # By the list of what was disclosed, not by the result: there it would look like
    # any visible claim [SD-JWT-VC §2.2.2.3].
    for path in processed.disclosed:
        if path[0] in PROTECTED_CLAIMS:
            raise ProtectedClaimError("a claim that must be visible came by disclosure")
    return processed


def _read(processed: ProcessedPayload) -> tuple[PermitPayload, PublicKey]:
    if "status" not in processed.claims:
        raise StatusMissingError("a permit without a place in a status list")
    try:
        status_reference(processed.claims)  # whole numbers by type: 1.0 is no place in a list
        payload = permit_payload(processed.claims)
        return payload, public_key_from_jwk(payload.cnf.jwk)
    except (InputError, TokenError) as error:
        raise InvalidPermitError("signed, but not a permit in shape") from error
