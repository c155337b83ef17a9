"""The second coordinate of a P-256 point, against the arithmetic of cryptography."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from schemas.curve_point import y_of

P = 2**256 - 2**224 + 2**192 + 2**96 - 1


@given(st.integers(min_value=1, max_value=2**255))
def test_both_parities_of_real_keys(secret: int) -> None:
    numbers = ec.derive_private_key(secret, ec.SECP256R1()).public_key().public_numbers()
    x = numbers.x.to_bytes(32, "big")

    assert y_of(x, odd=bool(numbers.y % 2)) == numbers.y.to_bytes(32, "big")
    assert y_of(x, odd=not numbers.y % 2) == (P - numbers.y).to_bytes(32, "big")


@given(st.binary(min_size=32, max_size=32))
def test_the_same_x_have_a_point_as_in_the_library(x: bytes) -> None:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x02" + x)
    except ValueError:
        assert y_of(x, odd=False) is None
    else:
        assert y_of(x, odd=False) is not None


@pytest.mark.parametrize("x", [P, P + 5, 2**256 - 1], ids=["p", "beyond p", "all bits"])
def test_no_x_beyond_the_field(x: int) -> None:
    """5 is the x of a point, so P + 5 would be another name for it."""
    assert y_of((5).to_bytes(32, "big"), odd=False) is not None
    assert y_of(x.to_bytes(32, "big"), odd=False) is None
