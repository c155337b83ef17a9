"""Applying a query: as a wallet, which shows no more, and as a verifier, which trusts none."""

from typing import Any

import pytest

from schemas.dcql import (
    CredentialQuery,
    DcqlQuery,
    authority_matches,
    choose_credentials,
    parse_query,
    required_claims,
    type_matches,
    unmet,
)
from schemas.sd_jwt import WITHHELD

PERMIT = "urn:zhejiang:residence-permit:1"
CLAIMS: dict[str, Any] = {
    "vct": PERMIT,
    "name": "王小明",
    "age_over_18": True,
    "level": 1,
    "record": {"sex": "1"},
    "places": ["Lucheng", "Ouhai"],
}


def one(name: str = "permit", **members: Any) -> dict[str, Any]:
    return {"id": name, "format": "dc+sd-jwt", "meta": {"vct_values": [PERMIT]}, **members}


def query_of(*credentials: dict[str, Any], **members: Any) -> DcqlQuery:
    return parse_query({"credentials": list(credentials), **members})


def credential(**members: Any) -> CredentialQuery:
    return query_of(one(**members)).credentials[0]


def claims(*paths: list[str | int | None], values: list[Any] | None = None) -> list[Any]:
    extra = {} if values is None else {"values": values}
    return [{"id": f"c{n}", "path": path, **extra} for n, path in enumerate(paths)]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (None, ()),  # VPW-22: no claims, nothing disclosed
        (claims(["name"]), (("name",),)),
        (claims(["name"], ["record", "sex"]), (("name",), ("record", "sex"))),
        (claims(["places", 1]), (("places", 1),)),
        (claims(["places", None]), (("places", 0), ("places", 1))),
        (claims(["places", None], ["places", 0]), (("places", 0), ("places", 1))),
        (claims(["name"], ["absent"]), None),  # all or nothing
        (claims(["name", "first"]), None),  # a path that does not fit selects nothing
        (claims(["places", 2]), None),
    ],
)
def test_claims_a_wallet_has_to_show(wanted: Any, shown: Any) -> None:
    query = credential() if wanted is None else credential(claims=wanted)

    assert required_claims(query, CLAIMS) == shown


@pytest.mark.parametrize(
    ("path", "values", "matches"),
    [
        (["name"], ["王小明"], True),
        (["name"], ["x", "王小明"], True),
        (["name"], ["王小"], False),
        (["age_over_18"], [True], True),
        (["age_over_18"], [1], False),  # equal to Python, another type to JSON
        (["level"], [1], True),
        (["level"], [True], False),
        (["level"], ["1"], False),
        (["record"], ["1"], False),  # an object matches no value
        (["places", None], ["Ouhai"], True),
    ],
)
def test_values_match_in_type_and_value(path: Any, values: Any, matches: bool) -> None:
    query = credential(claims=claims(path, values=values))

    assert (required_claims(query, CLAIMS) is not None) == matches
    # VP-65: the verifier checks again, because wallets may leave it out.
    expected = [] if matches else ["permit: " + "/".join(map(str, path))]
    assert unmet(DcqlQuery((query,)), {"permit": [CLAIMS]}) == expected


def test_only_the_elements_with_a_wanted_value_are_shown() -> None:
    query = credential(claims=claims(["places", None], values=["Ouhai"]))

    assert required_claims(query, CLAIMS) == (("places", 1),)


@pytest.mark.parametrize(
    ("sets", "shown"),
    [
        ([["c0"], ["c1"]], (("name",),)),  # VPW-23: the first that can be satisfied
        ([["c2", "c0"], ["c1"]], (("record", "sex"),)),
        ([["c2"]], None),
        ([["c0", "c1"]], (("name",), ("record", "sex"))),
    ],
)
def test_the_first_claim_set_that_can_be_satisfied(sets: Any, shown: Any) -> None:
    wanted = claims(["name"], ["record", "sex"], ["absent"])

    assert required_claims(credential(claims=wanted, claim_sets=sets), CLAIMS) == shown


def test_positions_count_what_was_withheld() -> None:
    """Otherwise ``places/1`` would mean another place to the verifier than to the wallet."""
    query = query_of(one(claims=claims(["places", 1])))

    assert unmet(query, {"permit": [CLAIMS | {"places": [WITHHELD, "Ouhai"]}]}) == []
    assert unmet(query, {"permit": [CLAIMS | {"places": ["Lucheng", WITHHELD]}]}) == [
        "permit: places/1"
    ]


SETS = [
    {"options": [["permit", "id"], ["pass"]]},
    {"options": [["library"]], "required": False},
]
FOUR = [one(name) for name in ("permit", "id", "pass", "library", "never")]


@pytest.mark.parametrize(
    ("held", "sets", "chosen"),
    [
        (["permit"], None, None),  # all are wanted
        (["permit", "id", "pass", "library", "never"], None, "all"),
        (["permit", "id", "pass", "never"], SETS, ("permit", "id")),  # never: in no set
        (["permit", "pass"], SETS, ("pass",)),
        (["pass", "library"], SETS, ("pass", "library")),
        (["permit", "library"], SETS, None),  # VPW-25: no partial answer
        ([], SETS, None),
        (["never"], [SETS[1]], ()),  # VPW-26: nothing required, nothing held
    ],
)
def test_credentials_a_wallet_answers_with(held: list[str], sets: Any, chosen: Any) -> None:
    query = query_of(*FOUR, **({"credential_sets": sets} if sets else {}))
    expected = tuple(c.id for c in query.credentials) if chosen == "all" else chosen

    assert choose_credentials(query, held) == expected


def test_vp64_claims_that_are_missing_are_named() -> None:
    query = query_of(one(claims=claims(["name"], ["absent"], ["record", None], ["places", 7])))

    assert unmet(query, {"permit": [CLAIMS]}) == [
        "permit: absent",
        "permit: record/*",
        "permit: places/7",
    ]


def test_vp64_one_whole_claim_set_is_enough_and_half_of_two_is_not() -> None:
    wanted = claims(["name"], ["absent"], ["record", "sex"], ["gone"])
    satisfied = query_of(one(claims=wanted, claim_sets=[["c0", "c1"], ["c2"]]))
    halves = query_of(one(claims=wanted, claim_sets=[["c0", "c1"], ["c2", "c3"]]))

    assert unmet(satisfied, {"permit": [CLAIMS]}) == []
    assert unmet(halves, {"permit": [CLAIMS]}) == ["permit: absent"]


@pytest.mark.parametrize("vct", [PERMIT.upper(), PERMIT + "0", None, [PERMIT]])
def test_vp38_the_type_has_to_be_the_one_asked_for(vct: Any) -> None:
    assert unmet(query_of(one()), {"permit": [CLAIMS | {"vct": vct}]}) == ["permit: vct"]


def test_no_type_named_means_any_and_another_format_means_none() -> None:
    anything = query_of(one(meta={})).credentials[0]
    mdoc = query_of(one(meta={}, format="mso_mdoc")).credentials[0]

    assert type_matches(anything, vct="urn:other")
    assert not type_matches(mdoc, vct=PERMIT)


def test_vp18_all_of_several_presentations_are_looked_at() -> None:
    query = query_of(one(multiple=True, claims=claims(["name"])))
    nameless = {"vct": PERMIT}

    assert unmet(query, {"permit": [CLAIMS, CLAIMS]}) == []
    assert unmet(query, {"permit": [CLAIMS, nameless]}) == ["permit: name"]


def test_vpw27_one_presentation_where_not_multiple() -> None:
    assert unmet(query_of(one()), {"permit": [CLAIMS, CLAIMS]}) == [
        "permit: more than one presentation"
    ]


@pytest.mark.parametrize(
    ("presented", "sets", "open_"),
    [
        ([], None, ["permit", "id", "pass", "library", "never"]),
        (["permit", "id", "library"], None, ["pass", "never"]),
        (["permit", "id"], SETS, []),
        (["pass"], SETS, []),
        (["permit"], SETS, ["credential_sets/0"]),  # VP-66
        (["library"], SETS, ["credential_sets/0"]),
        ([], [SETS[1]], []),
    ],
)
def test_vp66_credentials_that_are_missing(presented: Any, sets: Any, open_: list[str]) -> None:
    query = query_of(*FOUR, **({"credential_sets": sets} if sets else {}))

    assert unmet(query, {name: [CLAIMS] for name in presented}) == open_


def test_vp66_a_bad_presentation_does_not_count_towards_a_set() -> None:
    query = query_of(*FOUR, credential_sets=SETS)

    assert unmet(query, {"pass": [CLAIMS | {"vct": "urn:other"}]}) == [
        "pass: vct",
        "credential_sets/0",
    ]


def test_an_empty_list_of_presentations_is_no_presentation() -> None:
    assert unmet(query_of(one()), {"permit": []}) == ["permit"]


def test_what_was_not_asked_for_is_named() -> None:
    assert unmet(query_of(one()), {"permit": [CLAIMS], "x": [CLAIMS]}) == ["x: not asked for"]


@pytest.mark.parametrize(
    ("authorities", "identifiers", "matches"),
    [
        (None, [], True),
        ([{"type": "aki", "values": ["a", "b"]}], ["b"], True),
        ([{"type": "aki", "values": ["a"]}], ["b"], False),
        ([{"type": "aki", "values": ["a"]}, {"type": "aki", "values": ["b"]}], ["b"], True),
        ([{"type": "etsi_tl", "values": ["b"]}], ["b"], False),  # of a kind not known here
        ([{"type": "aki", "values": ["a"]}], [], False),
    ],
)
def test_vpw28_trusted_authorities(authorities: Any, identifiers: Any, matches: bool) -> None:
    query = credential(**({"trusted_authorities": authorities} if authorities else {}))

    assert authority_matches(query, identifiers) == matches
