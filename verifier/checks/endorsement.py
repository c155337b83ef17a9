"""Endorsement: has the yearly confirmation run out?

A missed endorsement suspends use; it does not end the permit. So the answer says how to
mend it, and never speaks of an invalid permit. The last day belongs to the holder: the
permit is usable through it, to local midnight.
Source: [SC663 10], [ZJ-REG 19].
"""

from datetime import date

from schemas.permit_credential import StandingClaims
from verifier.checks.jurisdiction import known_county
from verifier.verdict import PASSED, CheckResult, failed


def check_endorsement(payload: StandingClaims, *, today: date) -> CheckResult:
    """Compare ``usable_through`` with ``today``, the day in Asia/Shanghai."""
    usable_through = payload.endorsement.usable_through
    if today > usable_through:
        county = known_county(payload.jurisdiction) or payload.jurisdiction
        return failed("lapsed", usable_through=usable_through, county=county)
    return PASSED
