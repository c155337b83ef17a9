"""Which copy answers, and with which claims: as little as satisfies what was asked.

Two showings of one copy can be linked to each other, so a copy not shown yet comes first.
In a code the pass comes before that: the full permit would need a larger code.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from holder_sim.errors import NothingToShowError
from holder_sim.held_credential import HeldCopy, Holdings
from schemas.claims_path import ClaimPath
from schemas.dcql import (
    CredentialQuery,
    DcqlQuery,
    choose_credentials,
    required_claims,
    type_matches,
)
from schemas.permit_credential import CLAIM_PATHS, PASS_CONFIGURATION


class Choice(msgspec.Struct, frozen=True):
    """The answer to one credential query."""

    query_id: str
    copy: HeldCopy
    paths: tuple[ClaimPath, ...]
    """Of the claims to disclose; empty where only the always visible part is wanted."""


def copy_for_code(holdings: Holdings, names: Iterable[str]) -> HeldCopy:
    """The copy for a counter's code with these claims.

    Lapsed copies count: the counter says best what is to be done.

    Raises:
        NothingToShowError: an unknown claim, or no copy that has them all.
    """
    wanted = frozenset(names)
    unknown = wanted - set(CLAIM_PATHS)
    if unknown:
        raise NothingToShowError(f"no such claim: {', '.join(sorted(unknown))}")
    fitting = [copy for copy in holdings.copies if copy.holds(wanted)]
    if not fitting:
        raise NothingToShowError("no permit with these claims is held")
    return min(fitting, key=lambda c: (c.configuration != PASS_CONFIGURATION, c.times_shown))


def copy_shown_last(holdings: Holdings, names: Iterable[str], credential: str) -> HeldCopy | None:
    """The copy that is ``credential``, if it is still held and has these claims."""
    wanted = frozenset(names)
    return next(
        (
            copy
            for copy in holdings.copies
            if copy.credential == credential and wanted <= set(CLAIM_PATHS) and copy.holds(wanted)
        ),
        None,
    )


def choices_for(
    query: DcqlQuery, holdings: Holdings, *, now: datetime
) -> tuple[Choice, ...] | None:
    """What to answer to a request; ``None`` where something required is not held.

    Then nothing is sent, not a part either [OID4VP §6.4.2].
    """
    found = {
        credential.id: choice
        for credential in query.credentials
        if (choice := _choice_for(credential, holdings, now)) is not None
    }
    ids = choose_credentials(query, found)
    # A request of which all is optional and nothing is held: an empty answer is none.
    return tuple(found[name] for name in ids) if ids else None


def with_shown(holdings: Holdings, shown: Collection[HeldCopy]) -> Holdings:
    """The holdings with one more showing counted for each of these copies."""
    credentials = {copy.credential for copy in shown}
    copies = tuple(
        msgspec.structs.replace(copy, times_shown=copy.times_shown + 1)
        if copy.credential in credentials
        else copy
        for copy in holdings.copies
    )
    return msgspec.structs.replace(holdings, copies=copies)


def _choice_for(query: CredentialQuery, holdings: Holdings, now: datetime) -> Choice | None:
    if query.trusted_authorities:
        # Authorities are named by key identifiers of certificates, which this wallet does
        # not read; a query it cannot check it does not satisfy.
        return None
    held = [
        (copy, claims)
        for copy in sorted(holdings.copies, key=_seldom_shown_first)
        if (claims := copy.claims())["exp"] > now.timestamp()
        and type_matches(query, vct=claims["vct"])
    ]
    # The counter's first option with any copy, before its second with the copy we prefer.
    for option in _options(query):
        for copy, claims in held:
            paths = required_claims(option, claims)
            if paths is not None:
                return Choice(query.id, copy, paths)
    return None


def _options(query: CredentialQuery) -> list[CredentialQuery]:
    sets = [msgspec.structs.replace(query, claim_sets=(option,)) for option in query.claim_sets]
    return sets or [query]


def _seldom_shown_first(copy: HeldCopy) -> tuple[int, bool]:
    return copy.times_shown, copy.configuration != PASS_CONFIGURATION
