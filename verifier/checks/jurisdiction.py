"""Jurisdiction: may this authority permit this, and does it hold at this counter?

Two questions, because either can go wrong alone: a genuine authority may have signed for
a place it does not govern, and a good permit may be shown elsewhere. Out of area is an
answer of its own: the permit is fine, and the sentence says where it works.
Source: [ZJ], [SC663 12, 13].
"""

from collections.abc import Collection

from schemas.divisions import Area, County, UnknownCountyError, county, covers
from verifier.verdict import PASSED, CheckResult, failed


def check_jurisdiction(
    *, permit: str, issuer_may_permit: Collection[str], counter: County, area: Area
) -> CheckResult:
    """Compare the permit's county with its issuer's and with the counter's.

    Args:
        permit: county code the credential carries.
        issuer_may_permit: county codes of the trust list; never taken from the credential.
        counter: where this counter stands; a setting of the counter.
        area: how far around the permit's county the service item reaches.
    """
    permit_county = known_county(permit)
    # A permit may be older than a merger of counties: its successor's entry counts too.
    codes = {permit, permit_county.code if permit_county else permit}
    if codes.isdisjoint(issuer_may_permit):
        return failed("issuer_may_not_permit", permit=permit_county or permit)
    if permit_county is None:
        return failed("unknown_county", permit=permit)
    if not covers(area, permit=permit_county, counter=counter):
        return failed("out_of_area", permit=permit_county, counter=counter, area=area)
    return PASSED


def known_county(code: str) -> County | None:
    """The county, or ``None`` if no county of Zhejiang has this code, now or before."""
    try:
        return county(code)
    except UnknownCountyError:
        return None
