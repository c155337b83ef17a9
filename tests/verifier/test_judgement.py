"""The judgement: one bad thing at a time, and what of it shows in the verdict."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.signing_key import new_signing_key
from schemas.divisions import Area, county
from schemas.status_list import StatusList
from verifier.checks import AUTHENTICITY, STANDING
from verifier.checks.freshness import ExpectedBinding, shown_code
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.judgement import Counter, authenticate, judge
from verifier.service_items import ServiceItem
from verifier.verdict import Failed, Passed, Unknown, Verdict

LUCHENG, PINGYANG = Counter(county("330302")), Counter(county("330326"))
ITEM = ServiceItem(
    id="look",
    name_zh="核验",
    name_en="Look",
    claims=("name", "citizen_id_tail"),
    area=Area.COUNTY,
    maximum_status_age_s=3600,
    basis="test",
)
AS_OF = datetime(2026, 11, 25, 3, 59, tzinfo=UTC)
INDEX = 4711


def status(value: int = 0, age_s: int = 60) -> StatusKnowledge:
    return StatusKnowledge(StatusList.from_values(2, 1 << 14, {INDEX: value}), AS_OF, age_s)


def judged(world: Any, presentation: str, **changes: Any) -> Verdict:
    known = changes.get("status", status())
    return judge(
        presentation,
        trust_list=changes.get("trust_list") or world.trust_list(),
        held=changes.get("held") or (lambda uri, issuer, now: known),
        expected=changes.get("expected") or shown_code("urn:zhejiang:counter"),
        counter=changes.get("counter") or LUCHENG,
        item=changes.get("item") or ITEM,
        now=changes.get("now") or world.now,
    )


def test_a_good_permit(world: Any) -> None:
    verdict = judged(world, world.present(show=["name", "citizen_id_tail", "sex"]))

    assert (verdict.kind, verdict.reason) == ("accepted", None)
    assert [finding.check for finding in verdict.findings] == [*AUTHENTICITY, *STANDING]
    assert all(isinstance(finding.result, Passed) for finding in verdict.findings)
    assert verdict.claims == {"name": "买买提·示范", "citizen_id_tail": "0007"}  # sex is not needed
    assert verdict.permit_county == verdict.counter_county == LUCHENG.county
    assert (verdict.status_as_of, verdict.status_age_s) == (AS_OF, 60)


def cut_binding(world: Any) -> str:
    presentation: str = world.present()
    return presentation[: presentation.rindex("~") + 1]


NOT_AUTHENTIC: list[tuple[str, str, Callable[[Any], str]]] = [
    ("signature", "malformed_presentation", lambda world: "rubbish"),
    ("signature", "malformed_presentation", lambda world: "a.b.c~=~"),
    ("signature", "bad_credential", lambda world: "a.b.c~"),
    (
        "signature",
        "unknown_issuer",
        lambda world: world.present(world.issue(visible=world.visible(iss="https://evil.example"))),
    ),
    (
        "signature",
        "untrusted_certificate",
        lambda world: world.present(world.issue(key=world.pingyang.credential_key)),
    ),
    ("signature", "forged_credential", lambda world: world.present(forged(world))),
    (
        "signature",
        "status_missing",
        lambda world: world.present(world.issue(visible=world.visible(status=None))),
    ),
    ("key_binding", "key_binding_missing", cut_binding),
    ("key_binding", "not_the_holder", lambda world: world.present(key=new_signing_key())),
    ("key_binding", "bad_key_binding", lambda world: world.present(typ="JWT")),
    ("key_binding", "disclosures_changed", lambda world: world.present(sd_hash="x")),
    ("freshness", "wrong_audience", lambda world: world.present(aud="x509_hash:abc")),
    ("freshness", "wrong_nonce", lambda world: world.present(nonce="short")),
    ("freshness", "too_old", lambda world: world.present(iat=0)),
    ("freshness", "from_the_future", lambda world: world.present(iat=2**40)),
]


def forged(world: Any) -> str:
    forger = new_signing_key()
    forger.chain = world.lucheng.credential_key.chain
    issued: str = world.issue(key=forger)
    return issued


@pytest.mark.parametrize(("check", "code", "make"), NOT_AUTHENTIC)
def test_vp_52_what_is_not_authentic_shows_nothing_and_fetches_nothing(
    world: Any, check: str, code: str, make: Callable[[Any], str]
) -> None:
    asked = []

    def held(uri: str, issuer: Any, now: datetime) -> StatusUnavailable:
        asked.append(uri)
        return StatusUnavailable("status_unavailable")

    verdict = judged(world, make(world), held=held)

    assert (verdict.kind, verdict.reason) == ("refused", code)
    assert [finding.check for finding in verdict.findings] == [check]
    assert (verdict.claims, verdict.permit_county, verdict.status_as_of) == ({}, None, None)
    assert asked == []


def visible(world: Any, **changes: Any) -> str:
    presentation: str = world.present(world.issue(visible=world.visible(**changes)))
    return presentation


@pytest.mark.parametrize(
    ("check", "reason", "changes"),
    [
        ("revocation", "revoked", {"status": status(1)}),
        ("revocation", "suspended", {"status": status(2)}),
        ("revocation", "status_not_valid", {"status": status(3)}),
        ("jurisdiction", "out_of_area", {"counter": PINGYANG}),
        ("requested_claims", "claims_missing", {"show": ["name"]}),
    ],
)
def test_one_thing_wrong(world: Any, check: str, reason: str, changes: dict[str, Any]) -> None:
    show = changes.get("show", ["name", "citizen_id_tail"])
    verdict = judged(world, world.present(show=show), **changes)

    assert (verdict.kind, verdict.reason) == ("refused", reason)
    wrong = [f.check for f in verdict.findings if not isinstance(f.result, Passed)]
    assert wrong == [check]


def test_all_that_is_wrong_is_told_and_the_first_is_the_reason(world: Any) -> None:
    """Revoked, lapsed, elsewhere, and a claim short: the clerk sees it all at once."""
    presentation = world.present(
        world.issue(visible=world.visible(usable_through=date(2026, 11, 23))), show=["name"]
    )
    verdict = judged(world, presentation, status=status(1), counter=PINGYANG)

    codes = [f.result.code for f in verdict.findings if isinstance(f.result, Failed)]
    assert codes == ["revoked", "lapsed", "expired", "out_of_area", "claims_missing"]
    assert verdict.reason == "revoked"


def test_a_lapse_is_called_a_lapse(world: Any) -> None:
    presentation = world.present(
        world.issue(visible=world.visible(usable_through=date(2026, 11, 23)))
    )

    verdict = judged(world, presentation, status=StatusUnavailable("status_unavailable"))

    assert (verdict.kind, verdict.reason) == ("refused", "lapsed")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (StatusUnavailable("status_unavailable"), "status_unavailable"),
        (StatusUnavailable("status_list_refused"), "status_list_refused"),
        (status(0, age_s=3601), "status_too_old"),
    ],
)
def test_could_not_check_is_never_good(world: Any, known: Any, reason: str) -> None:
    verdict = judged(world, world.present(), status=known)

    assert (verdict.kind, verdict.reason) == ("cannot_say", reason)
    assert [f.check for f in verdict.findings if isinstance(f.result, Unknown)] == ["revocation"]


def test_an_issuer_that_signs_for_a_county_not_its_own(world: Any) -> None:
    """Genuine key, genuine certificate, another's county."""
    verdict = judged(world, visible(world, jurisdiction="330326"), counter=PINGYANG)

    assert (verdict.kind, verdict.reason) == ("refused", "issuer_may_not_permit")


def test_expiry_that_disagrees_with_the_endorsement(world: Any) -> None:
    exp = int((world.now + timedelta(days=3650)).timestamp())

    assert judged(world, visible(world, exp=exp)).reason == "expiry_disagrees"


def test_vp_41_key_binding_is_required_whatever_arrives(world: Any) -> None:
    """No way to say "none needed": neither our expectation nor the token has one."""
    no_key = world.visible()
    no_key["cnf"] = {}

    assert judged(world, cut_binding(world)).reason == "key_binding_missing"
    unbound = world.issue(visible=no_key, hidden={})
    assert judged(world, unbound).reason == "invalid_permit"
    assert judged(world, world.issue(visible=world.visible(cnf=None))).reason == "invalid_permit"


def test_vp_67_without_holder_binding_nothing_is_accepted(world: Any) -> None:
    expected = ExpectedBinding("urn:zhejiang:counter", None, max_age_s=10**9)

    assert judged(world, cut_binding(world), expected=expected).kind == "refused"


def test_vp_51_a_binding_for_another_request(world: Any) -> None:
    expected = ExpectedBinding("urn:zhejiang:counter", "n" * 22)

    assert judged(world, world.present(nonce="m" * 22), expected=expected).reason == "wrong_nonce"
    assert judged(world, world.present(nonce="n" * 22), expected=expected).kind == "accepted"


def test_vp_20_r1_not_an_sd_jwt(world: Any) -> None:
    token = world.issue().split("~")[0]
    for text in ("", "~", token, f"{token}~~", f"{token}~a=~", f"{token}~ ~", "x" * (257 * 1024)):
        assert judged(world, text).kind == "refused"


def test_vp_33_r14_too_many_disclosures(world: Any) -> None:
    token = world.issue().split("~")[0]

    assert judged(world, token + "~YQ" * 257 + "~").reason == "malformed_presentation"


def test_authenticate_gives_the_permit_and_the_showing(world: Any) -> None:
    permit, shown_by = authenticate(
        world.present(),
        trust_list=world.trust_list(),
        expected=shown_code("urn:zhejiang:counter"),
        now=world.now,
    )

    assert permit.payload.jurisdiction == "330302"
    assert len(shown_by.fingerprint) == 64


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
@given(st.data())
def test_a_changed_presentation_is_never_accepted(world: Any, data: st.DataObject) -> None:
    """Any one character changed, taken out or put in."""
    presentation = world.present()
    at = data.draw(st.integers(0, len(presentation) - 1))
    put = data.draw(st.sampled_from(["", "A", "~", ".", "-", presentation[at] * 2]))
    changed = presentation[:at] + put + presentation[at + 1 :]

    verdict = judged(world, changed)

    assert verdict.kind == ("accepted" if changed == presentation else "refused")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_it_stumble(text: str) -> None:
    from keys.trust_list import TrustList

    nobody = TrustList(
        sequence=1, iat=0, exp=2**40, counter_audience="x", issuers=(), verifier_anchors=()
    )
    verdict = judge(
        text,
        trust_list=nobody,
        held=lambda uri, issuer, now: StatusUnavailable("status_unavailable"),
        expected=shown_code("x"),
        counter=LUCHENG,
        item=ITEM,
        now=datetime(2026, 11, 25, tzinfo=UTC),
    )

    assert verdict.kind == "refused"
