"""Revocation: what the issuer's status list says about this permit, and since when.

"Could not be learnt" and "too old" are answers of their own, never "good": failing open
here is how a revoked permit passes. The age counts from the instant the issuer signed
(``iat``), not from our fetching, so that an old list handed out again grows no younger.
Source: [TSL §7, §8.3], [SC663 10].
"""

from datetime import datetime

from msgspec import Struct

from schemas.status_list import INVALID, SUSPENDED, VALID, StatusList, StatusListError
from verifier.verdict import PASSED, CheckResult, failed, unknown


class StatusKnowledge(Struct, frozen=True):
    """A status list that was verified for this very issuer and address."""

    status_list: StatusList
    as_of: datetime
    """When the issuer signed it (UTC)."""
    age_s: int
    """Whole seconds from then to the moment of the check; never negative."""


class StatusUnavailable(Struct, frozen=True):
    """Nothing is known, and why: ``status_unavailable``, ``status_list_refused``, …."""

    code: str


def check_revocation(
    knowledge: StatusKnowledge | StatusUnavailable, *, idx: int, maximum_age_s: int
) -> CheckResult:
    """Look up ``idx``; ``maximum_age_s`` is what the service item takes.

    Revoked is final, so it counts whatever the age. A suspension may have been lifted
    since; like "valid", it is only repeated while it is young enough.
    """
    if isinstance(knowledge, StatusUnavailable):
        return unknown(knowledge.code)
    try:
        value = knowledge.status_list.value(idx)
    except StatusListError:
        return failed("status_out_of_range", idx=idx, entries=len(knowledge.status_list))
    if value == INVALID:
        return failed("revoked")
    if knowledge.age_s > maximum_age_s:
        return unknown("status_too_old", age_s=knowledge.age_s, maximum_age_s=maximum_age_s)
    if value == SUSPENDED:
        return failed("suspended")
    # Reserved and application values: not valid, and not called suspended either.
    return PASSED if value == VALID else failed("status_not_valid", value=value)
