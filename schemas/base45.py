"""Base45: bytes as text for the alphanumeric mode of a QR code [RFC9285].

Two bytes become three of 45 characters, which that mode stores in 16.5 bits. There are no
small letters among them, so a desk scanner that types what it reads can do no harm with
the state of a shift key.
"""

import struct
from typing import Final

from schemas.errors import EncodingError

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PAIRS: Final = [low + high for high in ALPHABET for low in ALPHABET]
_NO_VALUE: Final = 0xFF
_VALUES: Final = bytes(
    ALPHABET.index(chr(code)) if chr(code) in ALPHABET else _NO_VALUE for code in range(256)
)


def base45_encode(data: bytes) -> str:
    """The text of ``data``."""
    numbers = struct.unpack_from(f">{len(data) // 2}H", data)
    text = "".join([_PAIRS[number % 2025] + ALPHABET[number // 2025] for number in numbers])
    return text + _PAIRS[data[-1]] if len(data) % 2 else text


def base45_decode(text: str) -> bytes:
    """The bytes of ``text``.

    Raises:
        EncodingError: another character, an impossible length, or a group of characters
            that stands for no bytes.
    """
    try:
        values = text.encode("latin-1").translate(_VALUES)
    except UnicodeEncodeError as error:
        raise EncodingError("a character that base45 does not have") from error
    if _NO_VALUE in values:
        raise EncodingError("a character that base45 does not have")
    if len(values) % 3 == 1:
        raise EncodingError("base45 of an impossible length: something was cut off")
    groups = zip(values[::3], values[1::3], values[2::3], strict=False)
    numbers = [low + 45 * middle + 2025 * high for low, middle, high in groups]
    if max(numbers, default=0) > 0xFFFF:
        raise EncodingError("three characters of base45 that stand for no two bytes")
    data = struct.pack(f">{len(numbers)}H", *numbers)
    return data + _last_byte(values[-2:]) if len(values) % 3 else data


def _last_byte(pair: bytes) -> bytes:
    number = pair[0] + 45 * pair[1]
    if number > 0xFF:
        raise EncodingError("two characters of base45 that stand for no byte")
    return bytes((number,))
