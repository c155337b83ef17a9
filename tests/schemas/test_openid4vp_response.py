"""What a wallet sends back: three kinds, each readable in one way only."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dcql import DcqlQuery, parse_query
from schemas.openid4vp_response import (
    DirectPostAnswer,
    EncryptedResponse,
    ErrorResponse,
    ResponseError,
    VpTokenResponse,
    decode_form,
    parse_direct_post,
    parse_direct_post_answer,
    parse_response_payload,
    parse_vp_token,
    response_form,
    response_payload,
)


def query(*, multiple: bool = False) -> DcqlQuery:
    credential = {"id": "permit", "format": "dc+sd-jwt", "meta": {}, "multiple": multiple}
    return parse_query({"credentials": [credential, {**credential, "id": "pass"}]})


TOKEN = {"permit": ["a.b.c~"]}


def test_vp17_the_shape_of_a_vp_token() -> None:
    assert parse_vp_token(TOKEN, query=query()) == TOKEN
    assert parse_vp_token({"permit": ["a", "b"]}, query=query(multiple=True))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a.b.c~",
        '{"permit":["a.b.c~"]}',  # text, not the object it spells
        [],
        ["a.b.c~"],
        {},  # no error reply either
        {"permit": "a.b.c~"},  # trap 1
        {"permit": []},
        {"permit": [""]},
        {"permit": [1]},
        {"permit": [None]},
        {"permit": [{"payload": "a"}]},  # JSON serialization
        {"permit": {"0": "a"}},
        {"permit": None},
        {"permit": ["a", "b"]},  # one was asked for
        {"permit": ["a"], "unasked": ["b"]},
    ],
)
def test_vp17_what_is_no_vp_token(value: Any) -> None:
    with pytest.raises(ResponseError):
        parse_vp_token(value, query=query())


def test_vp17_there_is_an_end_to_several() -> None:
    assert parse_vp_token({"permit": ["a"] * 32}, query=query(multiple=True))
    with pytest.raises(ResponseError):
        parse_vp_token({"permit": ["a"] * 33}, query=query(multiple=True))


texts = st.text(max_size=20)
tokens = st.dictionaries(texts, st.lists(st.text(min_size=1), min_size=1, max_size=3), min_size=1)


@given(tokens, st.none() | texts)
def test_a_form_and_a_payload_come_back_as_they_went(token: Any, state: str | None) -> None:
    response = VpTokenResponse(token, state)

    assert parse_direct_post(response_form(response), encrypted=False) == response
    assert parse_response_payload(response_payload(response)) == response


def test_trap2_vp_token_is_text_in_a_form_and_an_object_in_a_payload() -> None:
    response = VpTokenResponse(TOKEN, "s")

    assert decode_form(response_form(response)) == {
        "vp_token": '{"permit":["a.b.c~"]}',
        "state": "s",
    }
    assert json.loads(response_payload(response)) == {"vp_token": TOKEN, "state": "s"}
    with pytest.raises(ResponseError):
        parse_response_payload(json.dumps({"vp_token": json.dumps(TOKEN)}).encode())
    with pytest.raises(ResponseError):
        parse_direct_post(
            urlencode({"vp_token": json.dumps(json.dumps(TOKEN))}).encode(), encrypted=False
        )


def test_vpw35_an_encrypted_response_is_alone_in_its_form() -> None:
    response = EncryptedResponse("a..b.c.d")

    assert response_form(response) == b"response=a..b.c.d"
    assert parse_direct_post(response_form(response), encrypted=True) == response


@pytest.mark.parametrize("encrypted", [True, False])
def test_vp13_an_error_may_come_unencrypted_in_both_modes(encrypted: bool) -> None:
    response = ErrorResponse("access_denied", "the holder said no", "s")

    assert parse_direct_post(response_form(response), encrypted=encrypted) == response
    assert parse_response_payload(response_payload(response)) == response


@pytest.mark.parametrize(
    ("form", "encrypted"),
    [
        ({"vp_token": json.dumps(TOKEN)}, True),  # VP-13: the encryption taken off
        ({"vp_token": json.dumps(TOKEN), "response": "a..b.c.d"}, True),
        ({"response": "a..b.c.d"}, False),
        ({"vp_token": json.dumps(TOKEN), "error": "access_denied"}, False),
        ({"response": "a..b.c.d", "error": "access_denied"}, True),
        ({"state": "s"}, False),
        ({}, True),
        ({"error": ""}, False),
        ({"error": 'a"b'}, False),
        ({"error": "e" * 65}, False),
        ({"error": "a", "state": "s" * 2049}, False),
        ({"vp_token": ""}, False),
        ({"vp_token": "no json"}, False),
        ({"vp_token": '{"permit":["a"],"permit":["b"]}'}, False),
        ({"vp_token": json.dumps({"other": ["a"]})}, False),
        ({"vp_token": json.dumps({"permit": ["a", "b"]})}, False),
        ({"vp_token": json.dumps(TOKEN), "state": "s" * 2049}, False),
    ],
)
def test_forms_that_are_no_answer(form: dict[str, str], encrypted: bool) -> None:
    with pytest.raises(ResponseError):
        parse_direct_post(urlencode(form).encode(), encrypted=encrypted, query=query())


def test_unknown_fields_are_ignored() -> None:
    body = urlencode({"vp_token": json.dumps(TOKEN), "presentation_submission": "{}"}).encode()

    assert parse_direct_post(body, encrypted=False, query=query()) == VpTokenResponse(TOKEN)
    assert parse_response_payload(
        json.dumps({"vp_token": TOKEN, "iss": "w", "exp": 1}).encode()
    ) == VpTokenResponse(TOKEN)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"state":"s"}',
        b'{"vp_token":{"permit":["a"]},"error":"x"}',
        b'{"vp_token":{"permit":["a"]},"state":1}',
        b'{"vp_token":{"permit":"a"}}',
        b'{"vp_token":{"other":["a"]}}',
        b'{"vp_token":{"permit":["a"]},"vp_token":{"permit":["b"]}}',
        b'{"error":null}',
    ],
)
def test_payloads_that_are_no_answer(payload: bytes) -> None:
    with pytest.raises(ResponseError):
        parse_response_payload(payload, query=query())


@pytest.mark.parametrize(
    "body",
    [
        b"state=a&state=b",  # VP-12
        b"state=a&%73tate=b",  # the same name, spelled otherwise
        b"state",
        b"&&",
        b"state=%ff",
        b"state=\xff",
        b"&".join(b"f%d=1" % n for n in range(33)),
        b"a=" + b"b" * 1024 * 1024,
    ],
)
def test_vp12_what_is_no_form(body: bytes) -> None:
    with pytest.raises(ResponseError):
        decode_form(body)


def test_a_form_is_decoded() -> None:
    assert decode_form(b"a=1+2%2B3&b=%E7%8E%8B&empty=") == {"a": "1 2+3", "b": "王", "empty": ""}


def test_where_the_wallet_sends_its_user() -> None:
    there = DirectPostAnswer("https://counter.example/done?code=1")

    assert parse_direct_post_answer(json.dumps({"redirect_uri": there.redirect_uri}).encode()) == (
        there
    )
    assert parse_direct_post_answer(b'{"more":1}') == DirectPostAnswer()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"redirect_uri":null}', b'{"redirect_uri":""}', b'{"redirect_uri":1}']
)
def test_answers_a_wallet_does_not_take(body: bytes) -> None:
    with pytest.raises(ResponseError):
        parse_direct_post_answer(body)
