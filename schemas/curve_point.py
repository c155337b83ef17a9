"""The y coordinate of a P-256 point from its x and one bit [SEC1 §2.3.4].

This is packing, not cryptography: no secret is touched, and a wrong result shows itself
when the signature over the rebuilt text is checked. Keys are validated where they are
loaded, in ``keys``.
"""

from typing import Final

_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_ROOT: Final = (_P + 1) // 4  # squares have this root because P leaves 3 when divided by 4


def y_of(x: bytes, *, odd: bool) -> bytes | None:
    """The coordinate of that parity, 32 bytes; ``None`` if no point has this ``x``."""
    at = int.from_bytes(x, "big")
    square = (at * at * at - 3 * at + _B) % _P
    y = pow(square, _ROOT, _P)
    if at >= _P or y * y % _P != square:
        return None
    return (y if y % 2 == odd else _P - y).to_bytes(32, "big")
