"""Who asks: identifiers with their prefix, and which key a wallet encrypts to."""

from typing import Any

import msgspec
import pytest

from schemas.client_metadata import (
    ClientMetadata,
    Jwks,
    RequestObjectError,
    SdJwtAlgorithms,
    VpFormats,
    choose_encryption,
    split_client_id,
    x509_hash_client_id,
)

KEY = {
    "kty": "EC",
    "crv": "P-256",
    "alg": "ECDH-ES",
    "kid": "1",
    "x": "YO4epjifD-KWeq1sL2tNmm36BhXnkJ0He-WqMYrp9Fk",
    "y": "Hekpm0zfK7C-YccH5iBjcIXgf6YdUvNUac_0At55Okk",
}


def metadata(*keys: dict[str, Any], encryptions: tuple[str, ...] = ()) -> ClientMetadata:
    return ClientMetadata(jwks=Jwks(keys), encrypted_response_enc_values_supported=encryptions)


def test_members_have_the_names_of_the_specification() -> None:
    formats = VpFormats(SdJwtAlgorithms(("ES256",), ("ES256",)))

    assert msgspec.to_builtins(ClientMetadata(formats, Jwks((KEY,)), ("A128GCM", "A256GCM"))) == {
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": ("ES256",), "kb-jwt_alg_values": ("ES256",)}
        },
        "jwks": {"keys": (KEY,)},
        "encrypted_response_enc_values_supported": ("A128GCM", "A256GCM"),
    }


def test_trap17_names_and_logos_are_not_kept() -> None:
    given = {"client_name": "Bank", "logo_uri": "https://bank.example", "vp_formats": {}}

    assert msgspec.convert(given, ClientMetadata) == ClientMetadata()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ((), "A128GCM"),  # the default
        (("A128GCM", "A256GCM"), "A256GCM"),
        (("A256GCM",), "A256GCM"),
        (("A128CBC-HS256", "A128GCM"), "A128GCM"),
    ],
)
def test_the_stronger_encryption_is_chosen(offered: tuple[str, ...], chosen: str) -> None:
    assert choose_encryption(metadata(KEY, encryptions=offered)) == (KEY, chosen)


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES", "kid": "2", "x": "a"},
        KEY | {"use": "sig"},
        KEY | {"alg": "ES256"},
        KEY | {"crv": "P-384"},
        {name: value for name, value in KEY.items() if name != "alg"},
        {name: value for name, value in KEY.items() if name != "kid"},
        KEY | {"x": 1},
        {"kty": "future"},
        {},
    ],
)
def test_vpw33_keys_that_cannot_be_used_are_passed_over(other: dict[str, Any]) -> None:
    assert choose_encryption(metadata(other, KEY))[0] == KEY
    with pytest.raises(RequestObjectError):
        choose_encryption(metadata(other))


def test_trap5_use_may_be_there_or_not() -> None:
    assert choose_encryption(metadata(KEY | {"use": "enc"}))[0] == KEY | {"use": "enc"}


def test_vpw36_no_key_or_no_encryption_is_an_error() -> None:
    for nothing in (metadata(), metadata(KEY, encryptions=("A128CBC-HS256",))):
        with pytest.raises(RequestObjectError):
            choose_encryption(nothing)


def test_the_identifier_of_a_certificate() -> None:
    # SHA-256 of nothing, in base64url.
    assert x509_hash_client_id(b"") == "x509_hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


@pytest.mark.parametrize(
    ("client_id", "parts"),
    [
        ("x509_hash:abc", ("x509_hash", "abc")),
        ("x509_san_dns:counter.example", ("x509_san_dns", "counter.example")),
        ("redirect_uri:https://a.example/x", ("redirect_uri", "https://a.example/x")),
    ],
)
def test_the_prefix_ends_at_the_first_colon(client_id: str, parts: tuple[str, str]) -> None:
    assert split_client_id(client_id) == parts


@pytest.mark.parametrize(
    "client_id",
    [
        "origin:https://counter.example",  # VPW-7
        "counter",  # no prefix
        "https://counter.example",  # VPW-6: a prefix nobody knows
        "X509_HASH:abc",
        "x509_hash",
        "x509_hash:",
        ":abc",
        "",
    ],
)
def test_vpw6_vpw7_identifiers_that_are_refused(client_id: str) -> None:
    with pytest.raises(RequestObjectError):
        split_client_id(client_id)
