"""Public keys as JWK: P-256 points only, in one text each."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from keys.errors import TokenError
from keys.jws import jwk_thumbprint, public_key_from_jwk
from keys.signing_key import SoftwareSigningKey, new_signing_key
from schemas.base64url import b64url_decode, b64url_encode

KEY = new_signing_key()
PUBLIC = public_key_from_jwk(KEY.public_jwk())
STRANGER = new_signing_key()


def jwk(**changes: Any) -> dict[str, Any]:
    return {k: v for k, v in (KEY.public_jwk() | changes).items() if v is not None}


def test_a_public_key_keeps_only_its_four_members() -> None:
    read = public_key_from_jwk(jwk(kid="a", use="sig", alg="ES256", unknown=[1]))
    assert read.jwk() == KEY.public_jwk()
    assert read == PUBLIC
    assert hash(read) == hash(PUBLIC)
    assert read != public_key_from_jwk(STRANGER.public_jwk())
    assert read != "another kind of thing"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kty": None}, "a P-256 key is needed"),
        ({"kty": "RSA"}, "a P-256 key is needed"),
        ({"kty": "oct", "k": "AA"}, "a P-256 key is needed"),
        ({"kty": "OKP", "crv": "Ed25519"}, "a P-256 key is needed"),
        ({"crv": None}, "a P-256 key is needed"),
        ({"crv": "P-384"}, "a P-256 key is needed"),
        ({"crv": "secp256k1"}, "a P-256 key is needed"),
        ({"d": "AA"}, "a private key"),
        ({"x": None}, "no coordinates"),
        ({"y": None}, "no coordinates"),
        ({"y": 5}, "no coordinates"),
        ({"x": "AA"}, "32 bytes each"),
        ({"x": "A" * 44}, "32 bytes each"),
        ({"y": "A" * 42 + "="}, "no point"),
        ({"y": "A" * 42 + "B"}, "no point"),
        ({"y": "A" * 42 + "é"}, "no point"),
        ({"x": "A" * 43, "y": "A" * 43}, "no point"),
        ({"x": "_" * 42 + "8", "y": "_" * 42 + "8"}, "no point"),
    ],
)
def test_a9_what_is_not_a_public_p256_point_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TokenError, match=reason):
        public_key_from_jwk(jwk(**changes))


def test_a9_a_point_beside_the_curve_is_refused() -> None:
    y = bytearray(b64url_decode(KEY.public_jwk()["y"]))
    y[31] ^= 1
    with pytest.raises(TokenError, match="no point of P-256"):
        public_key_from_jwk(jwk(y=b64url_encode(bytes(y))))


def test_a_coordinate_with_a_zero_in_front_keeps_its_length() -> None:
    # One key in 256 is such a one; counting up from 1 finds it.
    made = (
        SoftwareSigningKey(ec.derive_private_key(secret, ec.SECP256R1()))
        for secret in range(1, 4000)
    )
    key = next(k for k in made if b64url_decode(k.public_jwk()["x"])[0] == 0)
    assert public_key_from_jwk(key.public_jwk()).jwk() == key.public_jwk()
    stripped = b64url_encode(b64url_decode(key.public_jwk()["x"])[1:])
    with pytest.raises(TokenError, match="32 bytes each"):
        public_key_from_jwk(key.public_jwk() | {"x": stripped})


def test_a_thumbprint_covers_the_required_members_in_order() -> None:
    public = KEY.public_jwk()
    text = f'{{"crv":"P-256","kty":"EC","x":"{public["x"]}","y":"{public["y"]}"}}'
    expected = b64url_encode(hashlib.sha256(text.encode()).digest())
    assert jwk_thumbprint(public) == expected
    assert jwk_thumbprint({"use": "sig", **public, "kid": "a"}) == expected
    assert jwk_thumbprint(STRANGER.public_jwk()) != expected
