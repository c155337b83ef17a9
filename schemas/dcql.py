"""DCQL: what a counter asks of a wallet, and whether an answer is an answer.

A query lists credentials, each with the claims wanted of it; sets of credentials and of
claims say which combinations will do. The wallet applies it to show as little as satisfies
the query; the verifier, which must not rely on the wallet, to see that all is there.
How a query is written is in schemas/dcql_grammar.py. Source: [OID4VP §6.4, §7].
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from schemas.claims_path import ClaimPath, DcqlError, resolve_path, select_path
from schemas.dcql_grammar import (
    AUTHORITY_KEY_IDENTIFIER,
    SD_JWT_VC_FORMAT,
    ClaimsQuery,
    CredentialMeta,
    CredentialQuery,
    CredentialSetQuery,
    DcqlQuery,
    TrustedAuthority,
    parse_query,
)

__all__ = [
    "AUTHORITY_KEY_IDENTIFIER",
    "SD_JWT_VC_FORMAT",
    "ClaimPath",
    "ClaimsQuery",
    "CredentialMeta",
    "CredentialQuery",
    "CredentialSetQuery",
    "DcqlError",
    "DcqlQuery",
    "TrustedAuthority",
    "authority_matches",
    "choose_credentials",
    "parse_query",
    "required_claims",
    "select_path",
    "type_matches",
    "unmet",
]


def type_matches(query: CredentialQuery, *, vct: object) -> bool:
    """Whether an SD-JWT credential of type ``vct`` will do; compared exactly."""
    types = query.meta.vct_values
    return query.format == SD_JWT_VC_FORMAT and (not types or vct in types)


def authority_matches(query: CredentialQuery, key_identifiers: Collection[str]) -> bool:
    """Whether a chain with these authority key identifiers will do [OID4VP §6.1.1.1].

    Args:
        query: of one credential; true for any chain where it names no authority.
        key_identifiers: base64url, of the certificates of the credential's chain.
    """
    return not query.trusted_authorities or any(
        authority.type == AUTHORITY_KEY_IDENTIFIER and value in key_identifiers
        for authority in query.trusted_authorities
        for value in authority.values
    )


def required_claims(query: CredentialQuery, claims: dict[str, Any]) -> tuple[ClaimPath, ...] | None:
    """Wallet: the paths to show for the first option that ``claims`` can satisfy.

    Empty where the query wants no claim; ``None`` where no option can be satisfied, and
    then the credential is not shown at all [OID4VP §6.4.1].
    """
    for option in _options(query):
        found = [_matching(claim, claims) for claim in option]
        if all(found):
            return tuple(dict.fromkeys(path for paths in found for path in paths))
    return None


def choose_credentials(query: DcqlQuery, held: Collection[str]) -> tuple[str, ...] | None:
    """Wallet: which of the credential ids it can answer (``held``) to answer with.

    ``None`` where something required is not held: then nothing is shown, not a part
    [OID4VP §6.4.2]. What is optional and held is included.
    """
    if not query.credential_sets:
        ids = tuple(credential.id for credential in query.credentials)
        return ids if set(ids) <= set(held) else None
    chosen: dict[str, None] = {}
    for credential_set in query.credential_sets:
        option = _first_option(credential_set, held)
        if option is None and credential_set.required:
            return None
        chosen.update(dict.fromkeys(option or ()))
    return tuple(chosen)


def unmet(query: DcqlQuery, presented: Mapping[str, Sequence[dict[str, Any]]]) -> list[str]:
    """Verifier: what of the query the answer leaves open; empty when it is satisfied.

    Args:
        query: as sent.
        presented: for each credential id the processed claims of its presentations, only
            of those that were verified. Arrays should have kept their positions.

    Returns:
        A credential's id where it is missing; ``id: what`` where one that was presented
        is not what was asked for; ``credential_sets/n`` where no option of a set is there.
        A bad presentation counts even where none was needed: wallets do not send those.
    """
    asked = {credential.id: credential for credential in query.credentials}
    faults = [f"{name}: not asked for" for name in presented if name not in asked]
    answered = set()
    for name, credential in asked.items():
        found = presented.get(name, ())
        wrong = list(_faults(credential, found))
        faults += [f"{name}: {fault}" for fault in wrong]
        if found and not wrong:
            answered.add(name)
    if not query.credential_sets:
        return faults + [name for name in asked if not presented.get(name)]
    return faults + [
        f"credential_sets/{number}"
        for number, credential_set in enumerate(query.credential_sets)
        if credential_set.required and _first_option(credential_set, answered) is None
    ]


def _faults(query: CredentialQuery, presented: Sequence[dict[str, Any]]) -> Iterator[str]:
    if len(presented) > 1 and not query.multiple:
        yield "more than one presentation"
    for claims in presented:
        if not type_matches(query, vct=claims.get("vct")):
            yield "vct"
        if required_claims(query, claims) is None:
            best = next(_options(query))
            yield from (
                "/".join("*" if step is None else str(step) for step in claim.path)
                for claim in best
                if not _matching(claim, claims)
            )


def _options(query: CredentialQuery) -> Iterator[Sequence[ClaimsQuery]]:
    if not query.claim_sets:
        yield query.claims
    by_id = {claim.id: claim for claim in query.claims}
    for ids in query.claim_sets:
        yield [by_id[name] for name in ids]


def _matching(claim: ClaimsQuery, claims: dict[str, Any]) -> list[ClaimPath]:
    try:
        selected = resolve_path(claims, claim.path)
    except DcqlError:
        return []  # a path that does not fit these claims selects nothing of them
    if not claim.values:
        return [path for path, _ in selected]
    # Python holds True, 1 and 1.0 for equal; a query does not.
    wanted = {(type(value), value) for value in claim.values}
    return [
        path
        for path, value in selected
        if isinstance(value, str | int) and (type(value), value) in wanted
    ]


def _first_option(
    credential_set: CredentialSetQuery, held: Collection[str]
) -> tuple[str, ...] | None:
    return next((ids for ids in credential_set.options if set(ids) <= set(held)), None)
