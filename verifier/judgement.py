"""The judgement on one presentation, from bytes and a time; nothing is fetched here.

``authenticate`` raises, ``weigh`` tells everything; between the two ``verify.py`` gathers
what has to be fetched. ``judge`` is both in a row, for callers who hold all they need.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from keys.trust_list import TrustedIssuer, TrustList
from schemas.divisions import County
from schemas.endorsement_window import day_of
from schemas.permit_credential import StandingClaims
from schemas.sd_jwt import SdJwtError, parse_sd_jwt
from verifier.checks.endorsement import check_endorsement
from verifier.checks.freshness import ExpectedBinding, check_freshness
from verifier.checks.jurisdiction import check_jurisdiction, known_county
from verifier.checks.key_binding import ShownBy, check_key_binding
from verifier.checks.requested_claims import check_requested_claims
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable, check_revocation
from verifier.checks.signature import TrustedPermit, check_signature
from verifier.checks.validity import check_validity
from verifier.errors import AuthenticityError, MalformedPresentationError
from verifier.service_items import ServiceItem
from verifier.verdict import PASSED, CheckResult, Failed, Finding, Verdict, conclude, failed

Held = Callable[[str, TrustedIssuer, datetime], StatusKnowledge | StatusUnavailable]

_AUTHENTIC = (
    Finding("signature", PASSED),
    Finding("key_binding", PASSED),
    Finding("freshness", PASSED),
)


class Counter(Struct, frozen=True):
    """Where the clerk sits; a setting of the counter, never taken from a credential."""

    county: County
    desk: str = ""
    """Which of the county's counters, for the log; empty where it has no name."""


def authenticate(
    presentation: str, *, trust_list: TrustList, expected: ExpectedBinding, now: datetime
) -> tuple[TrustedPermit, ShownBy]:
    """The permit, and its holder's word that it is shown to us now.

    Raises:
        AuthenticityError: the first check that fails; nothing may be shown or fetched.
    """
    try:
        sd_jwt = parse_sd_jwt(presentation)
    except SdJwtError as error:
        raise MalformedPresentationError("not a presentation", rule=error.rule) from error
    permit = check_signature(sd_jwt, trust_list=trust_list, now=now)
    shown_by = check_key_binding(sd_jwt, permit.holder_key)
    check_freshness(shown_by.payload, expected=expected, now=now)
    return permit, shown_by


def weigh(
    permit: TrustedPermit,
    *,
    status: StatusKnowledge | StatusUnavailable,
    counter: Counter,
    item: ServiceItem,
    now: datetime,
) -> Verdict:
    """Run every standing check and conclude."""
    all_shown, claims = check_requested_claims(permit.claims, needed=item.claims)
    findings = (
        *_AUTHENTIC,
        *standing(
            permit.payload, issuer=permit.issuer, status=status, counter=counter, item=item, now=now
        ),
        Finding("requested_claims", all_shown),
    )
    verdict = concluded(findings, permit.payload, status=status, counter=counter, item=item)
    return replace(verdict, claims=claims)


def standing(
    payload: StandingClaims,
    *,
    issuer: TrustedIssuer,
    status: StatusKnowledge | StatusUnavailable,
    counter: Counter,
    item: ServiceItem,
    now: datetime,
) -> tuple[Finding, ...]:
    """The checks that do not depend on how a permit is shown, in their order."""
    revocation = check_revocation(
        status, idx=payload.status.status_list.idx, maximum_age_s=item.maximum_status_age_s
    )
    jurisdiction = check_jurisdiction(
        permit=payload.jurisdiction,
        issuer_may_permit=issuer.counties,
        counter=counter.county,
        area=item.area,
    )
    return (
        Finding("revocation", revocation),
        Finding("endorsement", check_endorsement(payload, today=day_of(now))),
        Finding("validity", check_validity(payload, now=now)),
        Finding("jurisdiction", jurisdiction),
    )


def concluded(
    findings: tuple[Finding, ...],
    payload: StandingClaims,
    *,
    status: StatusKnowledge | StatusUnavailable,
    counter: Counter,
    item: ServiceItem,
) -> Verdict:
    """The verdict that all findings on an authentic permit add up to; no claims in it yet."""
    kind, reason = conclude(findings)
    place = payload.status.status_list
    return Verdict(
        kind=kind,
        reason=reason,
        findings=findings,
        item=item.id,
        counter_county=counter.county,
        permit_county=known_county(payload.jurisdiction),
        permit_place=f"{place.uri}#{place.idx}",
        status_as_of=status.as_of if isinstance(status, StatusKnowledge) else None,
        status_age_s=status.age_s if isinstance(status, StatusKnowledge) else None,
    )


def judge(
    presentation: str,
    *,
    trust_list: TrustList,
    held: Held,
    expected: ExpectedBinding,
    counter: Counter,
    item: ServiceItem,
    now: datetime,
) -> Verdict:
    """The verdict by what is held; ``held`` gives a list's status without fetching."""
    try:
        permit, _ = authenticate(presentation, trust_list=trust_list, expected=expected, now=now)
    except AuthenticityError as error:
        return not_authentic(error, counter=counter, item=item)
    status = held(permit.payload.status.status_list.uri, permit.issuer, now)
    return weigh(permit, status=status, counter=counter, item=item, now=now)


def not_authentic(error: AuthenticityError, *, counter: Counter, item: ServiceItem) -> Verdict:
    """Refused, with the one finding and nothing of the presentation."""
    return single(error.check, Failed(error.code, error.params), counter=counter, item=item)


def single(check: str, result: CheckResult, *, counter: Counter, item: ServiceItem) -> Verdict:
    """The verdict that rests on one finding alone."""
    findings = (Finding(check, result),)
    kind, reason = conclude(findings)
    return Verdict(
        kind=kind, reason=reason, findings=findings, item=item.id, counter_county=counter.county
    )


def first_use(verdict: Verdict) -> Verdict:
    """An accepted code was claimed: nobody will be accepted with it again."""
    return replace(verdict, findings=(*verdict.findings, Finding("replay", PASSED)))


def seen_before(verdict: Verdict) -> Verdict:
    """The same code was accepted already: refused, and no claim is shown."""
    return replace(
        verdict,
        kind="refused",
        reason="replayed",
        findings=(*verdict.findings, Finding("replay", failed("replayed"))),
        permit_county=None,
        claims={},
    )
