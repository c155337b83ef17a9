"""Messages between wallet and issuer: offers, requests, answers, metadata."""

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError, TooLargeError
from schemas.openid4vci import (
    MAX_MESSAGE_BYTES,
    MAX_OFFER_CHARACTERS,
    PRE_AUTHORIZED_GRANT,
    AuthorizationServerMetadata,
    BatchIssuance,
    CredentialIssuerMetadata,
    CredentialOffer,
    CredentialRequest,
    CredentialResponse,
    Grants,
    IssuedCredential,
    MessageError,
    NonceResponse,
    OAuthError,
    OfferError,
    OfferReference,
    PreAuthorizedGrant,
    Proofs,
    TokenResponse,
    TxCode,
    offer_reference_uri,
    offer_uri,
    parse_credential_request,
    parse_message,
    parse_offer,
    parse_offer_uri,
)

ISSUER = "https://permits.example/330302"
OFFER = CredentialOffer(
    credential_issuer=ISSUER,
    credential_configuration_ids=("residence_permit", "residence_permit_pass"),
    grants=Grants(PreAuthorizedGrant("oaKazRN8I0IbtZ0C7JuMn5", TxCode(length=6))),
)
WIRE: dict[str, Any] = {
    "credential_issuer": ISSUER,
    "credential_configuration_ids": ["residence_permit", "residence_permit_pass"],
    "grants": {
        "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": "oaKazRN8I0IbtZ0C7JuMn5",
            "tx_code": {"length": 6},
        }
    },
}
REFERENCE = "https://permits.example/330302/offers/GkurKxf5T0Y-mnPFCHqWOMiZi4VS138c"


def link(**parameters: Any) -> str:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
    return f"openid-credential-offer://?{urlencode(texts)}"


def grant_with(**members: Any) -> dict[str, Any]:
    grant = {"pre-authorized_code": "abc"} | members
    return WIRE | {"grants": {PRE_AUTHORIZED_GRANT: grant}}


def test_an_offer_by_value_has_the_standard_s_members_and_comes_back() -> None:
    uri = offer_uri(OFFER)
    [(name, value)] = parse_qsl(urlsplit(uri).query)

    assert uri.startswith("openid-credential-offer://?credential_offer=")
    assert name == "credential_offer"
    assert json.loads(value) == WIRE
    assert parse_offer_uri(uri) == OFFER


def test_an_offer_by_reference_comes_back() -> None:
    uri = offer_reference_uri(REFERENCE)

    assert uri == (f"openid-credential-offer://?credential_offer_uri={quote(REFERENCE, safe='')}")
    assert parse_offer_uri(uri) == OfferReference(REFERENCE)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3, unique=True
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_whatever_an_offer_says_survives_the_link(ids: list[str], code: str) -> None:
    offer = CredentialOffer(ISSUER, tuple(ids), Grants(PreAuthorizedGrant(code)))

    assert parse_offer_uri(offer_uri(offer)) == offer


def test_a_link_may_have_white_space_around_it_and_other_parameters() -> None:
    """Links are pasted, and members that are not known are ignored [OID4VCI §4.1.1]."""
    assert parse_offer_uri(f"  {link(credential_offer=WIRE, later='1')}&junk\n") == OFFER


def test_vciw_30_members_an_offer_may_have_beyond_ours_are_ignored() -> None:
    more = WIRE | {
        "later": {"a": 1},
        "grants": WIRE["grants"] | {"authorization_code": {"issuer_state": "x"}},
    }

    assert parse_offer(json.dumps(more).encode()) == OFFER


def test_an_offer_without_grants_is_one() -> None:
    offer = parse_offer(json.dumps({k: v for k, v in WIRE.items() if k != "grants"}).encode())

    assert offer.grants is None


@pytest.mark.parametrize(
    ("tx_code", "expected"),
    [
        ({}, TxCode()),  # present and empty: a code is needed [OID4VCI §4.1.1]
        ({"input_mode": "text"}, TxCode(input_mode="text")),
        ({"length": 8, "description": "短信"}, TxCode(length=8, description="短信")),
        (None, None),
    ],
)
def test_a_transaction_code_is_asked_for_by_its_object(
    tx_code: Any, expected: TxCode | None
) -> None:
    offer = parse_offer(json.dumps(grant_with(tx_code=tx_code)).encode())

    assert offer.grants is not None
    assert offer.grants.pre_authorized is not None
    assert offer.grants.pre_authorized.tx_code == expected


def test_an_empty_transaction_code_object_is_written_as_such() -> None:
    grant = PreAuthorizedGrant("abc", TxCode())

    assert json.loads(msgspec.json.encode(grant)) == {"pre-authorized_code": "abc", "tx_code": {}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://permits.example/offer",
        "openid4vp://?client_id=x",
        "openid-credential-offer://",
        "openid-credential-offer://?",
        "openid-credential-offer://?credential_offer",
        "openid-credential-offer://[",
        link(other="1"),
        link(credential_offer=WIRE, credential_offer_uri=REFERENCE),  # VCIW-2: both
        link(credential_offer=WIRE) + "&" + urlencode({"credential_offer": json.dumps(WIRE)}),
        link(credential_offer_uri=REFERENCE) + "&credential_offer_uri=https%3A%2F%2Fevil.example",
        link(credential_offer_uri="http://permits.example/offers/1"),
        link(credential_offer_uri="file:///etc/passwd"),
        link(credential_offer_uri="https://clerk:pw@permits.example/"),
        link(credential_offer="[]"),
        link(credential_offer="{"),
        link(credential_offer='{"credential_issuer":"a","credential_issuer":"b"}'),
        link(credential_offer=WIRE).replace("oaKaz", "oa%FFaz"),  # not UTF-8
        link(credential_offer=WIRE).replace("openid-credential-offer", "openid4vp"),
        link(credential_offer=WIRE).replace("openid-credential-offer", "https"),
        link(credential_offer=WIRE) + "居",
        link(credential_offer=WIRE) + "\ud800",
        link(credential_offer=WIRE) + "&a=1" * 16,
        link(credential_offer=WIRE, filler="a" * MAX_OFFER_CHARACTERS),
    ],
)
def test_vciw_2_what_is_no_offer_link(text: str) -> None:
    with pytest.raises(OfferError) as caught:
        parse_offer_uri(text)

    assert caught.value.code == "invalid_credential_offer"


@pytest.mark.parametrize(
    "offer",
    [
        {},
        WIRE | {"credential_issuer": None},
        WIRE | {"credential_issuer": "http://permits.example"},
        WIRE | {"credential_issuer": "https://permits.example?a=1"},
        WIRE | {"credential_issuer": "https://permits.example#a"},
        WIRE | {"credential_configuration_ids": []},
        WIRE | {"credential_configuration_ids": "residence_permit"},
        WIRE | {"credential_configuration_ids": ["a", "a"]},
        WIRE | {"credential_configuration_ids": [1]},
        WIRE | {"grants": []},
        grant_with(**{"pre-authorized_code": ""}),
        grant_with(**{"pre-authorized_code": None}),
        grant_with(**{"pre-authorized_code": 1}),
        WIRE | {"grants": {PRE_AUTHORIZED_GRANT: {}}},
        grant_with(tx_code=True),
        grant_with(tx_code={"input_mode": "voice"}),
        grant_with(tx_code={"length": 0}),
        grant_with(tx_code={"length": "6"}),
        grant_with(tx_code={"length": 6.0}),
        grant_with(tx_code={"description": "x" * 301}),
    ],
)
def test_what_is_no_offer(offer: dict[str, Any]) -> None:
    with pytest.raises(OfferError):
        parse_offer(json.dumps(offer).encode())


@given(st.text(max_size=80) | st.text(max_size=60).map("openid-credential-offer://?{}".format))
def test_any_text_is_an_offer_link_or_refused(text: str) -> None:
    with pytest.raises(OfferError):
        parse_offer_uri(text)


def test_a_credential_request_is_read() -> None:
    body = b"""{"credential_configuration_id": "residence_permit",
        "proofs": {"jwt": ["a.b.c", "d.e.f"]}, "later": true}"""

    assert parse_credential_request(body) == CredentialRequest(
        credential_configuration_id="residence_permit", proofs=Proofs(("a.b.c", "d.e.f"))
    )


def test_what_another_part_answers_for_passes_through() -> None:
    """Missing proofs and unknown names have error codes of their own in the issuer."""
    request = parse_credential_request(b'{"credential_identifier":"x"}')

    assert request == CredentialRequest(credential_identifier="x")


def test_a_wish_for_encryption_is_noticed_and_not_read() -> None:
    request = parse_credential_request(b'{"credential_response_encryption":{"enc":"A128GCM"}}')

    assert request.credential_response_encryption == {"enc": "A128GCM"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"proofs=jwt",
        b'{"credential_configuration_id":1}',
        b'{"credential_configuration_id":"a","credential_configuration_id":"b"}',
        b'{"proofs":{}}',
        b'{"proofs":{"jwt":[]}}',
        b'{"proofs":{"jwt":"a.b.c"}}',
        b'{"proofs":{"jwt":[1]}}',
        b'{"proofs":{"jwt":["a"],"attestation":["b"]}}',  # VCI-27: two types
        b'{"proofs":{"attestation":["b"]}}',
        b'{"proofs":["a.b.c"]}',
        b'{"credential_response_encryption":"A128GCM"}',
    ],
)
def test_what_is_no_credential_request(body: bytes) -> None:
    with pytest.raises(MessageError) as caught:
        parse_credential_request(body)

    assert caught.value.code == "invalid_message"


def test_a_message_over_its_cap_is_not_read() -> None:
    with pytest.raises(TooLargeError):
        parse_credential_request(b" " * (MAX_MESSAGE_BYTES + 1))
    with pytest.raises(TooLargeError):
        parse_message(b'{"c_nonce":"abcdefgh"}', NonceResponse, max_bytes=10)


@pytest.mark.parametrize(
    "message",
    [
        TokenResponse("token", "Bearer", 600, "refresh"),
        TokenResponse("token", "bearer"),
        NonceResponse("wKI4LT17ac15ES9bw8ac4"),
        CredentialRequest("residence_permit", proofs=Proofs(("a.b.c",))),
        CredentialResponse((IssuedCredential("a~"), IssuedCredential("b~"))),
        OAuthError("invalid_grant", "the code opens nothing"),
        OAuthError("invalid_nonce"),
        AuthorizationServerMetadata(ISSUER, f"{ISSUER}/token"),
        CredentialIssuerMetadata(
            ISSUER, f"{ISSUER}/credential", {}, batch_credential_issuance=BatchIssuance(10)
        ),
    ],
    ids=lambda message: type(message).__name__,
)
def test_messages_come_back_and_leave_out_what_is_not_set(message: msgspec.Struct) -> None:
    body = msgspec.json.encode(message)

    assert parse_message(body, type(message)) == message
    assert b"null" not in body


def test_vciw_30_members_that_are_not_known_are_ignored() -> None:
    body = b'{"access_token":"a","token_type":"Bearer","c_nonce":"old","later":{}}'

    assert parse_message(body, TokenResponse) == TokenResponse("a", "Bearer")


def test_the_server_metadata_has_the_standard_s_member_name() -> None:
    metadata = AuthorizationServerMetadata(
        ISSUER, f"{ISSUER}/token", pre_authorized_grant_anonymous_access_supported=True
    )

    assert json.loads(msgspec.json.encode(metadata)) == {
        "issuer": ISSUER,
        "token_endpoint": f"{ISSUER}/token",
        "pre-authorized_grant_anonymous_access_supported": True,
    }


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (TokenResponse, b'{"token_type":"Bearer"}'),
        (TokenResponse, b'{"access_token":"","token_type":"Bearer"}'),
        (TokenResponse, b'{"access_token":"a","token_type":"Bearer","expires_in":"600"}'),
        (TokenResponse, b'{"access_token":"a","token_type":"Bearer","expires_in":-1}'),
        (TokenResponse, b'{"access_token":"a","token_type":"Bearer","expires_in":true}'),
        (TokenResponse, b'{"access_token":"a","token_type":"Bearer","expires_in":99999999999}'),
        (NonceResponse, b"{}"),
        (NonceResponse, b'{"c_nonce":""}'),
        (CredentialResponse, b'{"credentials":[]}'),
        (CredentialResponse, b'{"credentials":["a~"]}'),
        (CredentialResponse, b'{"credentials":[{"credential":{"a":1}}]}'),
        (CredentialResponse, b'{"transaction_id":"1","interval":5}'),  # deferred: not ours
        (OAuthError, b'{"error":null}'),
        (OAuthError, b"<html>"),
        (BatchIssuance, b'{"batch_size":1}'),
        (CredentialIssuerMetadata, b'{"credential_issuer":"https://a.example"}'),
        (AuthorizationServerMetadata, b'{"issuer":"https://a.example"}'),
    ],
)
def test_what_is_not_of_its_kind(kind: type[msgspec.Struct], body: bytes) -> None:
    with pytest.raises(MessageError):
        parse_message(body, kind)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_refused(body: bytes) -> None:
    for kind in (CredentialRequest, TokenResponse, CredentialIssuerMetadata):
        try:
            assert isinstance(parse_message(body, kind), kind)
        except InputError:
            continue
