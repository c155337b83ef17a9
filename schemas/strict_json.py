"""JSON from strangers: capped before parsing, and with one meaning only.

JSON lets a member appear twice and leaves open which one counts; two readers of one
signed text could then disagree about what was signed. Here a repeated member, invalid
UTF-8, a lone surrogate, NaN and nesting beyond a cap are errors [RFC8725 §2.4].
"""

import json
import re
from typing import Any, NoReturn

import msgspec

from schemas.errors import EncodingError, TooLargeError

MAX_DEPTH = 32
"""Levels of nesting. Permits use 4; type metadata and queries stay below 12."""

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
# Possessive, and content with an end that is missing: a string that never ends must not
# be tried again from each of its quotes.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def decode_json(data: bytes, *, max_bytes: int) -> Any:
    """The value of ``data``, at most ``max_bytes`` bytes long.

    Raises:
        TooLargeError: longer than ``max_bytes`` or nested deeper than ``MAX_DEPTH``.
        EncodingError: not JSON, or JSON that could be read in two ways.
    """
    if len(data) > max_bytes:
        raise TooLargeError(f"{len(data)} bytes of JSON where at most {max_bytes} are taken")
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        raise TooLargeError(f"JSON nested deeper than {MAX_DEPTH} levels")
    try:
        value = _decode(data)
        # Compact JSON, which is what nearly everyone sends, comes out as it went in; then
        # nothing was lost and no member stood there twice. All else takes the slow path.
        if _encode(value) == data:
            return value
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object_once, parse_constant=_no_constant)
        _encode(value)  # a lone surrogate cannot be written back
    except (ValueError, OverflowError, RecursionError) as error:
        raise EncodingError(f"not JSON with one meaning: {_reason(error)}") from error
    return value


def decode_object(data: bytes, *, max_bytes: int) -> dict[str, Any]:
    """As ``decode_json``, for a text that must be a JSON object."""
    value = decode_json(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise EncodingError(f"a JSON object is expected here, this is {type(value).__name__}")
    return value


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands there twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _depth(data: bytes) -> int:
    """Deepest nesting, counting brackets outside strings."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _reason(error: Exception) -> str:
    # Parser messages quote positions only; values stay out of logs.
    return "nested too deep" if isinstance(error, RecursionError) else str(error)
