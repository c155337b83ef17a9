"""The judgement on a confirmation slip, from its code's text and a time; nothing is fetched.

Paper has no key and no clock: it can be copied, and a copy is as good as the slip. So three
things differ from a permit on a phone. The clerk is the holder's check: name and last four
characters are always handed on, to be compared with the ID card. A slip may be shown any
number of times, so none is ever "seen before". And where the service needs more than a slip
carries, the answer is ``cannot_say``: the paper is good, it only does not hold what is asked.
Sources: [ZJ], [SC663 §10].
"""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from keys.trust_list import TrustList
from schemas.paper_slip import SLIP_CLAIMS, SlipPayload, unpack_slip
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.checks.slip_signature import TrustedSlip, check_slip_signature
from verifier.judgement import Counter, concluded, standing
from verifier.service_items import ServiceItem
from verifier.verdict import PASSED, CheckResult, Finding, Verdict, unknown

COMPARED = ("name", "citizen_id_tail")
"""Claims that the clerk compares with the ID card, whatever the item needs."""
_AUTHENTIC = (Finding("signature", PASSED), Finding("paper", PASSED))


def read_slip(text: str, *, trust_list: TrustList, now: datetime) -> TrustedSlip:
    """The slip behind a code's text.

    Raises:
        schemas.errors.InputError: the code cannot be read; see ``unpack_slip``.
        AuthenticityError: it is not authentic; nothing of it may be shown or fetched.
    """
    token = unpack_slip(text, certificates=trust_list.certificates())
    return check_slip_signature(token, trust_list=trust_list, now=now)


def weigh_slip(
    slip: TrustedSlip,
    *,
    status: StatusKnowledge | StatusUnavailable,
    counter: Counter,
    item: ServiceItem,
    now: datetime,
) -> Verdict:
    """Run every standing check and conclude."""
    carried = _claims_of(slip.payload)
    findings = (
        *_AUTHENTIC,
        *standing(
            slip.payload, issuer=slip.issuer, status=status, counter=counter, item=item, now=now
        ),
        Finding("requested_claims", _check_carried(carried, item)),
    )
    verdict = concluded(findings, slip.payload, status=status, counter=counter, item=item)
    told = {*COMPARED, *item.claims}
    claims = {name: value for name, value in carried.items() if name in told}
    return replace(verdict, on_paper=True, claims=claims)


def _claims_of(payload: SlipPayload) -> dict[str, Any]:
    carried = {name: getattr(payload, name) for name in SLIP_CLAIMS}
    return {name: value for name, value in carried.items() if value is not None}


def _check_carried(carried: dict[str, Any], item: ServiceItem) -> CheckResult:
    missing = tuple(name for name in item.claims if name not in carried)
    return unknown("not_on_slip", missing=missing) if missing else PASSED
