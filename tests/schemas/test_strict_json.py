"""Strict JSON: one meaning, bounded, or an error; never a third thing."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import EncodingError, TooLargeError
from schemas.strict_json import MAX_DEPTH, decode_json, decode_object

CAP = 100_000

# Characters without surrogates: those have no UTF-8, so no JSON text holds them.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * levels + closing * levels).encode()


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_what_was_written_comes_back(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()

    assert decode_json(text, max_bytes=CAP) == value


@given(values)
def test_compact_text_comes_back(value: Any) -> None:
    """The quick path."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    assert decode_json(text, max_bytes=CAP) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_json_to_the_standard_library_too_or_refused(data: bytes) -> None:
    try:
        value = decode_json(data, max_bytes=CAP)
    except EncodingError:
        return
    assert json.loads(data.decode("utf-8")) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b" \t\r\n{ } \n", {}),
        (b'"\\u5c45\\u4f4f"', "居住"),
        ('"居住"'.encode(), "居住"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\u0000"', "\0"),
        (b'"\\/"', "/"),
        (b'"\x7f"', "\x7f"),
        (b"-0", 0),
        (b"18446744073709551615", 2**64 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"18446744073709551617", 2**64 + 1),  # exactly; ranges are the shapes' business
        (b"-9223372036854775809", -(2**63) - 1),
        (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
        (b'[{"a":1},{"a":1}]', [{"a": 1}, {"a": 1}]),
        (b'{"a":{"a":{"a":1}}}', {"a": {"a": {"a": 1}}}),
        (b'{"":{"":0}}', {"": {"": 0}}),
        ('{"é":1,"e\u0301":2}'.encode(), {"é": 1, "e\u0301": 2}),  # names are not normalised
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    assert decode_json(text, max_bytes=CAP) == value


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"b":2,"a":3}',
        b'{"a":1,"\\u0061":2}',  # the same name, written in another way
        b'{ "a": 1, "a": 2 }',
        b'{"x":{"a":1,"a":2}}',
        b'[[{"a":1,"a":2}]]',
        b'{"":1,"":2}',
        b'{"a":{},"a":{"b":1}}',
        b'{"cnf":{"jwk":{}},"cnf":{"jwk":{"kty":"EC"}}}',
        '{"居":1,"\\u5c45":2}'.encode(),
        b'{"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2}',
    ],
)
def test_a_member_stands_there_once(text: bytes) -> None:
    with pytest.raises(EncodingError, match="twice"):
        decode_json(text, max_bytes=CAP)


@given(st.dictionaries(texts, scalars, min_size=1, max_size=5), st.data())
def test_a_repeated_member_is_found_wherever_it_stands(
    members: dict[str, Any], data: st.DataObject
) -> None:
    pairs = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members.items()]
    repeated = data.draw(st.sampled_from(sorted(members)))
    at = data.draw(st.integers(0, len(pairs)))
    pairs.insert(at, f"{json.dumps(repeated)}:0")

    with pytest.raises(EncodingError, match="twice"):
        decode_json(("{" + ",".join(pairs) + "}").encode(), max_bytes=CAP)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf{}",  # byte order mark
        b"{}{}",
        b"{} x",
        b"nul",
        b"True",
        b"undefined",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"[NaN]",
        b'{"a":NaN}',
        b"1e400",
        b"[-1e400]",
        b"01",
        b"+1",
        b"1.",
        b".5",
        b"0x10",
        b"1_000",
        b"1" * 5000,
        b"'a'",
        b"{a:1}",
        b"[1,]",
        b'{"a":1,}',
        b'{"a" 1}',
        b"[1 2]",
        b"// comment\n1",
        b"/**/1",
        b'"a\nb"',  # control characters stand escaped
        b'"a\tb"',
        b'"\x00"',
        b'"\\x41"',
        b'"\\u00"',
        b'"\\ud800"',  # half a character
        b'"\\udc00x"',
        b'["\\ud83d"]',
        b'"\\ud83d\\u0041"',
        b'"\\ud800\\ud800"',
        b'"\\ude00\\ud83d"',
        b'{"\\ud800":1}',
        b'"\xff"',
        b'"\xc0\xaf"',  # a slash, overlong
        b'"\xed\xa0\x80"',  # a surrogate in UTF-8
        b'"\xf4\x90\x80\x80"',  # beyond the last character
        b'{"a":"\xff"}',
        '"居"'.encode("utf-16"),
        '"居"'.encode("gb18030"),
        b'"abc',
        b"[[1]",
        b"]",
    ],
)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(EncodingError) as caught:
        decode_json(text, max_bytes=CAP)

    assert caught.value.code == "bad_encoding"


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(EncodingError) as caught:
        decode_json(b'{"name":"Lin Yangli","name":"Lin Yangli"', max_bytes=CAP)

    assert "Lin" not in str(caught.value)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_ends_at_the_cap(opening: str, closing: str) -> None:
    def text(levels: int) -> bytes:
        return (opening * levels + "0" + closing * levels).encode()

    decode_json(text(MAX_DEPTH), max_bytes=CAP)
    decode_json(b"[" + text(MAX_DEPTH - 1) + b",[],{}]", max_bytes=CAP)
    with pytest.raises(TooLargeError, match="nested deeper"):
        decode_json(text(MAX_DEPTH + 1), max_bytes=CAP)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 90_000,
        nested(45_000),
        b'{"a":' * 18_000,
        b'["\\"' + b"[" * 90_000,  # behind a string that never ends
        b"[" * 33 + b'"' + b'\\"' * 1_000,
    ],
)
def test_deep_or_broken_nesting_never_overruns_the_stack(text: bytes) -> None:
    with pytest.raises((TooLargeError, EncodingError)):
        decode_json(text, max_bytes=CAP)


@pytest.mark.parametrize(
    "value",
    [
        [[]] * 1_000,  # many brackets, side by side
        "[" * 1_000,  # brackets inside a string
        {"{[": "[{" * 100, "\\": '"[' * 100},
        ["\\", "[" * 100, '\\"', "{" * 100],
    ],
)
def test_brackets_that_do_not_nest_are_no_depth(value: Any) -> None:
    text = json.dumps(value).encode()

    assert decode_json(text, max_bytes=CAP) == value


def test_strings_cannot_hide_nesting() -> None:
    hidden = b'["a","\\\\",' + nested(MAX_DEPTH) + b',"\\"]]]]"]'

    with pytest.raises(TooLargeError, match="nested deeper"):
        decode_json(hidden, max_bytes=CAP)


@given(values)
def test_the_cap_on_bytes_is_exact(value: Any) -> None:
    text = json.dumps(value).encode()

    decode_json(text, max_bytes=len(text))
    with pytest.raises(TooLargeError) as caught:
        decode_json(text, max_bytes=len(text) - 1)

    assert caught.value.http_status == 413


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(TooLargeError, match="11 bytes"):
        decode_json(b"not json at", max_bytes=10)


def test_an_object_is_an_object() -> None:
    assert decode_object(b'{"a":[1]}', max_bytes=CAP) == {"a": [1]}


@pytest.mark.parametrize("text", [b"[]", b'"a"', b"1", b"1.5", b"true", b"null", b'[{"a":1}]'])
def test_another_value_is_no_object(text: bytes) -> None:
    with pytest.raises(EncodingError, match="object is expected"):
        decode_object(text, max_bytes=CAP)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_not_rounded(number: float) -> None:
    found = decode_json(repr(number).encode(), max_bytes=CAP)

    assert found == number
    assert math.copysign(1, found) == math.copysign(1, number)
