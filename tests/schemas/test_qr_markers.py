"""Markers: none of them in JSON, none twice, and the values they are worked out from."""

import json
from hashlib import sha256

import pytest

from schemas import qr_markers
from schemas.qr_markers import CONTROL, array_of, certificate_key, digest_of, last_y

# The base point of P-256 [SEC1]; its y is odd.
X = b"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
Y = b"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"


def test_markers_differ_and_stand_in_no_json() -> None:
    markers = [value for value in vars(qr_markers).values() if isinstance(value, bytes)]

    assert len(markers) == len(set(markers))
    assert all(len(marker) == 1 and CONTROL.fullmatch(marker) for marker in markers)
    for marker in markers:
        with pytest.raises(json.JSONDecodeError):
            json.loads(b'"' + marker + b'"')


def test_white_space_of_json_is_no_control_character() -> None:
    assert CONTROL.search(b'{\t"a":\r\n 1}') is None


def test_digest_and_thumbprint_are_sha256() -> None:
    """The digest is the example of RFC 9901 §4.2.3."""
    disclosure = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"

    assert digest_of(disclosure) == b"uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
    assert certificate_key(b"DER") == sha256(b"DER").digest()[:8]


def test_arrays_are_written_as_compact_json_is() -> None:
    assert array_of([b"a", b"b"]) == json.dumps(["a", "b"], separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("before", "odd", "y"),
    [
        pytest.param(b'{"x":"' + X + b'","y":', True, Y, id="side by side"),
        pytest.param(b'{"x":"' + X + b'","kid":"1","y":', True, Y, id="with a member between"),
        pytest.param(
            b'{"x":"' + b"A" * 42 + b'B"},{"x":"' + X + b'","y":', True, Y, id="the last x counts"
        ),
        pytest.param(b'{"y":', True, None, id="no x"),
        pytest.param(b'{"x":"' + X[:-1] + b'","y":', True, None, id="a short x"),
        pytest.param(b'{"x":"' + X[:-1] + b'Z","y":', True, None, id="bits left over"),
        pytest.param(b'{"x":"' + b"_" * 42 + b'8","y":', True, None, id="off the curve"),
    ],
)
def test_y_from_the_x_before_it(before: bytes, odd: bool, y: bytes | None) -> None:
    assert last_y(before, odd=odd) == y
    assert y is None or last_y(before, odd=not odd) not in (None, y)
