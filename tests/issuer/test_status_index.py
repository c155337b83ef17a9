"""The permutation: no place twice, none left out, none to be guessed from its neighbours."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.status_index import ENTRIES, KEY_BYTES, permuted

KEY = bytes(range(KEY_BYTES))
keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(keys, st.integers(1, 4))
def test_it_is_a_bijection_under_every_key(key: bytes, half_bits: int) -> None:
    size = 1 << (2 * half_bits)

    assert sorted(permuted(n, key, half_bits=half_bits) for n in range(size)) == list(range(size))


def test_in_a_list_of_full_size_the_first_places_differ_and_are_scattered() -> None:
    places = [permuted(counter, KEY) for counter in range(2000)]

    assert len(set(places)) == 2000
    assert all(0 <= place < ENTRIES for place in places)
    # One after the other happens to about one pair in half a million at random.
    assert sum(abs(a - b) == 1 for a, b in pairwise(places)) < 3
    # Every sixteenth of the list gets its share, within wide bounds.
    shares = [sum(place * 16 // ENTRIES == part for place in places) for part in range(16)]
    assert min(shares) > 75


def test_another_key_scatters_differently() -> None:
    other = bytes(KEY_BYTES)

    assert [permuted(n, KEY) for n in range(20)] != [permuted(n, other) for n in range(20)]


@pytest.mark.parametrize(("counter", "key"), [(-1, KEY), (ENTRIES, KEY), (0, b""), (0, KEY[1:])])
def test_refuses_what_has_no_place(counter: int, key: bytes) -> None:
    with pytest.raises(ValueError, match="no place"):
        permuted(counter, key)
