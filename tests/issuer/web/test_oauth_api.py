"""The token endpoint as a wallet meets it: what it takes, and how it says no."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.issuance_errors import InvalidTokenRequestError, UnsupportedGrantTypeError
from issuer.web.oauth_api import CodeRequest, RefreshRequest, read_token_request

FORM = "application/x-www-form-urlencoded"
CODE_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def form(**parameters: str) -> bytes:
    named = {name.replace("pre_authorized", "pre-authorized"): v for name, v in parameters.items()}
    return urlencode(named).encode()


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (form(grant_type=CODE_GRANT, pre_authorized_code="c"), CodeRequest("c", None)),
        (
            form(grant_type=CODE_GRANT, pre_authorized_code="c", tx_code="123456"),
            CodeRequest("c", "123456"),
        ),
        (  # a parameter without a value counts as left out
            form(grant_type=CODE_GRANT, pre_authorized_code="c", tx_code=""),
            CodeRequest("c", None),
        ),
        (  # unknown parameters are not our business
            form(grant_type="refresh_token", refresh_token="r", client_id="w"),
            RefreshRequest("r"),
        ),
    ],
)
def test_what_is_read(body: bytes, read: CodeRequest | RefreshRequest) -> None:
    assert read_token_request(body, FORM) == read
    assert read_token_request(body, "Application/X-WWW-Form-URLEncoded; charset=UTF-8") == read


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", FORM, "grant_type is missing"),
        (form(grant_type=CODE_GRANT), FORM, "pre-authorized_code is missing"),
        (form(grant_type="refresh_token"), FORM, "refresh_token is missing"),
        (
            form(grant_type="refresh_token", refresh_token="r", tx_code="1"),
            FORM,
            "tx_code belongs to the pre-authorized_code grant only",
        ),
        (b"grant_type=refresh_token&refresh_token=a&refresh_token=b", FORM, "stands there twice"),
        (b"grant_type=refresh_token&refresh_token=%ff", FORM, "not a form"),
        (b"grant_type=refresh_token&refresh_token=\xc3\xa9", FORM, "not a form"),
        (b"grant_type", FORM, "not a form"),
        (b"&".join(b"p%d=1" % n for n in range(33)), FORM, "not a form of this size"),
        (b'{"grant_type":"refresh_token"}', "application/json", "the body of a token request is"),
        (form(grant_type="refresh_token", refresh_token="r"), "", "the body of a token request is"),
    ],
)
def test_what_is_refused_unread(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(InvalidTokenRequestError, match=reason):
        read_token_request(body, content_type)


@pytest.mark.parametrize("grant_type", ["authorization_code", "password", CODE_GRANT.upper()])
def test_other_grant_types_are_named_unsupported(grant_type: str) -> None:
    with pytest.raises(UnsupportedGrantTypeError):
        read_token_request(form(grant_type=grant_type, code="c"), FORM)


async def test_vci_42_a_token_answer_is_json_that_nobody_keeps(wallet: Any) -> None:
    code, tx_code = await wallet.offered()

    answer = await wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=tx_code)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scope",
    }
    assert answer.json()["token_type"] == "Bearer"


async def test_vci_7_the_transaction_code_decides(wallet: Any) -> None:
    code, tx_code = await wallet.offered()
    wrong = f"{(int(tx_code) + 1) % 10**6:06d}"

    missing = await wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code)
    refused = await wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=wrong)
    good = await wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=tx_code)

    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert refused.json()["error_description"] == "the transaction code is wrong; 4 tries left"
    assert good.status_code == 200


async def test_vci_6_parallel_wallets_with_one_code_get_one_token(wallet: Any) -> None:
    code, tx_code = await wallet.offered()
    attempts = [
        wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=tx_code)
        for _ in range(8)
    ]

    statuses = [answer.status_code for answer in await asyncio.gather(*attempts)]

    assert sorted(statuses) == [200] + [400] * 7


async def test_a_refresh_token_works_once(wallet: Any) -> None:
    code, tx_code = await wallet.offered()
    first = await wallet.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=tx_code)
    old = first.json()["refresh_token"]

    renewed = await wallet.token(grant_type="refresh_token", refresh_token=old)
    await wallet.credential(renewed.json()["access_token"], await wallet.request())
    again = await wallet.token(grant_type="refresh_token", refresh_token=old)
    after = await wallet.token(
        grant_type="refresh_token", refresh_token=renewed.json()["refresh_token"]
    )

    assert renewed.status_code == 200
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (after.status_code, after.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": "c"}, "invalid_request"),
        ({"grant_type": CODE_GRANT, "pre-authorized_code": "c", "tx_code": "1"}, "invalid_grant"),
    ],
)
async def test_refusals_carry_the_codes_of_oauth(
    http: AsyncTestClient[Litestar], parameters: dict[str, str], error: str
) -> None:
    answer = await http.post("/330302/token", data=parameters)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_token_request_is_capped(http: AsyncTestClient[Litestar]) -> None:
    answer = await http.post("/330302/token", data={"grant_type": "x" * 65_536})

    assert (answer.status_code, answer.json()["error"]) == (413, "request_entity_too_large")


async def test_a_code_of_one_county_opens_nothing_at_another(wallet: Any) -> None:
    code, tx_code = await wallet.offered()
    form = {"grant_type": CODE_GRANT, "pre_authorized_code": code, "tx_code": tx_code}
    wallet.county = "330326"
    elsewhere = await wallet.token(**form)
    wallet.county = "330303"
    nowhere = await wallet.token(**form)

    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_grant")
    assert (nowhere.status_code, nowhere.json()["error"]) == (404, "not_found")
