"""The credential issuer as a wallet meets it: offer, nonce, credential."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.app import Issuer
from issuer.issuance_errors import MissingTokenError
from issuer.web.openid4vci_api import bearer_token
from schemas.openid4vci import parse_offer


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_one_header_with_a_bearer_token_is_read(scheme: str) -> None:
    assert bearer_token([f"{scheme} abc"]) == "abc"


@pytest.mark.parametrize(
    "headers",
    [[], [""], ["Bearer"], ["Bearer "], ["DPoP abc"], ["Basic YTpi"], ["Bearer a", "Bearer b"]],
)
def test_other_headers_hold_no_token(headers: list[str]) -> None:
    with pytest.raises(MissingTokenError):
        bearer_token(headers)


async def test_an_offer_can_be_fetched_until_it_is_redeemed(
    http: AsyncTestClient[Litestar], issuer: Issuer, wallet: Any
) -> None:
    created = await issuer.issuance.create_offer(wallet.number, officer=None, by_reference=True)
    address = parse_qs(urlsplit(created.uri).query)["credential_offer_uri"][0]

    answer = await http.get(address)
    offer = parse_offer(answer.content)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert offer.credential_issuer == "http://127.0.0.1:8101/330302"
    assert offer.credential_configuration_ids == ("residence_permit", "residence_permit_pass")
    assert offer.grants is not None
    assert offer.grants.pre_authorized is not None
    assert (await http.get(address)).content == answer.content
    redeemed = await wallet.token(
        grant_type="urn:ietf:params:oauth:grant-type:pre-authorized_code",
        pre_authorized_code=offer.grants.pre_authorized.pre_authorized_code,
        tx_code=created.tx_code,
    )
    gone = await http.get(address)
    assert redeemed.status_code == 200
    assert (gone.status_code, gone.json()["error"]) == (404, "not_found")


async def test_vci_42_a_nonce_is_fresh_and_nobody_keeps_it(
    http: AsyncTestClient[Litestar],
) -> None:
    answers = [await http.post("/330302/nonce") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers["cache-control"] for answer in answers] == ["no-store", "no-store"]
    assert answers[0].json().keys() == {"c_nonce"}
    assert answers[0].json() != answers[1].json()


async def test_a_batch_gives_a_copy_for_each_key(wallet: Any) -> None:
    token = await wallet.access_token()

    answer = await wallet.credential(token, await wallet.request(copies=3))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert len({copy["credential"] for copy in answer.json()["credentials"]}) == 3


async def test_vci_29_a_nonce_is_spent_by_the_request_that_used_it(wallet: Any) -> None:
    token = await wallet.access_token()
    body = await wallet.request()
    first = await wallet.credential(token, body)
    again = await wallet.credential(token, body)

    assert first.status_code == 200
    assert (again.status_code, again.json()["error"]) == (400, "invalid_nonce")


async def test_vci_29_of_parallel_requests_with_one_nonce_one_is_served(wallet: Any) -> None:
    token = await wallet.access_token()
    body = await wallet.request()

    answers = await asyncio.gather(*(wallet.credential(token, body) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5


async def test_a_refused_request_does_not_spend_the_nonce(wallet: Any) -> None:
    token = await wallet.access_token()
    nonce = await wallet.nonce()
    key_twice = {"proofs": {"jwt": [wallet.proof(nonce)] * 2}}
    good = {"proofs": {"jwt": [wallet.proof(nonce)]}}

    refused = await wallet.credential(token, await wallet.request(**key_twice))
    served = await wallet.credential(token, await wallet.request(**good))

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_proof")
    assert served.status_code == 200


async def test_a_nonce_of_one_county_is_no_nonce_at_another(wallet: Any) -> None:
    token = await wallet.access_token()
    wallet.county = "330326"
    foreign = await wallet.nonce()
    wallet.county = "330302"

    answer = await wallet.credential(
        token, await wallet.request(proofs={"jwt": [wallet.proof(foreign)]})
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_nonce")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"proofs": None}, "invalid_proof"),
        ({"proofs": {}}, "invalid_credential_request"),
        ({"proofs": {"jwt": []}}, "invalid_credential_request"),
        ({"proofs": {"attestation": ["a.b.c"]}}, "invalid_credential_request"),
        ({"proofs": {"jwt": ["a.b.c"], "attestation": ["a.b.c"]}}, "invalid_credential_request"),
        ({"proofs": {"jwt": ["a.b.c"]}}, "invalid_proof"),
        ({"proofs": {"jwt": ["a.b.c"] * 4}}, "invalid_credential_request"),  # batch_size is 3
        ({"credential_configuration_id": "no_such"}, "unknown_credential_configuration"),
        ({"credential_configuration_id": None}, "invalid_credential_request"),
        ({"credential_configuration_id": 7}, "invalid_credential_request"),
        ({"credential_identifier": "x"}, "invalid_credential_request"),  # beside the other
        (
            {"credential_configuration_id": None, "credential_identifier": "x"},
            "unknown_credential_identifier",
        ),
        (
            {"credential_response_encryption": {"jwk": {}, "enc": "A128GCM"}},
            "invalid_encryption_parameters",
        ),
    ],
)
async def test_vci_25_27_34_37_what_is_wrong_with_a_request_has_its_own_code(
    wallet: Any, changed: dict[str, Any], error: str
) -> None:
    token = await wallet.access_token()

    answer = await wallet.credential(token, await wallet.request(**changed))

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


async def test_unknown_members_are_ignored(wallet: Any) -> None:
    token = await wallet.access_token()

    answer = await wallet.credential(token, await wallet.request(locale="zh-CN"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body", "status", "error"),
    [
        ("application/json", b"{", 400, "invalid_credential_request"),
        ("application/json", b"[]", 400, "invalid_credential_request"),
        ("application/json", b'{"a":1,"a":2}', 400, "invalid_credential_request"),
        ("application/json", b"", 400, "invalid_credential_request"),
        ("application/json", b"[" * 100_000, 400, "invalid_credential_request"),
        ("text/plain", b"{}", 400, "invalid_credential_request"),
        ("application/jwt", b"a.b.c.d.e", 400, "invalid_encryption_parameters"),
        ("application/json", b" " * 262_145, 413, "request_entity_too_large"),
    ],
)
async def test_a_body_that_is_no_request_is_refused_unread(
    http: AsyncTestClient[Litestar],
    wallet: Any,
    content_type: str,
    body: bytes,
    status: int,
    error: str,
) -> None:
    headers = {
        "Authorization": f"Bearer {await wallet.access_token()}",
        "Content-Type": content_type,
    }

    answer = await http.post("/330302/credential", content=body, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("headers", "query", "challenge"),
    [
        ({}, "", "Bearer"),
        ({"Authorization": "DPoP {token}"}, "", "Bearer"),
        ({}, "?access_token={token}", "Bearer"),  # vci_23: a query is never looked at
        ({"Authorization": "Bearer no-such-token"}, "", 'Bearer error="invalid_token"'),
    ],
)
async def test_vci_23_a_token_comes_in_the_header_or_not_at_all(
    http: AsyncTestClient[Litestar],
    wallet: Any,
    headers: dict[str, str],
    query: str,
    challenge: str,
) -> None:
    token = await wallet.access_token()
    sent = {name: value.replace("{token}", token) for name, value in headers.items()}

    answer = await http.post(
        "/330302/credential" + query.replace("{token}", token),
        json=await wallet.request(),
        headers=sent,
    )

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith(challenge)
    assert answer.json()["error"] == "invalid_token"


async def test_vci_24_a_token_of_one_county_is_no_token_at_another(wallet: Any) -> None:
    token = await wallet.access_token()
    wallet.county = "330326"

    answer = await wallet.credential(token, await wallet.request())

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("path", ["/330303/nonce", "/330302x/nonce", "/%2e%2e/nonce", "/x/y/nonce"])
async def test_other_counties_are_not_served(http: AsyncTestClient[Litestar], path: str) -> None:
    answer = await http.post(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_every_answer_carries_the_security_headers(http: AsyncTestClient[Litestar]) -> None:
    for answer in (
        await http.post("/330302/nonce"),
        await http.get("/nowhere"),
        await http.delete("/330302/nonce"),
        await http.post("/330302/token"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert json.loads(answer.content)
