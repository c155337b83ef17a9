"""Proofs of key possession: what F.1 and F.4 of OpenID4VCI demand, one refusal each."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import ProofError
from keys.holder_proof import (
    MAX_AGE_S,
    MAX_AHEAD_S,
    MAX_PROOF_BYTES,
    PROOF_TYP,
    ProvenKey,
    make_proof,
    verify_proof,
)
from keys.jws import sign_with_header
from keys.signing_key import SoftwareSigningKey, new_signing_key
from schemas.base64url import b64url_decode, b64url_encode

NOW = datetime(2026, 11, 23, 4, 0, 0, 900_000, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
AUDIENCE = "https://permit.example/330302"
KEY = new_signing_key()
STRANGER = new_signing_key()
NONCE = "n-0S6_WzA2Mj"


def proof(
    header: dict[str, Any] | None = None,
    claims: dict[str, Any] | bytes | None = None,
    key: SoftwareSigningKey = KEY,
) -> str:
    """A sound proof but for the members given; ``...`` takes one away."""
    head = _without_dots(
        {"alg": "ES256", "typ": PROOF_TYP, "jwk": KEY.public_jwk()} | (header or {})
    )
    if isinstance(claims, bytes):
        payload = claims
    else:
        sound = {"aud": AUDIENCE, "iat": NOW_S, "nonce": NONCE}
        payload = json.dumps(_without_dots(sound | (claims or {}))).encode()
    encoded = b64url_encode(json.dumps(head).encode())
    return sign_with_header(payload, encoded_header=encoded, key=key)


def _without_dots(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ...}


def verified(token: str, client_id: str | None = None) -> ProvenKey:
    return verify_proof(token, audience=AUDIENCE, now=NOW, client_id=client_id)


def refused(reason: str, token: str, client_id: str | None = None) -> None:
    with pytest.raises(ProofError, match=reason) as caught:
        verified(token, client_id)
    assert caught.value.code == "invalid_proof"


def test_a_proof_proves_its_key_and_says_its_nonce() -> None:
    token = make_proof(KEY, audience=AUDIENCE, nonce=NONCE, now=NOW)
    assert verified(token) == ProvenKey(jwk=KEY.public_jwk(), nonce=NONCE)
    assert verified(proof()) == ProvenKey(jwk=KEY.public_jwk(), nonce=NONCE)


def test_a_wallet_that_is_no_known_client_does_not_name_itself() -> None:
    token = make_proof(KEY, audience=AUDIENCE, nonce=NONCE, now=NOW)
    claims = json.loads(b64url_decode(token.split(".")[1]))
    assert claims == {"aud": AUDIENCE, "iat": NOW_S, "nonce": NONCE}


def test_further_members_of_the_key_are_left_behind() -> None:
    jwk = {**KEY.public_jwk(), "kid": "a", "use": "sig", "unknown": ["x"]}
    assert verified(proof({"jwk": jwk})).jwk == KEY.public_jwk()


def test_unknown_members_are_ignored() -> None:
    assert verified(proof({"key_attestation": "x"}, {"exp": 1, "jti": "a"})).nonce == NONCE


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "ES384", "EdDSA", ..., None])
def test_vci28_another_alg_is_refused(alg: object) -> None:
    refused("alg must be ES256", proof({"alg": alg}))


@pytest.mark.parametrize(
    "typ", [..., "JWT", "kb+jwt", "dc+sd-jwt", "openid4vci-proof", "OPENID4VCI-PROOF+JWT"]
)
def test_vci28_another_type_is_refused(typ: object) -> None:
    refused("typ must be openid4vci-proof", proof({"typ": typ}))


@pytest.mark.parametrize(
    "members",
    [
        {"jwk": ...},
        {"jwk": ..., "kid": "did:example:1#0"},
        {"jwk": ..., "x5c": ["AA=="]},
        {"kid": "1"},
        {"x5c": ["AA=="]},
        {"kid": None},
        {"kid": "1", "x5c": ["AA=="]},
    ],
)
def test_vci28_the_key_is_named_by_jwk_and_nothing_else(members: dict[str, Any]) -> None:
    refused("names its key by jwk", proof(members))


@pytest.mark.parametrize("jwk", [None, [], "jwk", 1])
def test_vci28_the_key_is_an_object(jwk: object) -> None:
    refused("jwk must be an object", proof({"jwk": jwk}))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"d": "A" * 43}, "a private key"),
        ({"kty": "oct"}, "P-256"),
        ({"crv": "P-384"}, "P-256"),
        ({"x": "A" * 43, "y": "A" * 43}, "no point"),
        ({"y": None}, "no coordinates"),
    ],
)
def test_vci28_the_key_is_a_public_p256_point(changes: dict[str, Any], reason: str) -> None:
    refused(reason, proof({"jwk": KEY.public_jwk() | changes}))


def test_vci28_the_signature_fits_the_key_that_is_named() -> None:
    refused("does not fit", proof(key=STRANGER))
    refused("does not fit", proof({"jwk": STRANGER.public_jwk()}))


@pytest.mark.parametrize(
    "aud",
    [
        ...,
        None,
        "",
        "https://permit.example",
        "https://permit.example/330302/",
        "https://permit.example/330304",
        "HTTPS://permit.example/330302",
        [AUDIENCE],
        {AUDIENCE: 1},
    ],
)
def test_vci28_the_audience_is_ours_exactly(aud: object) -> None:
    refused(r"another issuer \(aud\)", proof(claims={"aud": aud}))


@pytest.mark.parametrize("iat", [..., None, True, str(NOW_S), float(NOW_S), [NOW_S]])
def test_vci28_the_time_is_a_whole_number(iat: object) -> None:
    refused(r"when it was made \(iat\)", proof(claims={"iat": iat}))


@pytest.mark.parametrize("age_s", [MAX_AGE_S, 1, 0, -1, -MAX_AHEAD_S])
def test_a_proof_of_our_time_is_taken(age_s: int) -> None:
    assert verified(proof(claims={"iat": NOW_S - age_s})).nonce == NONCE


@pytest.mark.parametrize(
    "age_s",
    [
        MAX_AGE_S + 1,
        -MAX_AHEAD_S - 1,
        365 * 86400,
        -365 * 86400,
        NOW_S,
        NOW_S + 1,
        10**18,
        -(10**18),
    ],
)
def test_a44_vci28_a_proof_of_another_time_is_refused(age_s: int) -> None:
    refused("too old or from the future", proof(claims={"iat": NOW_S - age_s}))


@pytest.mark.parametrize("iat", [b"1" + b"0" * 400, b"-1" + b"0" * 400, b"1e400"])
def test_a44_a_time_beyond_all_numbers_is_refused(iat: bytes) -> None:
    claims = b'{"aud":"%s","nonce":"n","iat":%s}' % (AUDIENCE.encode(), iat)
    with pytest.raises(ProofError):
        verified(proof(claims=claims))


@pytest.mark.parametrize("nonce", [..., None, 1, ["n"], {}])
def test_vci28_the_nonce_is_a_text(nonce: object) -> None:
    refused("no nonce", proof(claims={"nonce": nonce}))


def test_vci28_a_client_names_itself_or_nobody() -> None:
    named = make_proof(KEY, audience=AUDIENCE, nonce=NONCE, now=NOW, client_id="wallet")
    assert verified(named, "wallet").nonce == NONCE
    assert verified(proof(), "wallet").nonce == NONCE
    refused(r"another client \(iss\)", named, "other")
    refused(r"another client \(iss\)", proof(claims={"iss": ""}), "wallet")
    refused(r"another client \(iss\)", proof(claims={"iss": None}), "wallet")


def test_vci28_after_anonymous_access_nobody_is_named() -> None:
    named = make_proof(KEY, audience=AUDIENCE, nonce=NONCE, now=NOW, client_id="wallet")
    refused(r"another client \(iss\)", named)


@pytest.mark.parametrize("claims", [b"[]", b"x", b"\xff", b'{"aud":1,"aud":2}', b'"text"'])
def test_a13_claims_are_an_object_with_one_meaning(claims: bytes) -> None:
    refused("JSON", proof(claims=claims))


def test_a_proof_over_the_cap_is_refused() -> None:
    refused(f"at most {MAX_PROOF_BYTES}", proof(claims={"filling": "x" * MAX_PROOF_BYTES}))


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_is_made_now_holds_now(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    token = make_proof(KEY, audience=AUDIENCE, nonce=NONCE, now=now)
    assert verify_proof(token, audience=AUDIENCE, now=now).nonce == NONCE
    late = now + timedelta(seconds=MAX_AGE_S + 1)
    with pytest.raises(ProofError):
        verify_proof(token, audience=AUDIENCE, now=late)


@given(st.data())
def test_any_changed_character_is_noticed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SOUND) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != SOUND[at]))
    with pytest.raises(ProofError):
        verified(SOUND[:at] + other + SOUND[at + 1 :])


SOUND = proof()
