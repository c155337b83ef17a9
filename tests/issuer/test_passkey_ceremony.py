"""What a browser sends back, right and with one thing wrong at a time; real signatures."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.errors import PasskeyError
from issuer.officer import Role
from issuer.officer_account import Account, Passkey
from issuer.passkey_ceremony import (
    MAX_RESPONSE_BYTES,
    CounterError,
    RelyingParty,
    counter_went_on,
    enrolled,
    enrolment_options,
    relying_party,
    showing_options,
    shown,
)
from schemas.base64url import b64url_encode
from schemas.errors import InputError
from tests.issuer.soft_authenticator import SoftAuthenticator, challenge_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PARTY = RelyingParty("desk.example", "https://desk.example:8443")
CHALLENGE = b"c" * 32
ACCOUNT = Account(
    id="li-3",
    county="330302",
    name="李示范",
    roles=frozenset({Role.APPROVER}),
    password_hash="$argon2id$",
    password_set_at=NOW,
    sessions_from=NOW,
)
DEVICE = SoftAuthenticator(PARTY.origin)


def passkey(device: SoftAuthenticator, counter: int = 0) -> Passkey:
    options = enrolment_options(PARTY, ACCOUNT, CHALLENGE)
    credential_id, public_key, _ = enrolled(
        device.make(options), party=PARTY, expected_challenge=CHALLENGE
    )
    return Passkey(credential_id, public_key, counter, "手机", NOW)


HELD = passkey(DEVICE)


def show(before: int = 0, **wrong: Any) -> tuple[Passkey, int]:
    held = Passkey(HELD.credential_id, HELD.public_key, before, "手机", NOW)
    options = showing_options(PARTY, ACCOUNT, CHALLENGE)
    answer = DEVICE.show(options, **wrong)
    return shown(answer, passkeys=[held], party=PARTY, expected_challenge=CHALLENGE)


@pytest.mark.parametrize(
    ("base_url", "party"),
    [
        ("https://desk.example", RelyingParty("desk.example", "https://desk.example")),
        ("https://desk.example:8443", PARTY),
        ("http://localhost:8101", RelyingParty("localhost", "http://localhost:8101")),
        ("http://127.0.0.1:8101", RelyingParty("localhost", "http://localhost:8101")),
        ("http://[::1]:8101", RelyingParty("localhost", "http://localhost:8101")),
        ("https://127.0.0.1", RelyingParty("localhost", "https://localhost")),
        ("https://192.0.2.7", None),
    ],
)
def test_passkeys_belong_to_a_host_s_name(base_url: str, party: RelyingParty | None) -> None:
    assert relying_party(base_url) == party


def test_a_browser_is_asked_for_what_this_service_takes() -> None:
    account = replace(ACCOUNT, passkeys=(HELD,))
    making = json.loads(enrolment_options(PARTY, account, CHALLENGE))
    showing = json.loads(showing_options(PARTY, account, CHALLENGE))
    held = [{"id": b64url_encode(b"device-1"), "type": "public-key"}]

    assert making["rp"]["id"] == showing["rpId"] == "desk.example"
    assert making["challenge"] == showing["challenge"] == b64url_encode(CHALLENGE)
    assert making["user"]["name"] == "li-3@330302"
    assert "li-3" not in making["user"]["id"]
    assert [key["alg"] for key in making["pubKeyCredParams"]] == [-7, -8, -257]
    assert making["attestation"] == "none"
    assert making["excludeCredentials"] == showing["allowCredentials"] == held


def test_an_enrolled_passkey_can_be_shown() -> None:
    assert (HELD.credential_id, HELD.sign_count) == (b"device-1", 0)
    found, counter = show()

    assert (found.credential_id, counter) == (b"device-1", DEVICE.counter)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"origin": "https://desk.example"}, id="another port"),
        pytest.param({"origin": "https://desk.example.evil.example"}, id="another host"),
        pytest.param({"origin": "http://desk.example:8443"}, id="without TLS"),
        pytest.param({"challenge": b64url_encode(b"d" * 32)}, id="another challenge"),
        pytest.param({"challenge": ""}, id="no challenge"),
        pytest.param({"type": "webauthn.get"}, id="the other ceremony"),
        pytest.param({"rp_id": "evil.example"}, id="made for another host"),
        pytest.param({"public_key": b"\xa0"}, id="a key without members"),
        pytest.param({"public_key": b""}, id="no key"),
        pytest.param({"public_key": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"\x01", -3: b"\x02"})},
                     id="a point that is on no curve"),
        pytest.param({"public_key": cbor2.dumps({1: 2, 3: -999, -1: 1, -2: b"", -3: b""})},
                     id="an algorithm nobody asked for"),
        pytest.param({"public_key": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: 5, -3: 7})},
                     id="numbers where bytes belong"),
    ],
)  # fmt: skip
def test_what_is_not_enrolled(wrong: dict[str, Any]) -> None:
    options = enrolment_options(PARTY, ACCOUNT, CHALLENGE)
    with pytest.raises(PasskeyError):
        enrolled(DEVICE.make(options, **wrong), party=PARTY, expected_challenge=CHALLENGE)


def test_a_name_that_is_too_long_for_a_passkey() -> None:
    device = SoftAuthenticator(PARTY.origin, credential_id=b"x" * 1024)

    with pytest.raises(PasskeyError, match="too long"):
        passkey(device)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"origin": "https://desk.example"}, id="another port"),
        pytest.param({"origin": "https://evil.example"}, id="another host"),
        pytest.param({"challenge": b64url_encode(b"d" * 32)}, id="another challenge"),
        pytest.param({"type": "webauthn.create"}, id="the other ceremony"),
        pytest.param({"rp_id": "evil.example"}, id="shown to another host"),
        pytest.param({"flags": 0}, id="nobody touched it"),
        pytest.param({"signature": b"x" * 70}, id="no signature"),
    ],
)
def test_what_is_not_accepted(wrong: dict[str, Any]) -> None:
    with pytest.raises(PasskeyError):
        show(**wrong)


def test_another_device_of_the_same_name_is_not_this_one() -> None:
    stranger = SoftAuthenticator(PARTY.origin)
    answer = stranger.show(showing_options(PARTY, ACCOUNT, CHALLENGE))

    with pytest.raises(PasskeyError, match="not accepted"):
        shown(answer, passkeys=[HELD], party=PARTY, expected_challenge=CHALLENGE)


def test_a_device_that_was_not_enrolled() -> None:
    answer = DEVICE.show(showing_options(PARTY, ACCOUNT, CHALLENGE))

    with pytest.raises(PasskeyError, match="not enrolled for this officer"):
        shown(answer, passkeys=[], party=PARTY, expected_challenge=CHALLENGE)


@pytest.mark.parametrize(
    ("before", "now", "went_on"),
    [
        (0, 0, True),  # a device without a counter
        (0, 1, True),
        (7, 8, True),
        (7, 900, True),
        (7, 7, False),
        (7, 6, False),
        (7, 0, False),
    ],
)
def test_a_counter_only_goes_on(before: int, now: int, went_on: bool) -> None:
    assert counter_went_on(before=before, now=now) is went_on
    if went_on:
        assert show(before, counter=now)[1] == now
    else:
        with pytest.raises(CounterError, match="there may be a copy"):
            show(before, counter=now)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no members"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[" * 5000, id="without end"),
        pytest.param(b'{"id": "' + b"x" * MAX_RESPONSE_BYTES + b'"}', id="too large"),
        pytest.param(
            b'{"id":"a","rawId":1,"type":"public-key","response":{}}', id="a number for a name"
        ),
        pytest.param(
            b'{"id":"**","rawId":"**","type":"public-key","response":'
            b'{"clientDataJSON":"**","attestationObject":"**","authenticatorData":"","signature":""}}',
            id="no base64url",
        ),
    ],
)
def test_what_is_no_answer_at_all(answer: bytes) -> None:
    for read in (
        lambda: enrolled(answer, party=PARTY, expected_challenge=CHALLENGE),
        lambda: shown(answer, passkeys=[HELD], party=PARTY, expected_challenge=CHALLENGE),
    ):
        with pytest.raises((PasskeyError, InputError)):
            read()


@given(st.data())
def test_no_answer_from_a_stranger_ends_in_anything_but_a_refusal(data: st.DataObject) -> None:
    options = enrolment_options(PARTY, ACCOUNT, CHALLENGE)
    right = DEVICE.make(options)
    response = json.loads(right)["response"]
    damaged = bytearray(cbor2.loads(_decoded(response["attestationObject"]))["authData"])
    at = data.draw(st.integers(0, len(damaged) - 1))
    damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    attestation = {"fmt": "none", "attStmt": {}, "authData": bytes(damaged[:cut])}
    members = json.loads(right)
    members["response"]["attestationObject"] = b64url_encode(cbor2.dumps(attestation))

    with suppress(PasskeyError):
        enrolled(json.dumps(members).encode(), party=PARTY, expected_challenge=CHALLENGE)


@given(st.dictionaries(st.integers(-5, 5), st.integers(-300, 300) | st.binary(max_size=40)))
def test_no_key_from_a_stranger_does_either(members: dict[int, Any]) -> None:
    options = enrolment_options(PARTY, ACCOUNT, CHALLENGE)
    answer = DEVICE.make(options, public_key=cbor2.dumps(members))

    with pytest.raises(PasskeyError):
        enrolled(answer, party=PARTY, expected_challenge=CHALLENGE)


def test_the_challenge_is_the_one_in_the_options() -> None:
    assert challenge_of(showing_options(PARTY, ACCOUNT, CHALLENGE)) == CHALLENGE


def _decoded(text: str) -> bytes:
    return challenge_of(json.dumps({"challenge": text}))
