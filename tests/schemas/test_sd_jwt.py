"""SD-JWT as a whole: the RFC's examples, the shared vectors, concealing, splitting."""

import json
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base64url import b64url_decode
from schemas.sd_jwt import (
    MAX_PRESENTATION_BYTES,
    SdJwtError,
    SelectiveObject,
    conceal,
    disclosures_for,
    join_sd_jwt,
    parse_disclosure,
    parse_sd_jwt,
    process_payload,
    sd_hash,
)

RFC = json.loads((Path(__file__).parent / "vectors" / "sd_jwt_rfc9901.json").read_text("utf-8"))
VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "sd_jwt_compact_vectors.json"


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.is_file():
        return []
    cases: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["vectors"]
    return cases


def payload_of(jwt: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(b64url_decode(jwt.split(".")[1]))
    return payload


def check_key_binding(kb_jwt: str | None, signed_part: str) -> None:
    if kb_jwt is not None:
        assert payload_of(kb_jwt)["sd_hash"] == sd_hash(signed_part)


@pytest.mark.parametrize("example", RFC["presentations"], ids=lambda e: str(e["section"]))
def test_presentations_of_the_rfc(example: dict[str, Any]) -> None:
    parsed = parse_sd_jwt(example["presentation"])

    processed = process_payload(payload_of(parsed.issuer_jwt), parsed.disclosures)

    assert processed.claims == example["processed_payload"]
    assert (
        join_sd_jwt(parsed.issuer_jwt, parsed.disclosures, parsed.kb_jwt) == example["presentation"]
    )
    check_key_binding(parsed.kb_jwt, parsed.signed_part)


@pytest.mark.parametrize("example", RFC["issuances"], ids=lambda e: str(e["section"]))
def test_issuances_of_the_rfc_can_be_shown_claim_by_claim(example: dict[str, Any]) -> None:
    issued = parse_sd_jwt(example["issued"])
    payload = payload_of(issued.issuer_jwt)
    everything = process_payload(payload, issued.disclosures)

    assert issued.kb_jwt is None
    assert len(everything.disclosed) == len(issued.disclosures)
    for path in everything.disclosed:
        shown = disclosures_for(payload, issued.disclosures, [path])
        assert path in process_payload(payload, shown).disclosed


@pytest.mark.skipif(not VECTORS.is_file(), reason=f"no vectors at {VECTORS}")
@pytest.mark.parametrize("case", vectors(), ids=lambda case: str(case["name"]))
def test_shared_vectors(case: dict[str, Any]) -> None:
    issued, shown = parse_sd_jwt(case["issuance"]), parse_sd_jwt(case["presentation"])

    processed = process_payload(payload_of(shown.issuer_jwt), shown.disclosures)

    assert processed.claims == case["verified_contents"]
    assert set(shown.disclosures) <= set(issued.disclosures)
    assert (shown.kb_jwt is not None) == case["key_binding"]
    if shown.kb_jwt is not None:
        assert payload_of(shown.kb_jwt) == case["kb_jwt_payload"]
    check_key_binding(shown.kb_jwt, shown.signed_part)


def test_the_parts_of_an_sd_jwt() -> None:
    bare, bound = parse_sd_jwt("a.b.c~"), parse_sd_jwt("a.b.c~D1~D-2~e.f.g")

    assert (bare.issuer_jwt, bare.disclosures, bare.kb_jwt) == ("a.b.c", (), None)
    assert bare.signed_part == "a.b.c~"
    assert (bound.issuer_jwt, bound.disclosures) == ("a.b.c", ("D1", "D-2"))
    assert (bound.signed_part, bound.kb_jwt) == ("a.b.c~D1~D-2~", "e.f.g")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "~~",
        "a.b.c",  # a bare JWT is neither form
        "a.b.c.d.e",  # nor is a JWE
        "a.b.c~D1",  # the last tilde is missing
        "a.b.c~D1~D2",
        "a.b.c~~",
        "a.b.c~~D1~",
        "a.b.c~D1~~",
        "a.b.c~D1~~e.f.g",
        "~D1~",
        "a.b~D1~",
        "a.b.c.d~D1~",
        "a..c~D1~",  # unsigned, or content elsewhere
        ".b.c~D1~",
        "a.b.~D1~",
        "a.b.c~D1~e.f",
        "a.b.c~D1~e..g",
        "a.b.c~D1~.f.g",
        "a.b.c~D1~e.f.",
        "a.b.c~D1~e.f.g.h",
        "a.b.c~D1.~",
        "a.b~D1.c~e.f.g",
        "a.b.c~D=~",
        "a.b=.c~D1~",
        "a.b.c~D1~e.f.g=",
        "a.b.c~D+/~",
        "a.b.c~D 1~",
        " a.b.c~D1~",
        "a.b.c~D1~\n",
        "a.b.c~Dé~",
        "a.b.c~D\0~",
        "a.b.c~D\ud800~",
        '{"payload":"a","signature":"b"}',  # JSON serialization is not taken
    ],
)
def test_r1_what_is_no_sd_jwt(text: str) -> None:
    with pytest.raises(SdJwtError) as caught:
        parse_sd_jwt(text)

    assert caught.value.rule == "R1"


@given(st.text(alphabet="aD-_.~=é ", max_size=24))
def test_r1_taken_is_exactly_what_the_grammar_allows(text: str) -> None:
    part = r"[A-Za-z0-9_-]+"
    jwt = rf"{part}\.{part}\.{part}"
    allowed = re.fullmatch(rf"{jwt}~({part}~)*({jwt})?", text) is not None

    try:
        parse_sd_jwt(text)
    except SdJwtError:
        assert not allowed
    else:
        assert allowed


def test_r14_caps_on_size_and_count() -> None:
    fill = MAX_PRESENTATION_BYTES - len("a.b.c~~")

    assert len(parse_sd_jwt("a.b.c~" + "D" * fill + "~").disclosures) == 1
    assert len(parse_sd_jwt("a.b.c~" + "D~" * 256).disclosures) == 256
    for text in ("a.b.c~" + "D" * (fill + 1) + "~", "a.b.c~" + "D~" * 257):
        with pytest.raises(SdJwtError) as caught:
            parse_sd_jwt(text)
        assert caught.value.rule == "R14"


VISIBLE = {"iss": "https://issuer.example/330302", "exp": 2_000_000_000}
HIDDEN = {
    "name": "王小明",
    "age_over_18": True,
    "record": SelectiveObject({"sex": "1", "portrait": "AAAA"}),
}


def numbered_salts() -> Callable[[], str]:
    numbers = count()
    return lambda: f"salt{next(numbers)}"


def test_concealed_claims_come_back_and_none_is_in_the_payload() -> None:
    payload, disclosures = conceal(VISIBLE, HIDDEN)
    encoded = [disclosure.encoded for disclosure in disclosures]

    assert {name for name in payload if not name.startswith("_sd")} == VISIBLE.keys()
    assert len(payload["_sd"]) == 3
    assert process_payload(payload, encoded).claims == {
        **VISIBLE,
        "name": "王小明",
        "age_over_18": True,
        "record": {"sex": "1", "portrait": "AAAA"},
    }
    assert disclosures_for(payload, encoded, [("record", "sex")]) == tuple(
        d.encoded for d in disclosures if d.name in {"sex", "record"}
    )


def test_the_order_of_digests_does_not_tell_the_claims_apart() -> None:
    payload, disclosures = conceal(VISIBLE, HIDDEN, new_salt=numbered_salts())
    record = next(disclosure.value for disclosure in disclosures if disclosure.name == "record")

    assert payload["_sd"] == sorted(payload["_sd"])
    assert record["_sd"] == sorted(record["_sd"])


def test_given_salts_are_used() -> None:
    first, second = (conceal(VISIBLE, HIDDEN, new_salt=numbered_salts()) for _ in range(2))

    assert first == second
    assert {disclosure.salt for disclosure in first[1]} == {f"salt{n}" for n in range(5)}


def test_salts_are_fresh_and_have_128_bits() -> None:
    salts = [d.salt for _ in range(200) for d in conceal(VISIBLE, HIDDEN)[1]]
    raw = [b64url_decode(salt) for salt in salts]

    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in raw} == {16}
    # No byte of them stands still.
    assert all(len({salt[position] for salt in raw}) > 100 for position in range(16))


def test_nothing_hidden_leaves_the_payload_alone() -> None:
    assert conceal(VISIBLE, {}) == (VISIBLE, ())


def test_what_is_made_is_what_is_read() -> None:
    _, disclosures = conceal(VISIBLE, HIDDEN)

    assert [parse_disclosure(d.encoded) for d in disclosures] == list(disclosures)


@pytest.mark.parametrize(
    "hidden",
    [
        {"iss": "x"},
        {"_sd": 1},
        {"...": 1},
        {"_sd_alg": 1},
        {"record": SelectiveObject({"_sd": 1})},
    ],
)
def test_claims_that_cannot_be_hidden(hidden: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a claim cannot be"):
        conceal(VISIBLE, hidden)


claims = st.dictionaries(
    st.text().filter(lambda name: name not in {"_sd", "...", "_sd_alg", "iss", "exp"}),
    st.text() | st.integers(0, 9) | st.lists(st.booleans()),
    max_size=8,
)


@given(claims, claims)
def test_any_claims_survive_being_hidden(hidden: dict[str, Any], inner: dict[str, Any]) -> None:
    payload, disclosures = conceal(VISIBLE, {**hidden, "inner": SelectiveObject(inner)})

    assert process_payload(payload, [d.encoded for d in disclosures]).claims == {
        **VISIBLE,
        **hidden,
        "inner": inner,
    }
