"""Status lists over HTTP: signed, cacheable, and fresh once a permit changes."""

import json
import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.storage import IssuerStorage
from keys.jws import parse_jws
from schemas.sd_jwt import parse_sd_jwt
from schemas.status_list import (
    STATUS_LIST_TYP,
    SUSPENDED,
    VALID,
    StatusReference,
    decode_status_list,
    parse_status_payload,
    status_reference,
)


async def reference_of_a_new_copy(wallet: Any) -> StatusReference:
    token = await wallet.access_token()
    answer = await wallet.credential(token, await wallet.request())
    sd_jwt = parse_sd_jwt(answer.json()["credentials"][0]["credential"])
    claims = json.loads(parse_jws(sd_jwt.issuer_jwt, typ="dc+sd-jwt").payload)
    return status_reference(claims)


def value_at(token: str, reference: StatusReference) -> int:
    payload = parse_status_payload(parse_jws(token, typ=STATUS_LIST_TYP).payload)
    assert payload.sub == reference.uri
    return decode_status_list(payload.status_list).value(reference.idx)


async def test_a_list_is_signed_typed_and_cacheable_for_its_ttl(
    http: AsyncTestClient[Litestar], wallet: Any
) -> None:
    reference = await reference_of_a_new_copy(wallet)

    answer = await http.get(reference.uri)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/statuslist+jwt")
    max_age = re.fullmatch(r"public, max-age=([0-9]+)", answer.headers["cache-control"])
    assert max_age is not None
    assert 0 < int(max_age[1]) <= 300
    assert value_at(answer.text, reference) == VALID


async def test_an_unchanged_list_is_not_sent_again_and_a_changed_one_is(
    http: AsyncTestClient[Litestar], wallet: Any, storage: IssuerStorage
) -> None:
    reference = await reference_of_a_new_copy(wallet)
    tag = {"If-None-Match": (await http.get(reference.uri)).headers["etag"]}

    unchanged = await http.get(reference.uri, headers=tag)
    with storage.transaction() as tx:
        tx.set_permit_status(wallet.number, SUSPENDED)
    changed = await http.get(reference.uri, headers=tag)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == tag["If-None-Match"]
    assert changed.status_code == 200
    assert value_at(changed.text, reference) == SUSPENDED


@pytest.mark.parametrize(
    "path",
    [
        "/330302/status/7",
        "/330303/status/0",
        "/330302/status/-1",
        "/330302/status/zero",
        f"/330302/status/{2**64}",
    ],
)
async def test_other_lists_are_not_there(http: AsyncTestClient[Litestar], path: str) -> None:
    answer = await http.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"] in {"not_found", "unknown_status_list"}
