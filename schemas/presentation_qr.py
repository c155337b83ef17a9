"""A whole presentation, SD-JWT VC with key binding, in one QR code a counter can read.

As a string it would need a code of version 31 and more. Taken apart it fits one of 13 to
18: what is random stays raw bytes, what the reader can work out is left out, and the
rest, which all permits share, is compressed against a text that both sides hold.

    "ZJ1:" base45( deflate(text) raw ) ":"

``text`` is the JSON of each part, to the letter, with markers in place of

    01 02 03   a base64url string of 16, 32, 64 bytes           its bytes go to raw
    04 n       the digest of the n-th disclosure                worked out again
    05         sd_hash                                          worked out again
    06         a certificate of x5c                             8 bytes of its SHA-256 to raw
    07         the y of a P-256 key                             1 byte, odd or even, to raw
    08         a sorted array of digests                        to raw: how many are withheld,
                                                                which disclosures are in it,
                                                                the digests withheld
    0B 0C      an instant: start of a Shanghai day, any other   2, 4 bytes to raw
    0E 10      the same instant again; the last day before it   worked out again
    0F         a date                                           2 bytes to raw
    11 12      index, sequence                                  3, 1 bytes to raw
    13 14      a county's code; the same again                  2, 0 bytes to raw
    15 16      end of a citizen number, the whole of it         2, 8 bytes to raw
    17         a name                                           length and UTF-16 to raw

Valid JSON holds none of these control characters. Parts begin with 1F, those of the key
binding with 1E. ``raw`` is the signatures, then what the markers took out, in order. The
colon at the end tells a code that a scanner cut off, and keeps a last space from being
trimmed. With the values gone, the texts of all permits are alike, and deflate leaves
some ten bytes of them.

Unpacking gives back the exact string or an error; that nothing was changed on the way is
proven by the signatures over it, which the caller checks next.
"""

import re
import zlib
from collections.abc import Mapping
from typing import Final

from schemas.base45 import base45_decode, base45_encode
from schemas.base64url import b64url_decode
from schemas.errors import EncodingError
from schemas.foreign_code import kind_of_foreign
from schemas.qr_dictionary import DICTIONARY_1
from schemas.qr_markers import (
    BINDING,
    MAX_DISCLOSURES,
    PART,
    ForeignCodeError,
    PackError,
    UnknownCertificateError,
    UnreadableCodeError,
    UnsupportedVersionError,
    certificate_key,
)
from schemas.qr_text_reader import TextReader
from schemas.qr_text_writer import TextWriter

__all__ = [
    "ForeignCodeError",
    "PackError",
    "UnknownCertificateError",
    "UnreadableCodeError",
    "UnsupportedVersionError",
    "certificate_key",
    "pack",
    "unpack",
]

PREFIX: Final = "ZJ1:"
END: Final = ":"
MAX_CHARACTERS: Final = 4296
"""What the largest QR code holds in alphanumeric mode [QR §7.4.10]."""
MAX_TEXT_BYTES: Final = 16 * 1024
"""Cap on the inflated text; that of a permit has some 600 bytes."""
_VERSION: Final = re.compile(r"ZJ[0-9]{1,2}:")


def pack(presentation: str) -> str:
    """The text for a QR code, in the characters of its alphanumeric mode only.

    Raises:
        PackError: not a presentation in strict base64url, signatures of another length
            than ES256 has, more than 64 disclosures, or too much for any code.
    """
    jwt, *disclosures, binding = _split(presentation)
    if len(disclosures) > MAX_DISCLOSURES:
        raise PackError(f"{len(disclosures)} disclosures where a code holds {MAX_DISCLOSURES}")
    writer = TextWriter(presentation, disclosures)
    try:
        writer.add_jws(jwt, PART)
        for disclosure in disclosures:
            writer.add(PART, b64url_decode(disclosure))
        if binding:
            writer.add_jws(binding, BINDING)
    except EncodingError as error:
        raise PackError(f"not a presentation: {error.detail}") from error
    if len(writer.text) > MAX_TEXT_BYTES:
        raise _too_much(f"{len(writer.text)} bytes of text where a code takes {MAX_TEXT_BYTES}")
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARY_1)
    deflated = squeeze.compress(bytes(writer.text)) + squeeze.flush()
    text = PREFIX + base45_encode(deflated + bytes(writer.signatures + writer.raw)) + END
    if len(text) > MAX_CHARACTERS:
        raise _too_much(f"{len(text)} characters where the largest code holds {MAX_CHARACTERS}")
    return text


def _too_much(detail: str) -> PackError:
    return PackError(detail, remedy="Show fewer claims; a portrait does not fit a code.")


def unpack(text: str, *, certificates: Mapping[bytes, bytes]) -> str:
    """The presentation inside a code's text, exactly as it was packed.

    Args:
        text: as scanned; a line end after it and a scanner's caps lock do no harm.
        certificates: DER by ``certificate_key``: those the reader holds.

    Raises:
        ForeignCodeError, UnsupportedVersionError: not a code of this kind.
        UnreadableCodeError: cut off or damaged.
        UnknownCertificateError: the issuer's certificate is not among ``certificates``.
    """
    data = _payload_of(text)
    inflate = zlib.decompressobj(-15, zdict=DICTIONARY_1)
    try:
        stream = inflate.decompress(data, MAX_TEXT_BYTES)
    except zlib.error as error:
        raise UnreadableCodeError("the code is damaged") from error
    if not inflate.eof or not stream.startswith(PART):
        raise UnreadableCodeError("the code is damaged or was cut off")
    return TextReader(stream, inflate.unused_data, certificates).presentation()


def _payload_of(text: str) -> bytes:
    text = text.strip("\r\n\t ")
    if len(text) > MAX_CHARACTERS:
        raise ForeignCodeError(f"a text of {len(text)} characters is no permit's code")
    # Only where the beginning is known: a scanner with caps lock on types small letters.
    beginning = text[:5].upper()
    if not beginning.startswith(PREFIX):
        if _VERSION.match(beginning):
            raise UnsupportedVersionError(
                "a permit's code of another version", remedy="Update this counter's software."
            )
        raise ForeignCodeError(
            f"this is {kind_of_foreign(text)}, not a permit's code",
            remedy="Ask for the permit's code: wallet, residence permit, show.",
        )
    text = text.upper()
    if len(text) <= len(PREFIX) or not text.endswith(END):
        raise UnreadableCodeError("the end of the code is missing")
    try:
        return base45_decode(text[len(PREFIX) : -len(END)])
    except EncodingError as error:
        raise UnreadableCodeError(f"the code is damaged: {error.detail}") from error


def _split(presentation: str) -> list[str]:
    parts = presentation.split("~")
    if len(parts) < 2 or not presentation.isascii():
        raise PackError("not a presentation: no tilde, or characters beyond ASCII")
    return parts
