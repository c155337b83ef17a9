"""Attacks on signed tokens, by their numbers in the project's list of attacks."""

import hashlib
import hmac
import json
import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from keys.errors import SignatureError, TokenError
from keys.jws import PublicKey, parse_jws, public_key_from_jwk, sign_jws, verify_jws
from keys.signing_key import new_signing_key
from schemas.base64url import b64url_encode

TYP = "dc+sd-jwt"
KEY = new_signing_key()
PUBLIC = public_key_from_jwk(KEY.public_jwk())
STRANGER = new_signing_key()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Number of points of P-256."""


def believed(token: str, typ: str = TYP) -> bytes:
    """What a reader does: take apart, then verify with the key found elsewhere."""
    jws = parse_jws(token, typ=typ)
    verify_jws(jws, PUBLIC)
    return jws.payload


@pytest.mark.parametrize(
    "alg",
    ["none", "None", "nOnE", "NONE", "", None, "es256", "ES256 ", ["ES256"], 256, True, "ES256K"],
)
@pytest.mark.parametrize("signature", ["", ".", "AA"])
def test_a1_alg_none_is_refused(tokens: Any, alg: object, signature: str) -> None:
    unsigned = f"{tokens.encode({'alg': alg, 'typ': TYP})}.{tokens.encode({})}.{signature}"
    with pytest.raises(TokenError):
        parse_jws(unsigned, typ=TYP)


@pytest.mark.parametrize("alg", ["none", "ES384", "EdDSA", None, "es256"])
def test_a1_another_alg_is_refused_over_a_signature_that_fits(tokens: Any, alg: object) -> None:
    with pytest.raises(TokenError, match="alg must be ES256"):
        parse_jws(tokens.signed({"alg": alg, "typ": TYP}, {}, KEY), typ=TYP)


def test_a1_a_header_without_alg_is_refused(tokens: Any) -> None:
    with pytest.raises(TokenError, match="alg must be ES256"):
        parse_jws(tokens.signed({"typ": TYP}, {}, KEY), typ=TYP)


def public_texts() -> list[bytes]:
    public = KEY.private.public_key()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    return [
        public.public_bytes(serialization.Encoding.PEM, info),
        public.public_bytes(serialization.Encoding.DER, info),
        json.dumps(KEY.public_jwk()).encode(),
    ]


@pytest.mark.parametrize("secret", public_texts(), ids=["pem", "der", "jwk"])
@pytest.mark.parametrize("claimed", ["HS256", "ES256"])
def test_a2_a_mac_under_the_public_key_is_no_signature(
    tokens: Any, secret: bytes, claimed: str
) -> None:
    signing_input = f"{tokens.encode({'alg': claimed, 'typ': TYP})}.{tokens.encode({})}"
    for digest in (hashlib.sha256, hashlib.sha512):  # the second has the 64 bytes of ES256
        mac = hmac.new(secret, signing_input.encode(), digest).digest()
        with pytest.raises((TokenError, SignatureError)):
            believed(f"{signing_input}.{b64url_encode(mac)}")


def test_a2_an_rsa_signature_is_refused(tokens: Any) -> None:
    signer = rsa.generate_private_key(65537, 2048)
    signing_input = f"{tokens.encode({'alg': 'RS256', 'typ': TYP})}.{tokens.encode({})}"
    signature = signer.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(TokenError, match="alg must be ES256"):
        parse_jws(f"{signing_input}.{b64url_encode(signature)}", typ=TYP)


def test_a3_a_p384_key_is_not_taken_for_es256() -> None:
    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(TokenError, match="secp384r1"):
        PublicKey(public)
    numbers = public.public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-384",
        "x": b64url_encode(numbers.x.to_bytes(48, "big")),
        "y": b64url_encode(numbers.y.to_bytes(48, "big")),
    }
    for crv in ("P-384", "P-256"):
        with pytest.raises(TokenError):
            public_key_from_jwk(jwk | {"crv": crv})


@pytest.mark.parametrize("member", ["jwk", "kid", "jku", "x5u", "x5c"])
def test_a4_vp37_a_key_named_by_the_token_is_not_used(tokens: Any, member: str) -> None:
    value: Any = STRANGER.public_jwk() if member == "jwk" else "https://attacker.example/keys"
    header = {"alg": "ES256", "typ": TYP, member: value}
    with pytest.raises(SignatureError):
        believed(tokens.signed(header, {}, STRANGER))
    # And it does not get in the way of the key that counts.
    assert believed(tokens.signed(header, {}, KEY)) == b"{}"


@pytest.mark.parametrize("member", ["jku", "x5u", "kid"])
def test_a5_vp37_an_address_in_the_header_is_never_visited(tokens: Any, member: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/keys"
        token = tokens.signed({"alg": "ES256", "typ": TYP, member: address}, {}, STRANGER)
        with pytest.raises(SignatureError):
            believed(token)
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/etc/passwd",
        "x' UNION SELECT 'AA",
        "did:web:attacker.example%2f..#0",
        "\x00",
        ["list"],
        {"object": 1},
        -1,
    ],
)
def test_a6_the_key_identifier_leads_nowhere(tokens: Any, kid: object) -> None:
    header = {"alg": "ES256", "typ": TYP, "kid": kid}
    assert believed(tokens.signed(header, {}, KEY)) == b"{}"
    with pytest.raises(SignatureError):
        believed(tokens.signed(header, {}, STRANGER))


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, 0),
        (0, 1),
        (1, 0),
        (ORDER, ORDER),
        (ORDER, 1),
        (1, ORDER),
        (2**256 - 1, 2**256 - 1),
        (1, 1),
    ],
)
def test_a9_signatures_out_of_range_are_refused(r: int, s: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    with pytest.raises(SignatureError, match="does not fit"):
        PUBLIC.verify(signature, b"anything")


@pytest.mark.parametrize("half", [slice(0, 32), slice(32, 64)], ids=["r", "s"])
@pytest.mark.parametrize("first", [range(1), range(1, 128), range(128, 256)])
def test_a9_whatever_a_number_of_a_signature_begins_with_it_fits(half: slice, first: range) -> None:
    """The numbers change length on their way into DER, which must not change their value."""
    signature = next(s for s in map(KEY.sign, [b"x"] * 20_000) if s[half][0] in first)
    PUBLIC.verify(signature, b"x")
    with pytest.raises(SignatureError):
        PUBLIC.verify(signature, b"y")


def test_a9_r_plus_the_order_is_not_r() -> None:
    """A second text for one signature, where r is small enough; here made by adding to s."""
    signature = KEY.sign(b"x")
    s = int.from_bytes(signature[32:], "big") + ORDER
    if s < 2**256:
        with pytest.raises(SignatureError):
            PUBLIC.verify(signature[:32] + s.to_bytes(32, "big"), b"x")


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"ES256","typ":"dc+sd-jwt","alg":"ES256"}',
        b'{"alg":"none","alg":"ES256","typ":"dc+sd-jwt"}',
        b'{"alg":"ES256","typ":"kb+jwt","typ":"dc+sd-jwt"}',
        b'{"alg":"ES256","typ":"dc+sd-jwt","x5c":["AA=="],"x5c":["BB=="]}',
        b'{"alg":"ES256","typ":"dc+sd-jwt","\\u0061lg":"none"}',
        b'{"alg":"ES256","typ":"dc+sd-jwt","jwk":{"x":1,"x":2}}',
    ],
)
def test_a13_a_member_twice_in_the_header_is_refused(tokens: Any, header: bytes) -> None:
    with pytest.raises(TokenError, match="twice"):
        parse_jws(tokens.signed(header, {}, KEY), typ=TYP)


TYPES = [
    "dc+sd-jwt",
    "kb+jwt",
    "statuslist+jwt",
    "oauth-authz-req+jwt",
    "openid4vci-proof+jwt",
    "zj-trust-list+jwt",
]


@pytest.mark.parametrize("expected", TYPES)
@pytest.mark.parametrize("made", TYPES)
def test_a24_a_token_of_one_kind_is_no_other(made: str, expected: str) -> None:
    token = sign_jws(b"{}", typ=made, key=KEY)
    if made == expected:
        assert believed(token, typ=expected) == b"{}"
    else:
        with pytest.raises(TokenError, match="typ must be"):
            parse_jws(token, typ=expected)


@pytest.mark.parametrize(
    "typ",
    [
        None,
        "",
        "JWT",
        "vc+sd-jwt",
        "DC+SD-JWT",
        "application/dc+sd-jwt",
        "dc+sd-jwt ",
        ["dc+sd-jwt"],
    ],
)
def test_vp35_the_type_is_compared_exactly(tokens: Any, typ: object) -> None:
    with pytest.raises(TokenError, match="typ must be dc"):
        parse_jws(tokens.signed({"alg": "ES256", "typ": typ}, {}, KEY), typ=TYP)


def test_vp35_a_missing_type_is_refused(tokens: Any) -> None:
    with pytest.raises(TokenError, match="typ must be dc"):
        parse_jws(tokens.signed({"alg": "ES256"}, {}, KEY), typ=TYP)


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["alg"], [], None, "exp", {}])
def test_vp40_critical_extensions_are_refused(tokens: Any, crit: object) -> None:
    header = {"alg": "ES256", "typ": TYP, "crit": crit, "b64": False}
    with pytest.raises(TokenError, match="crit"):
        parse_jws(tokens.signed(header, {}, KEY), typ=TYP)
