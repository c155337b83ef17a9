"""Requested claims: was everything shown that the service needs?

The wallet is asked for them, but nothing makes it comply, and a verifier that takes a
partial answer has decided without the facts [OID4VP §8.6]. What was shown beyond the need
is not handed on.
"""

from collections.abc import Sequence
from typing import Any

from schemas.permit_credential import CLAIM_PATHS, claim_at
from verifier.verdict import PASSED, CheckResult, failed


def check_requested_claims(
    claims: dict[str, Any], *, needed: Sequence[str]
) -> tuple[CheckResult, dict[str, Any]]:
    """Whether all was shown that the item needs; and that, by name.

    Args:
        claims: of the permit, disclosed ones put back.
        needed: names of ``CLAIM_PATHS``, from the service item.
    """
    shown = {}
    for name in needed:
        value = claim_at(claims, CLAIM_PATHS[name])
        if value is not None:
            shown[name] = value
    if len(shown) == len(needed):
        return PASSED, shown
    missing = tuple(name for name in needed if name not in shown)
    return failed("claims_missing", missing=missing), shown
