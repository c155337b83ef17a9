"""Requests: the link, the signed object behind it, and the holder's signature."""

import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from schemas.dcql import CredentialMeta, CredentialQuery, DcqlQuery
from schemas.openid4vp import (
    AuthorizationLink,
    ClientMetadata,
    Jwks,
    KeyBindingError,
    KeyBindingPayload,
    RequestObject,
    RequestObjectError,
    SdJwtAlgorithms,
    VpFormats,
    authorization_url,
    parse_authorization_url,
    parse_key_binding,
    parse_request_object,
)

CLIENT = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
OBJECT = "https://counter.example/requests/vapof4ql2i7m41m68uep/object"
REQUEST: dict[str, Any] = {
    "client_id": CLIENT,
    "response_type": "vp_token",
    "response_mode": "direct_post.jwt",
    "response_uri": "https://counter.example/responses/1",
    "nonce": "n-0S6_WzA2Mj.~",
    "state": "s-1",
    "aud": "https://self-issued.me/v2",
    "dcql_query": {"credentials": [{"id": "permit", "format": "dc+sd-jwt", "meta": {}}]},
    "client_metadata": {
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}
        },
        "jwks": {"keys": [{"kty": "EC", "kid": "1"}]},
        "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
    },
}


def payload(**changes: Any) -> bytes:
    members = {name: value for name, value in (REQUEST | changes).items() if value is not ...}
    return json.dumps(members).encode()


def refused(text: bytes) -> RequestObjectError:
    with pytest.raises(RequestObjectError) as caught:
        parse_request_object(text)
    return caught.value


def test_a_link_comes_back() -> None:
    url = authorization_url(CLIENT, OBJECT)

    assert url == (
        f"openid4vp://?client_id={quote(CLIENT, safe='')}&request_uri={quote(OBJECT, safe='')}"
    )
    assert parse_authorization_url(url) == AuthorizationLink(CLIENT, OBJECT)


def test_a_link_that_wants_its_object_posted_for() -> None:
    url = authorization_url(CLIENT, OBJECT, method="post", scheme="haip-vp")

    assert parse_authorization_url(url) == AuthorizationLink(CLIENT, OBJECT, "post")


def test_vpw4_what_else_stands_in_a_link_is_not_looked_at() -> None:
    url = authorization_url(CLIENT, OBJECT) + "&nonce=evil&response_uri=https://evil.example"

    assert parse_authorization_url(url) == AuthorizationLink(CLIENT, OBJECT)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_plain_http_on_this_machine(host: str) -> None:
    url = authorization_url(CLIENT, f"http://{host}/o")

    assert parse_authorization_url(url).request_uri == f"http://{host}/o"


@pytest.mark.parametrize(
    "request_uri",
    [
        "http://counter.example/o",
        "http://localhost.evil.example/o",
        "https://counter.example/o#f",
        "https://counter.example/o#",
        "https://user@counter.example/o",
        "https://:secret@counter.example/o",
        "https://",
        "https:///o",
        "https://counter.example/o o",
        "https://counter\n.example/o",
        "https://counter.example\\@evil.example/o",
        "https://counter.example\\.evil.example/o",
        "https://[::1/o",
        "https://counter.example:99999/o",
        "https://zähler.example/o",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "counter.example/o",
        "",
    ],
)
def test_vp5_request_uri_is_https_and_plain(request_uri: str) -> None:
    with pytest.raises(RequestObjectError) as caught:
        parse_authorization_url(authorization_url(CLIENT, request_uri))

    assert caught.value.error == "invalid_request_uri"


@pytest.mark.parametrize(
    ("link", "error"),
    [
        ("", "invalid_request"),
        (f"https://wallet.example?client_id=a&request_uri={OBJECT}", "invalid_request"),
        (f"openid4vp:?client_id=a&request_uri={OBJECT}", "invalid_request"),
        ("openid4vp://?client_id=a", "invalid_request"),
        (f"openid4vp://?request_uri={OBJECT}", "invalid_request"),
        (f"openid4vp://?client_id=a&request_uri={OBJECT}&request=a.b.c", "invalid_request"),
        (f"openid4vp://?client_id=a&client_id=b&request_uri={OBJECT}", "invalid_request"),
        (f"openid4vp://?client_id=%ff&request_uri={OBJECT}", "invalid_request"),
        (f"openid4vp://?client_id={'a' * 2048}&request_uri={OBJECT}", "invalid_request"),
        (
            f"openid4vp://?client_id=a&request_uri={OBJECT}&request_uri_method=POST",
            "invalid_request_uri_method",
        ),
        (
            f"openid4vp://?client_id=a&request_uri={OBJECT}&request_uri_method=",
            "invalid_request_uri_method",
        ),
    ],
)
def test_links_that_are_refused(link: str, error: str) -> None:
    with pytest.raises(RequestObjectError) as caught:
        parse_authorization_url(link)

    assert caught.value.error == error


def test_a_request_is_read_and_written() -> None:
    request = parse_request_object(payload())

    assert request == RequestObject(
        client_id=CLIENT,
        response_uri="https://counter.example/responses/1",
        nonce="n-0S6_WzA2Mj.~",
        dcql_query=DcqlQuery((CredentialQuery("permit", "dc+sd-jwt", CredentialMeta()),)),
        response_mode="direct_post.jwt",
        response_type="vp_token",
        client_metadata=ClientMetadata(
            VpFormats(SdJwtAlgorithms(("ES256",), ("ES256",))),
            Jwks(({"kty": "EC", "kid": "1"},)),
            ("A128GCM", "A256GCM"),
        ),
        aud="https://self-issued.me/v2",
        state="s-1",
    )
    assert json.loads(msgspec.json.encode(request)) == REQUEST


def test_vpw5_issuer_and_unknown_members_are_ignored() -> None:
    assert parse_request_object(payload(iss="https://other.example", random="x")) == (
        parse_request_object(payload())
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"nonce": ...}, "invalid_request"),  # VPW-12
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"nonce": "a b"}, "invalid_request"),
        ({"nonce": "a\n"}, "invalid_request"),
        ({"nonce": 1}, "invalid_request"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"state": "a/b"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"redirect_uri": "https://counter.example"}, "invalid_request"),  # VPW-13
        ({"dcql_query": ...}, "invalid_request"),  # VPW-14
        ({"scope": "permit"}, "invalid_request"),
        ({"scope": "permit", "dcql_query": ...}, "invalid_scope"),
        ({"dcql_query": {}}, "invalid_request"),
        ({"dcql_query": json.dumps(REQUEST["dcql_query"])}, "invalid_request"),
        (
            {"dcql_query": {"credentials": REQUEST["dcql_query"]["credentials"] * 2}},
            "invalid_request",
        ),
        ({"transaction_data": ["e30"]}, "invalid_transaction_data"),  # VPW-18
        ({"transaction_data": []}, "invalid_transaction_data"),
        ({"response_type": "code"}, "invalid_request"),
        ({"response_type": "vp_token id_token"}, "invalid_request"),
        ({"response_type": ...}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": ...}, "invalid_request"),
        ({"response_uri": ...}, "invalid_request"),
        ({"response_uri": "http://counter.example/r"}, "invalid_request"),
        ({"client_id": ...}, "invalid_request"),
        ({"client_id": "origin:https://counter.example"}, "invalid_request"),  # VPW-7
        ({"client_id": "counter"}, "invalid_request"),
        ({"request": "a.b.c"}, "invalid_request"),
        ({"request_uri": OBJECT}, "invalid_request"),
        ({"client_metadata": ...}, "invalid_request"),
        ({"client_metadata": []}, "invalid_request"),
        ({"client_metadata": {"jwks": None}}, "invalid_request"),
        ({"client_metadata": {"jwks": {"keys": [{}] * 17}}}, "invalid_request"),
        ({"client_metadata": {"encrypted_response_enc_values_supported": []}}, "invalid_request"),
        ({"iat": "1"}, "invalid_request"),
        ({"exp": 1.5}, "invalid_request"),
        ({"more": "a" * 65536}, "invalid_request_object"),
    ],
)
def test_requests_that_are_refused(changes: dict[str, Any], error: str) -> None:
    assert refused(payload(**changes)).error == error


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b'{"nonce":"a",' + payload()[1:]])
def test_what_is_no_request_object(text: bytes) -> None:
    assert refused(text).error == "invalid_request_object"


BINDING: dict[str, Any] = {
    "iat": 1748537244,
    "aud": CLIENT,
    "nonce": "1234567890",
    "sd_hash": "0_Af-2B-EhLWX5ydh_w2xzwmO6iM66B_2QCEanI4fUY",
}


def test_a_key_binding_payload() -> None:
    text = json.dumps(BINDING | {"transaction_data_hashes": []}).encode()

    assert parse_key_binding(text) == KeyBindingPayload(**BINDING)


@pytest.mark.parametrize(
    "change",
    [
        {"iat": None},
        {"iat": "1748537244"},
        {"iat": 1748537244.0},
        {"iat": 1748537244.5},
        {"iat": True},
        {"iat": -1},
        {"iat": 10**400},
        {"iat": [1]},
        {"aud": [CLIENT]},  # one string, not a list of them
        {"aud": None},
        {"aud": 1},
        {"nonce": 1234567890},
        {"nonce": None},
        {"sd_hash": None},
        {"sd_hash": ["a"]},
        {"exp": 1},
        {"nbf": 1},
        {"padding": "a" * 8192},
    ],
    ids=lambda change: json.dumps(change)[:40],
)
def test_key_binding_payloads_that_are_none(change: dict[str, Any]) -> None:
    with pytest.raises(KeyBindingError):
        parse_key_binding(json.dumps(BINDING | change).encode())


@pytest.mark.parametrize("name", ["iat", "aud", "nonce", "sd_hash"])
def test_key_binding_payloads_lack_nothing(name: str) -> None:
    with pytest.raises(KeyBindingError):
        parse_key_binding(json.dumps({k: v for k, v in BINDING.items() if k != name}).encode())


@pytest.mark.parametrize("text", [b"", b"[]", b'{"iat":1,"iat":2}'])
def test_key_binding_that_is_no_object(text: bytes) -> None:
    with pytest.raises(KeyBindingError):
        parse_key_binding(text)
