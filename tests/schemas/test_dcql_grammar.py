"""How a DCQL query may be written, and every way in which it may not."""

from copy import deepcopy
from typing import Any

import msgspec
import pytest

from schemas.claims_path import DcqlError
from schemas.dcql_grammar import (
    ClaimsQuery,
    CredentialMeta,
    CredentialQuery,
    CredentialSetQuery,
    DcqlQuery,
    TrustedAuthority,
    parse_query,
)

PERMIT = "urn:zhejiang:residence-permit:1"
WHOLE: dict[str, Any] = {
    "credentials": [
        {
            "id": "permit",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PERMIT]},
            "multiple": True,
            "trusted_authorities": [{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}],
            "require_cryptographic_holder_binding": False,
            "claims": [
                {"id": "a", "path": ["name"]},
                {"id": "b", "path": ["record", "sex"], "values": ["1", 2, True]},
                {"id": "c", "path": ["places", None, 0]},
            ],
            "claim_sets": [["a", "b"], ["c"]],
        },
        {"id": "other_1-X", "format": "dc+sd-jwt", "meta": {}},
    ],
    "credential_sets": [
        {"options": [["permit", "other_1-X"], ["permit"]]},
        {"options": [["other_1-X"]], "required": False},
    ],
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The whole query with the value at ``path`` replaced, or taken away for ``...``."""
    query = deepcopy(WHOLE)
    holder: Any = query
    for step in path[:-1]:
        holder = holder[step]
    if to is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return query


def test_every_member_is_read() -> None:
    claims = (
        ClaimsQuery(path=("name",), id="a"),
        ClaimsQuery(path=("record", "sex"), id="b", values=("1", 2, True)),
        ClaimsQuery(path=("places", None, 0), id="c"),
    )

    query = parse_query(WHOLE)

    assert query == DcqlQuery(
        credentials=(
            CredentialQuery(
                id="permit",
                format="dc+sd-jwt",
                meta=CredentialMeta((PERMIT,)),
                multiple=True,
                trusted_authorities=(TrustedAuthority("aki", ("s9tIpPmhxdiuNkHMEWNpYim8S8Y",)),),
                require_cryptographic_holder_binding=False,
                claims=claims,
                claim_sets=(("a", "b"), ("c",)),
            ),
            CredentialQuery(id="other_1-X", format="dc+sd-jwt", meta=CredentialMeta()),
        ),
        credential_sets=(
            CredentialSetQuery((("permit", "other_1-X"), ("permit",))),
            CredentialSetQuery((("other_1-X",),), required=False),
        ),
    )
    assert msgspec.to_builtins(query) == WHOLE | {
        "credentials": msgspec.to_builtins(query.credentials),
        "credential_sets": msgspec.to_builtins(query.credential_sets),
    }
    assert parse_query(msgspec.json.decode(msgspec.json.encode(query))) == query


def test_absent_is_not_written_as_null_or_empty() -> None:
    query = DcqlQuery((CredentialQuery("permit", "dc+sd-jwt", CredentialMeta((PERMIT,))),))

    assert msgspec.json.decode(msgspec.json.encode(query)) == {
        "credentials": [{"id": "permit", "format": "dc+sd-jwt", "meta": {"vct_values": [PERMIT]}}]
    }


def test_vpw20_unknown_members_are_ignored() -> None:
    query = deepcopy(WHOLE)
    for holder in (
        query,
        query["credentials"][0],
        query["credentials"][0]["meta"],
        query["credentials"][0]["claims"][0],
        query["credentials"][0]["trusted_authorities"][0],
        query["credential_sets"][0],
    ):
        holder["from_the_future"] = {"a": [1]}

    assert parse_query(query) == parse_query(WHOLE)


C0 = ("credentials", 0)
CLAIM = (*C0, "claims", 0)


@pytest.mark.parametrize(
    "query",
    [
        None,
        [],
        "{}",
        {},
        changed("credentials", to=[]),
        changed("credentials", to=None),
        changed("credentials", to={"permit": {}}),
        changed(*C0, "id", to=...),
        changed(*C0, "id", to=""),
        changed(*C0, "id", to="per mit"),
        {"credentials": [{"id": "permit\n", "format": "dc+sd-jwt", "meta": {}}]},
        changed(*C0, "id", to="pérmit"),
        changed(*C0, "id", to=1),
        changed(*C0, "id", to="other_1-X"),  # twice
        changed(*C0, "format", to=...),
        changed(*C0, "format", to=None),
        changed(*C0, "meta", to=...),
        changed(*C0, "meta", to=None),
        changed(*C0, "meta", to={"vct_values": []}),
        changed(*C0, "meta", to={"vct_values": PERMIT}),
        changed(*C0, "meta", to={"vct_values": None}),
        changed(*C0, "meta", to={"vct_values": [1]}),
        changed(*C0, "multiple", to=None),  # null is not "more than one"
        changed(*C0, "multiple", to="true"),
        changed(*C0, "multiple", to=1),
        changed(*C0, "require_cryptographic_holder_binding", to=None),
        changed(*C0, "require_cryptographic_holder_binding", to=0),
        changed(*C0, "trusted_authorities", to=[]),
        changed(*C0, "trusted_authorities", to=[{"type": "aki"}]),
        changed(*C0, "trusted_authorities", to=[{"type": "aki", "values": []}]),
        changed(*C0, "trusted_authorities", to=None),
        changed(*C0, "claims", to=[]),
        changed(*C0, "claims", to=None),
        changed(*C0, "claims", to=...),  # claim_sets without claims
        changed(*CLAIM, "id", to=...),  # required with claim_sets
        changed(*C0, "claims", to=[*WHOLE["credentials"][0]["claims"], {"path": ["d"]}]),
        changed(*CLAIM, "id", to="b"),  # twice
        changed(*CLAIM, "id", to="d"),  # then claim_sets names what is not there
        changed(*CLAIM, "id", to=None),
        changed(*CLAIM, "path", to=...),
        changed(*CLAIM, "path", to=[]),
        changed(*CLAIM, "path", to="name"),
        changed(*CLAIM, "path", to=[-1]),
        changed(*CLAIM, "path", to=["a", 1.0]),
        changed(*CLAIM, "path", to=["a", True]),
        changed(*CLAIM, "path", to=["a", 2**70]),
        changed(*CLAIM, "path", to=["a", {}]),
        changed(*CLAIM, "path", to=["record", "sex"]),  # a path twice
        changed(*CLAIM, "values", to=[]),
        changed(*CLAIM, "values", to=None),
        changed(*CLAIM, "values", to=[None]),
        changed(*CLAIM, "values", to=[1.5]),
        changed(*CLAIM, "values", to=[["a"]]),
        changed(*C0, "claim_sets", to=[]),
        changed(*C0, "claim_sets", to=[[]]),
        changed(*C0, "claim_sets", to=["a"]),
        changed(*C0, "claim_sets", to=[["a", "unknown"]]),
        changed(*C0, "claim_sets", to=None),
        changed("credential_sets", to=[]),
        changed("credential_sets", to=None),
        changed("credential_sets", 0, "options", to=...),
        changed("credential_sets", 0, "options", to=[]),
        changed("credential_sets", 0, "options", to=[[]]),
        changed("credential_sets", 0, "options", to=["permit"]),
        changed("credential_sets", 0, "options", to=[["unknown"]]),
        changed("credential_sets", 0, "required", to=None),
        changed("credential_sets", 0, "required", to="yes"),
    ],
)
def test_vp10_what_is_no_query(query: Any) -> None:
    with pytest.raises(DcqlError):
        parse_query(query)


def credential(name: str) -> dict[str, Any]:
    return {"id": name, "format": "dc+sd-jwt", "meta": {}}


@pytest.mark.parametrize(
    ("most", "one_more"),
    [
        tuple({"credentials": [credential(f"c{n}") for n in range(many)]} for many in (32, 33)),
        tuple(
            changed("credentials", 1, "claims", to=[{"path": [f"c{n}"]} for n in range(many)])
            for many in (128, 129)
        ),
        tuple(changed(*CLAIM, "path", to=["a"] * many) for many in (16, 17)),
        tuple(changed(*CLAIM, "values", to=["a"] * many) for many in (64, 65)),
        tuple(changed(*C0, "claim_sets", to=[["a"]] * many) for many in (64, 65)),
        tuple(
            changed("credential_sets", 0, "options", to=[["permit"]] * many) for many in (64, 65)
        ),
        tuple(
            changed("credential_sets", to=[{"options": [["permit"]]}] * many) for many in (32, 33)
        ),
        tuple(changed(*CLAIM, "path", to=["a" * long]) for long in (1024, 1025)),
    ],
    ids=["credentials", "claims", "path", "values", "claim sets", "options", "sets", "text"],
)
def test_vpw48_caps(most: dict[str, Any], one_more: dict[str, Any]) -> None:
    parse_query(most)

    with pytest.raises(DcqlError):
        parse_query(one_more)
