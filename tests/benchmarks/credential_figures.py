"""Signing a permit, verifying it with every check, refusing garbage."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import structs

from issuer.credential import hidden_claims
from keys.signing_key import new_signing_key
from keys.trust_list import COUNTER_AUDIENCE
from schemas.divisions import county
from schemas.endorsement_window import day_of
from schemas.sd_jwt import conceal, parse_sd_jwt
from schemas.status_list import StatusList
from tests.benchmarks.measuring import Figure, median_us, medians_us
from tests.benchmarks.scene import LUCHENG, NOW, PORTRAIT, Scene
from verifier.checks.freshness import ExpectedBinding
from verifier.checks.key_binding import check_key_binding
from verifier.checks.revocation import StatusKnowledge
from verifier.checks.signature import check_signature
from verifier.judgement import Counter, judge
from verifier.service_items import ServiceItem, load_items
from verifier.verdict import Verdict

T = TypeVar("T")
Act = Callable[[], object]

FIVE_CLAIMS = (
    "name",
    "citizen_id_number",
    "residence_address",
    "continuous_residence_since",
    "birthdate",
)
NONCE = secrets.token_urlsafe(16)


FLOOR_KEYS = 200
"""Keys, messages and signatures that a floor goes round: one alone would stay in the
processor's caches, as none does at a counter."""


def raw_floor() -> tuple[float, float]:
    """Microseconds of one raw ES256 signature and one raw verification."""
    sign_us, verify_us = medians_us(*raw_acts())
    return sign_us, verify_us


def raw_acts() -> tuple[Act, Act]:
    """One raw signature and one raw verification, of something else each time; keys loaded."""
    algorithm = ec.ECDSA(hashes.SHA256())
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(FLOOR_KEYS)]
    messages = [secrets.token_bytes(1500) for _ in keys]
    signed = [
        (key.public_key().verify, key.sign(message, algorithm), message)
        for key, message in zip(keys, messages, strict=True)
    ]
    return (
        # An issuer signs with one key all day, though never the same.
        _cycle(messages, lambda message: keys[0].sign(message, algorithm)),
        _cycle(signed, lambda one: one[0](one[1], one[2], algorithm)),
    )


def figures(scene: Scene) -> list[Figure]:
    """Each beside the raw cryptography measured in turns with it."""
    presentations = [_of_a_new_holder(scene) for _ in range(FLOOR_KEYS)]
    check = _checker(scene)
    accepted = check(presentations[0])
    assert accepted.kind == "accepted", accepted
    forged = presentations[0][:-8] + "AAAAAAAA"
    assert check(forged).kind == "refused"
    raw_sign, raw_verify = raw_acts()
    verify_us, check_us = medians_us(raw_verify, _cycle(presentations, check))
    sign_us, issue_us = medians_us(raw_sign, scene.issue)
    two = ("two raw verifications", 2 * verify_us)
    return [
        Figure("raw ES256 signature", sign_us),
        Figure("raw ES256 verification", verify_us),
        Figure("sign a permit of 14 claims", issue_us, "one raw signature", sign_us, aim=3.0),
        *_signing_parts(scene),
        Figure("verify 5 claims of a new holder, every check", check_us, *two, aim=1.35),
        *_parts(scene, presentations[0]),
        Figure("refuse a forged key binding", median_us(lambda: check(forged)), *two),
        Figure("refuse garbage", median_us(lambda: check("~" * 50 + "x")), *two),
        Figure("refuse 64 KiB of garbage", median_us(lambda: check("A" * 65_536)), *two),
    ]


def _signing_parts(scene: Scene) -> list[Figure]:
    """Where the time of one signature goes: the portrait, the other claims, the key."""
    small = structs.replace(scene.permit.resident, portrait=b"\xff\xd8\xff")
    without = replace(scene, permit=structs.replace(scene.permit, resident=small))
    visible, hidden = {"iss": scene.issuer}, hidden_claims(scene.permit, today=day_of(NOW))
    return [
        Figure("    the same without its portrait of 9 kB", median_us(without.issue)),
        Figure("    of it: claims into digests", median_us(lambda: conceal(visible, hidden))),
        Figure("    of it: the key", median_us(lambda: scene.credential_key.sign(PORTRAIT[:1500]))),
    ]


def _parts(scene: Scene, presentation: str) -> list[Figure]:
    """Where the time of one verification goes."""
    sd_jwt = parse_sd_jwt(presentation)
    permit = check_signature(sd_jwt, trust_list=scene.trust_list, now=NOW)
    return [
        Figure("    of it: split the presentation", median_us(lambda: parse_sd_jwt(presentation))),
        Figure(
            "    of it: signature, chain, trust list, disclosures",
            median_us(lambda: check_signature(sd_jwt, trust_list=scene.trust_list, now=NOW)),
        ),
        Figure(
            "    of it: key binding",
            median_us(lambda: check_key_binding(sd_jwt, permit.holder_key)),
        ),
    ]


def _of_a_new_holder(scene: Scene) -> str:
    """A presentation bound to a key never seen before, as at a real counter."""
    return replace(scene, holder=new_signing_key()).present(FIVE_CLAIMS, nonce=NONCE)


def _cycle(items: Sequence[T], act: Callable[[T], object]) -> Callable[[], object]:
    position = 0

    def next_one() -> object:
        nonlocal position
        position = (position + 1) % len(items)
        return act(items[position])

    return next_one


def _checker(scene: Scene) -> Callable[[str], Verdict]:
    known = StatusKnowledge(StatusList.from_values(2, 1 << 20, {}), NOW, 12)
    items = load_items()
    item = ServiceItem(
        id="bench",
        name_zh="测量",
        name_en="Measurement",
        claims=FIVE_CLAIMS,
        area=items["identity_look"].area,
        basis="",
    )
    counter = Counter(county(LUCHENG))
    expected = ExpectedBinding(audience=COUNTER_AUDIENCE, nonce=NONCE)

    def check(presentation: str) -> Verdict:
        return judge(
            presentation,
            trust_list=scene.trust_list,
            held=lambda *_: known,
            expected=expected,
            counter=counter,
            item=item,
            now=NOW,
        )

    return check
