"""Validity: the two instants every credential reader understands.

``exp`` says for verifiers without a notion of endorsement what ``usable_through`` says for
ours: it is the first instant of the day after, so the two must agree. If they do not, one
of them was not set by an issuer that follows the rules, and neither is believed.
Source: [RFC7519 §4.1.4, §4.1.5], [SC663 10].
"""

from datetime import UTC, date, datetime
from functools import lru_cache

from schemas.endorsement_window import expires_at
from schemas.permit_credential import StandingClaims
from verifier.verdict import PASSED, CheckResult, failed

MAX_CLOCK_SKEW_S = 60
"""Seconds the issuer's clock may run before ours, for ``nbf``. None for ``exp``: a permit
has no minute more than its last day."""

_LATEST_S = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
"""What is shown for an instant beyond the calendar."""


def check_validity(payload: StandingClaims, *, now: datetime) -> CheckResult:
    """Is ``now`` inside ``nbf`` .. ``exp``, and is ``exp`` what the endorsement makes it?"""
    now_s = now.timestamp()
    if now_s >= payload.exp:
        return failed("expired", expired_at=_instant(payload.exp))
    if payload.nbf > now_s + MAX_CLOCK_SKEW_S:
        return failed("not_yet_valid", valid_from=_instant(payload.nbf))
    if _end_of(payload.endorsement.usable_through) != payload.exp:
        return failed(
            "expiry_disagrees",
            expires_at=_instant(payload.exp),
            usable_through=payload.endorsement.usable_through,
        )
    return PASSED


def has_expired(payload: StandingClaims, now: datetime) -> bool:
    """Such a permit's status list is not fetched any more [TSL §8.3]."""
    return now.timestamp() >= payload.exp


@lru_cache(maxsize=1024)
def _end_of(usable_through: date) -> int | None:
    try:
        return int(expires_at(usable_through).timestamp())
    except OverflowError:
        return None  # the last day there is has no day after it


def _instant(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(min(max(epoch_s, 0), _LATEST_S), UTC)
