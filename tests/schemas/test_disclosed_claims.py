"""Putting claims back: each rule that refuses, as a test named after it."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.claims_path import WITHHELD
from schemas.disclosed_claims import (
    DisclosureMissingError,
    disclosures_for,
    process_payload,
)
from schemas.disclosure import Disclosure, SdJwtError, make_disclosure

SALT = "2GLC42sKQveCfGfryNRN9w"
NAME = make_disclosure("name", "王小明", salt=SALT)
SEX = make_disclosure("sex", "1", salt=SALT)
RECORD = make_disclosure("record", {"_sd": [SEX.digest], "kind": "first"}, salt=SALT)
FIRST = make_disclosure(None, "first", salt=SALT)
SECOND = make_disclosure(None, {"_sd": [NAME.digest]}, salt=SALT)
DECOY = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def refused_by(rule: str, payload: dict[str, Any], *disclosures: Disclosure) -> None:
    with pytest.raises(SdJwtError) as caught:
        process_payload(payload, [disclosure.encoded for disclosure in disclosures])

    assert caught.value.rule == rule


def test_claims_are_put_back_and_digests_are_gone() -> None:
    payload = {
        "iss": "issuer",
        "_sd": [NAME.digest, RECORD.digest, DECOY],
        "_sd_alg": "sha-256",
        "places": [{"...": FIRST.digest}, "open", {"...": DECOY[::-1]}],
    }
    before = deepcopy(payload)

    processed = process_payload(payload, [SEX.encoded, FIRST.encoded, RECORD.encoded, NAME.encoded])

    assert processed.claims == {
        "iss": "issuer",
        "name": "王小明",
        "record": {"sex": "1", "kind": "first"},
        "places": ["first", "open"],
    }
    assert processed.disclosed == {("name",), ("record",), ("record", "sex"), ("places", 0)}
    assert payload == before


def test_nothing_disclosed_leaves_what_was_always_visible() -> None:
    processed = process_payload({"iss": "issuer", "_sd": [NAME.digest], "list": [1, [2]]}, [])

    assert (processed.claims, processed.disclosed) == (
        {"iss": "issuer", "list": [1, [2]]},
        frozenset(),
    )


def test_positions_can_be_kept_as_the_issuer_signed_them() -> None:
    payload = {"places": [{"...": DECOY}, {"...": FIRST.digest}]}

    assert process_payload(payload, [FIRST.encoded]).claims == {"places": ["first"]}
    assert process_payload(payload, [FIRST.encoded], keep_positions=True).claims == {
        "places": [WITHHELD, "first"]
    }


@pytest.mark.parametrize(
    "algorithm", ["sha-256-32", "SHA-256", "sha-512", "md5", "", None, 256, ["sha-256"]]
)
def test_r4_unknown_or_weak_digest_algorithm(algorithm: Any) -> None:
    refused_by("R4", {"_sd_alg": algorithm, "_sd": []})


def test_r4_digest_algorithm_inside_a_claim() -> None:
    refused_by("R4", {"address": {"_sd_alg": "sha-256"}})
    refused_by("R4", {"places": [{"_sd_alg": "sha-256"}]})
    inside = make_disclosure("record", {"_sd_alg": "sha-256"}, salt=SALT)
    refused_by("R4", {"_sd": [inside.digest]}, inside)


def test_r5_an_array_element_disclosed_as_a_member() -> None:
    refused_by("R5", {"_sd": [FIRST.digest]}, FIRST)


def test_r5_a_member_disclosed_as_an_array_element() -> None:
    refused_by("R5", {"places": [{"...": NAME.digest}]}, NAME)


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_r6_a_disclosed_claim_with_a_reserved_name(name: str) -> None:
    bad = make_disclosure(name, ["x"], salt=SALT)

    refused_by("R6", {"_sd": [bad.digest]}, bad)


def test_r7_a_disclosed_claim_whose_name_is_signed_already() -> None:
    iss = make_disclosure("iss", "somebody else", salt=SALT)

    refused_by("R7", {"iss": "issuer", "_sd": [iss.digest]}, iss)
    refused_by("R7", {"_sd": [iss.digest], "iss": "issuer"}, iss)


def test_r7_two_disclosed_claims_with_one_name() -> None:
    other = make_disclosure("name", "somebody else", salt="other")

    refused_by("R7", {"_sd": [NAME.digest, other.digest]}, NAME, other)


def test_r7_the_same_name_at_another_level_is_fine() -> None:
    inner = make_disclosure("name", "inner", salt="other")
    payload = {"_sd": [NAME.digest], "record": {"_sd": [inner.digest]}}

    assert process_payload(payload, [NAME.encoded, inner.encoded]).claims == {
        "record": {"name": "inner"},
        "name": "王小明",
    }


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": [DECOY, DECOY]},
        {"_sd": [DECOY], "record": {"_sd": [DECOY]}},
        {"_sd": [DECOY], "places": [{"...": DECOY}]},
        {"places": [{"...": DECOY}, {"...": DECOY}]},
        {"_sd": [NAME.digest], "record": {"_sd": [NAME.digest]}},
    ],
)
def test_r8_a_digest_twice_disclosed_or_not(payload: dict[str, Any]) -> None:
    refused_by("R8", payload)


def test_r8_a_digest_again_inside_a_disclosure() -> None:
    again = make_disclosure("record", {"_sd": [NAME.digest]}, salt=SALT)

    refused_by("R8", {"_sd": [NAME.digest, again.digest]}, NAME, again)


def test_r8_a_disclosure_twice() -> None:
    refused_by("R8", {"_sd": [NAME.digest]}, NAME, NAME)


def test_r9_a_disclosure_nobody_signed_for() -> None:
    refused_by("R9", {"iss": "issuer"}, NAME)
    refused_by("R9", {"_sd": [NAME.digest]}, NAME, FIRST)


def test_r9_a_child_without_its_parent() -> None:
    refused_by("R9", {"_sd": [RECORD.digest]}, SEX)


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": NAME.digest},
        {"_sd": None},
        {"_sd": {}},
        {"_sd": {NAME.digest: 1}},
        {"_sd": [1]},
        {"_sd": [None]},
        {"_sd": [[NAME.digest]]},
        {"record": {"_sd": "x"}},
        {"places": [{"...": 1}]},
        {"places": [{"...": None}]},
        {"places": [{"...": [DECOY]}]},
        {"places": [{"...": DECOY, "more": 1}]},
        {"record": {"...": DECOY}},
        {"...": DECOY},
    ],
)
def test_r10_digests_not_where_or_what_they_have_to_be(payload: dict[str, Any]) -> None:
    refused_by("R10", payload)


def nested(levels: int, innermost: Any) -> list[Disclosure]:
    """Disclosures each hidden in the one before."""
    chain = [make_disclosure("claim", innermost, salt=SALT)]
    for _ in range(levels - 1):
        chain.insert(0, make_disclosure("claim", {"_sd": [chain[0].digest]}, salt=SALT))
    return chain


def test_r14_disclosures_nested_in_disclosures_have_an_end() -> None:
    """JSON is capped text by text; without a cap on the whole this would exhaust the stack."""
    fits, too_deep = nested(32, 1), nested(250, [1])

    assert (
        len(process_payload({"_sd": [fits[0].digest]}, [d.encoded for d in fits]).disclosed) == 32
    )
    refused_by("R14", {"_sd": [too_deep[0].digest]}, *too_deep)


def test_r14_too_many_disclosures() -> None:
    many = [make_disclosure(f"claim{n}", n, salt=SALT) for n in range(257)]

    refused_by("R14", {"_sd": [disclosure.digest for disclosure in many]}, *many)
    most = process_payload({"_sd": [d.digest for d in many]}, [d.encoded for d in many[:256]])
    assert len(most.disclosed) == 256


def test_r14_a_member_twice_inside_a_disclosure() -> None:
    with pytest.raises(SdJwtError) as caught:
        # ["salt","name",{"a":1,"a":2}]
        process_payload({"_sd": []}, ["WyJzYWx0IiwibmFtZSIseyJhIjoxLCJhIjoyfV0"])

    assert caught.value.rule == "R14"


HELD_PAYLOAD = {
    "iss": "issuer",
    "_sd": [NAME.digest, RECORD.digest],
    "places": [{"...": FIRST.digest}, "open"],
}
HELD = [SEX.encoded, NAME.encoded, RECORD.encoded, FIRST.encoded]


@pytest.mark.parametrize(
    ("paths", "needed"),
    [
        ([], []),
        ([("iss",)], []),  # visible anyway
        ([("name",)], [NAME]),
        ([("record", "sex")], [SEX, RECORD]),  # the parent comes with it
        ([("record", "kind")], [RECORD]),
        ([("record",)], [SEX, RECORD]),  # a whole object, with all in it
        ([("places", 0)], [FIRST]),
        ([("places", 1)], []),
        ([("places",)], [FIRST]),
        ([("name",), ("name",), ("record", "sex")], [SEX, NAME, RECORD]),
    ],
)
def test_the_disclosures_for_some_claims_and_no_others(
    paths: Sequence[tuple[str | int, ...]], needed: list[Disclosure]
) -> None:
    assert disclosures_for(HELD_PAYLOAD, HELD, paths) == tuple(d.encoded for d in needed)


@pytest.mark.parametrize(
    "path",
    [
        ("absent",),
        ("record", "absent"),
        ("iss", "x"),
        ("places", 2),
        ("places", -1),
        ("places", "0"),
        ("record", 0),
    ],
)
def test_a_claim_that_is_not_held_cannot_be_shown(path: tuple[str | int, ...]) -> None:
    with pytest.raises(DisclosureMissingError, match="no claim at"):
        disclosures_for(HELD_PAYLOAD, HELD, [path])


def test_a_withheld_claim_cannot_be_shown_either() -> None:
    with pytest.raises(DisclosureMissingError):
        disclosures_for(HELD_PAYLOAD, [NAME.encoded], [("record", "sex")])
    with pytest.raises(DisclosureMissingError):
        disclosures_for(HELD_PAYLOAD, [NAME.encoded], [("places", 0)])


@given(st.sets(st.sampled_from(["a", "b", "c", "d", "e"])), st.randoms())
def test_any_choice_of_claims_comes_out_as_chosen(chosen: set[str], random: Any) -> None:
    made = {name: make_disclosure(name, name.upper(), salt=SALT) for name in "abcde"}
    payload = {"_sd": sorted(disclosure.digest for disclosure in made.values())}
    held = [disclosure.encoded for disclosure in made.values()]

    shown = list(disclosures_for(payload, held, [(name,) for name in chosen]))
    random.shuffle(shown)

    assert process_payload(payload, shown).claims == {name: name.upper() for name in chosen}
