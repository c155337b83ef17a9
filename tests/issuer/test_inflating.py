"""Unpacking stops where it was told to, and holds little on its way."""

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.inflating import Inflated, inflated, inflated_size


@given(st.binary(max_size=5000), st.integers(0, 6000))
def test_the_size_is_the_one_that_comes_out_up_to_the_cap(data: bytes, cap: int) -> None:
    found = inflated_size(zlib.compress(data), cap=cap)

    assert found.size == min(len(data), cap + 1)
    assert found.whole


@given(st.binary(min_size=1, max_size=2000), st.data())
def test_what_is_cut_off_is_not_whole(data: bytes, draw: st.DataObject) -> None:
    packed = zlib.compress(data)
    cut = packed[: draw.draw(st.integers(0, len(packed) - 1))]
    found = inflated_size(cut, cap=10_000)

    assert not found.whole
    assert found.size <= len(data)
    assert inflated(cut, cap=10_000) is None


@given(st.binary(max_size=500))
def test_any_bytes_have_some_answer(data: bytes) -> None:
    assert inflated_size(data, cap=1000).size <= 1001
    inflated(data, cap=1000)


@pytest.mark.parametrize("packed", [b"", b"not deflated", b"\x78\x9c"])
def test_what_is_no_packed_data(packed: bytes) -> None:
    assert inflated_size(packed, cap=10) == Inflated(0, whole=False)


def test_a_bomb_is_left_alone_behind_the_cap_and_costs_no_memory() -> None:
    bomb = zlib.compress(bytes(200_000_000))
    tracemalloc.start()
    try:
        assert inflated_size(bomb, cap=1_000_000).size == 1_000_001
        assert inflated_size(bomb, cap=150_000_000).size == 150_000_001
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 5_000_000


def test_what_comes_out_whole_or_up_to_the_cap() -> None:
    packed = zlib.compress(b"x" * 100)

    assert inflated(packed, cap=1000) == b"x" * 100
    assert inflated(packed, cap=10) == b"x" * 10


def test_what_comes_out_is_shown_piece_by_piece() -> None:
    data = bytes(range(256)) * 3000
    seen: list[bytes] = []
    inflated_size(zlib.compress(data), cap=len(data), see=seen.append)

    assert b"".join(seen) == data
    assert max(map(len, seen)) <= 256 * 1024
