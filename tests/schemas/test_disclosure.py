"""One disclosure: the standard's own examples, and every shape that is none."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base64url import b64url_encode
from schemas.disclosure import SdJwtError, make_disclosure, parse_disclosure, parse_disclosures

SALT = "_26bc4LT-ac6q2KI6cBW5es"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def encoded(text: str | bytes) -> str:
    return b64url_encode(text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize(
    ("text", "name", "value", "digest"),
    [
        (  # [SD-JWT §4.2.1, §4.2.3]
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "family_name",
            "Möbius",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        (  # [SD-JWT §4.2.2], with the digest of [SD-JWT §4.2.4.2]
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
            None,
            "FR",
            "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs",
        ),
    ],
)
def test_the_examples_of_the_standard(text: str, name: str | None, value: str, digest: str) -> None:
    disclosure = parse_disclosure(text)

    assert (disclosure.name, disclosure.value, disclosure.digest) == (name, value, digest)
    assert disclosure.encoded == text


@given(st.none() | st.text(), json_values, st.text(min_size=1))
def test_what_is_made_can_be_read(name: str | None, value: Any, salt: str) -> None:
    made = make_disclosure(name, value, salt=salt)

    assert parse_disclosure(made.encoded) == made


def test_new_disclosures_are_compact() -> None:
    made = make_disclosure("name", "王", salt=SALT)

    assert made.encoded == encoded(f'["{SALT}","name","王"]')


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "R14"),
        ("WyJzIiwiYSIsMV0=", "R1"),  # padded
        ("WyJz*iwiYSIsMV0", "R1"),
        ("WyJzIiwiw7YiXQé", "R1"),  # outside ASCII
        ("WyJzIiwibiIsMV1", "R1"),  # a bit set after the last byte
        (encoded("no json"), "R14"),
        (encoded('{"a":1}'), "R5"),
        (encoded('"salt"'), "R5"),
        (encoded('"abc"'), "R5"),  # three characters are not three elements
        (encoded('{"0":"a","1":"b","2":1}'), "R5"),
        (encoded('["salt"]'), "R5"),
        (encoded("[]"), "R5"),
        (encoded('["salt","name",1,2]'), "R5"),
        (encoded('[1,"name",1]'), "R5"),
        (encoded('["salt",1,1]'), "R5"),
        (encoded('["salt",null,1]'), "R5"),
        (encoded("[null,1]"), "R5"),
        (encoded('["salt","name",{"a":1,"a":2}]'), "R14"),
        (encoded('["salt", "name", {"a": 1, "a": 2}]'), "R14"),
        (encoded('["salt","name","\\ud800"]'), "R14"),
        (encoded(b'["salt","name","\xff"]'), "R14"),
        (encoded('["salt","name",NaN]'), "R14"),
        (encoded('["salt","name",' + "[" * 32 + "]" * 32 + "]"), "R14"),
        (encoded('["salt","name",1]\n["salt","name",2]'), "R14"),
        (encoded('["salt","name",1],["salt","name",2]'), "R14"),
    ],
)
def test_refuses_what_is_no_disclosure(text: str, rule: str) -> None:
    with pytest.raises(SdJwtError) as caught:
        parse_disclosure(text)

    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "split",
    [
        lambda: ('["s","a"', ',1]\n["s","b",2]'),  # a comma is no line end
        lambda: ('["s","a",1]\n["s","b",2]', ""),  # two in one, none in the other
        lambda: ('["s","a",1]\n["s","b",2]', '["s","c",3]'),
        lambda: ("", '["s","a",1]\n["s","b",2]'),
        lambda: ("\n", '["s","a",1]'),
        lambda: ('["s","a",', '1]\n["s","b",2]'),
    ],
)
def test_reading_many_at_once_does_not_move_their_edges(split: Callable[[], Any]) -> None:
    with pytest.raises(SdJwtError):
        parse_disclosures([encoded(text) for text in split()])


def test_spaced_json_among_compact_is_read_too() -> None:
    texts = [json.dumps(["s", "a", {"b": [1]}]), '["s","c",2]', '[ "s" , 3 ]', '["s",\n4]']

    assert [(d.name, d.value) for d in parse_disclosures([encoded(text) for text in texts])] == [
        ("a", {"b": [1]}),
        ("c", 2),
        (None, 3),
        (None, 4),
    ]
