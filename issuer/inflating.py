"""Unpacking with a cap: how large deflated bytes become, without holding what comes out."""

import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

_STEP: Final = 256 * 1024
"""Bytes that come out at once, which is all that is held of them."""


class Inflated(NamedTuple):
    """What unpacking would make of some bytes."""

    size: int
    """How many bytes come out, counted no further than one over the cap."""
    whole: bool
    """Whether the packed bytes were sound and complete, as far as they were unpacked."""


def inflated_size(
    packed: bytes, *, cap: int, see: Callable[[bytes], object] | None = None
) -> Inflated:
    """The size of what comes out; unpacking stops behind ``cap``, or where it cannot go on.

    ``see`` is shown what comes out, a piece at a time.
    """
    unpacker, size, rest = zlib.decompressobj(), 0, packed
    while not unpacker.eof and size <= cap:
        try:
            out = unpacker.decompress(rest, min(_STEP, cap + 1 - size))
        except zlib.error:
            return Inflated(size, whole=False)
        size += len(out)
        if see is not None:
            see(out)
        rest = unpacker.unconsumed_tail
        if not (out or rest or unpacker.eof):
            return Inflated(size, whole=False)
    return Inflated(size, whole=True)


def inflated(packed: bytes, *, cap: int) -> bytes | None:
    """What comes out, at most ``cap`` bytes of it; None where the packed bytes are not sound."""
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(packed, cap)
    except zlib.error:
        return None
    return out if unpacker.eof or len(out) >= cap else None
