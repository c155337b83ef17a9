"""Which place of a status list the n-th credential gets: a keyed permutation.

A counter never repeats, but tells how many permits there are and which were issued
together [TSL §13.2]. A permutation of it, under a key that only the issuer's database
holds, keeps the first and loses the second, in constant time and without a table: four
Feistel rounds over two halves, which is a bijection whatever the round function does.
"""

from hashlib import blake2b

HALF_BITS = 10
"""Bits in each half; a list has 2 ** (2 * HALF_BITS) = 1,048,576 entries."""
ENTRIES = 1 << (2 * HALF_BITS)
KEY_BYTES = 32
_ROUNDS = 4


def permuted(counter: int, key: bytes, *, half_bits: int = HALF_BITS) -> int:
    """The place for ``counter``; both lie in 0 … 2 ** (2 * half_bits) - 1.

    Raises:
        ValueError: the counter lies outside, or the key is not ``KEY_BYTES`` long.
    """
    if not 0 <= counter < 1 << (2 * half_bits) or len(key) != KEY_BYTES:
        raise ValueError(f"no place for counter {counter} with a key of {len(key)} bytes")
    mask = (1 << half_bits) - 1
    left, right = counter >> half_bits, counter & mask
    for number in range(_ROUNDS):
        left, right = right, left ^ (_round(number, right, key) & mask)
    return left << half_bits | right


def _round(number: int, half: int, key: bytes) -> int:
    message = bytes((number,)) + half.to_bytes(4, "big")
    return int.from_bytes(blake2b(message, digest_size=4, key=key).digest(), "big")
