"""DCQL as it is written: the members of a query, and what makes one invalid.

Unknown members are ignored; known ones of the wrong form make the whole query invalid, and
``null`` is a wrong form. An optional list that is absent is empty here, because an empty
one may not be sent. Caps are ours, the specification has none. Source: [OID4VP §6].
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from schemas.claims_path import DcqlError

AUTHORITY_KEY_IDENTIFIER = "aki"
"""The one kind of trusted authority that every party has to know [HAIP §5]."""

SD_JWT_VC_FORMAT = "dc+sd-jwt"
"""The one credential format taken here; queries for others are read, and never satisfied."""

_Text = Annotated[str, Meta(min_length=1, max_length=1024)]
_Name = Annotated[str, Meta(max_length=1024)]
_Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+\Z")]
_Ids = Annotated[tuple[_Id, ...], Meta(min_length=1, max_length=128)]
_Position = Annotated[int, Meta(ge=0, le=65535)]


class TrustedAuthority(Struct, frozen=True):
    """Whose credentials will do [OID4VP §6.1.1]."""

    type: _Text
    values: Annotated[tuple[_Text, ...], Meta(min_length=1, max_length=64)]
    """For ``aki``: base64url of the key identifier of a certificate in the chain."""


class CredentialMeta(Struct, frozen=True, omit_defaults=True):
    """Which types will do; empty for any [OID4VP §B.3.5]."""

    vct_values: Annotated[tuple[_Text, ...], Meta(min_length=1, max_length=64)] = ()


class ClaimsQuery(Struct, frozen=True, omit_defaults=True):
    """One claim, or several at once where the path says so [OID4VP §6.3]."""

    path: Annotated[tuple[_Name | _Position | None, ...], Meta(min_length=1, max_length=16)]
    id: _Id = ""
    """Empty where no claim set speaks of it."""
    values: Annotated[tuple[str | int | bool, ...], Meta(min_length=1, max_length=64)] = ()
    """Where given, the claim has to have one of them, in type and value."""


class CredentialQuery(Struct, frozen=True, omit_defaults=True):
    """One credential, or any number where ``multiple`` [OID4VP §6.1]."""

    id: _Id
    format: _Text
    meta: CredentialMeta
    multiple: bool = False
    trusted_authorities: Annotated[
        tuple[TrustedAuthority, ...], Meta(min_length=1, max_length=64)
    ] = ()
    require_cryptographic_holder_binding: bool = True
    claims: Annotated[tuple[ClaimsQuery, ...], Meta(min_length=1, max_length=128)] = ()
    """Empty: no claim that can be withheld is wanted."""
    claim_sets: Annotated[tuple[_Ids, ...], Meta(min_length=1, max_length=64)] = ()
    """Ids of claims; the options, best first. Empty: all claims."""


class CredentialSetQuery(Struct, frozen=True, omit_defaults=True):
    """Combinations of credentials, one of which will do [OID4VP §6.2]."""

    options: Annotated[tuple[_Ids, ...], Meta(min_length=1, max_length=64)]
    required: bool = True


class DcqlQuery(Struct, frozen=True, omit_defaults=True):
    """The whole query [OID4VP §6]."""

    credentials: Annotated[tuple[CredentialQuery, ...], Meta(min_length=1, max_length=32)]
    credential_sets: Annotated[
        tuple[CredentialSetQuery, ...], Meta(min_length=1, max_length=32)
    ] = ()
    """Empty: all credentials. Else those named in no set are not asked for at all."""


def parse_query(value: object) -> DcqlQuery:
    """The query that decoded JSON stands for, each reference in it resolved once.

    Raises:
        DcqlError: a known member of the wrong form, an id twice or unknown, a path twice,
            claim sets without claims, or over a cap.
    """
    try:
        query = msgspec.convert(value, DcqlQuery)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DcqlError(f"no DCQL query: {error}") from error
    ids = _distinct("credential id", [credential.id for credential in query.credentials])
    for credential in query.credentials:
        _check_claims(credential)
    for credential_set in query.credential_sets:
        _check_known("credential_sets", credential_set.options, ids)
    return query


def _check_claims(credential: CredentialQuery) -> None:
    claims = credential.claims
    ids = _distinct("claim id", [claim.id for claim in claims if claim.id])
    _distinct("claim path", [claim.path for claim in claims])
    if credential.claim_sets:
        if not all(claim.id for claim in claims):
            raise DcqlError("with claim_sets every claim needs an id")
        _check_known("claim_sets", credential.claim_sets, ids)


def _distinct(what: str, found: Sequence[Hashable]) -> set[Hashable]:
    distinct = set(found)
    if len(distinct) != len(found):
        raise DcqlError(f"a {what} is there twice")
    return distinct


def _check_known(where: str, options: Iterable[Iterable[str]], ids: set[Hashable]) -> None:
    if not all(ids.issuperset(option) for option in options):
        raise DcqlError(f"{where} names an id that is not there")
