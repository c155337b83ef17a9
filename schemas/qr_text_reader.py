"""The reading half of ``presentation_qr``: fills the markers in again.

What a few bytes may ask for is bounded: parts, keys to work out, and each digest once.
The text itself is capped before it comes here.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from schemas.base64url import b64url_encode
from schemas.qr_markers import (
    BINDING,
    CERTIFICATE,
    COUNTY,
    DAY_START,
    DIGEST,
    DIGESTS,
    FIRST_INDEX,
    INSTANT,
    KEY_Y,
    LAST_DAY,
    MAX_DISCLOSURES,
    MAX_KEYS,
    NAME,
    PART,
    SAME_COUNTY,
    SAME_INSTANT,
    SD_HASH,
    SIGNATURE_BYTES,
    THUMBPRINT_BYTES,
    UnknownCertificateError,
    UnreadableCodeError,
    array_of,
    digest_of,
    last_y,
    quoted,
)
from schemas.qr_values import FORM_OF, RAW_WIDTHS, decode_name, last_day_before

_MARKER: Final = re.compile(rb"\x04.|[\x00-\x08\x0b\x0c\x0e-\x1d]", re.DOTALL)
_WIDTHS: Final = {
    **RAW_WIDTHS,
    **{marker: form.width for marker, form in FORM_OF.items()},
    **dict.fromkeys((SD_HASH, SAME_INSTANT, LAST_DAY, SAME_COUNTY), 0),
    CERTIFICATE: THUMBPRINT_BYTES,
    KEY_Y: 1,
}
"""Raw bytes a marker takes; names and arrays of digests say theirs in the first byte."""


def _damaged(what: str) -> UnreadableCodeError:
    return UnreadableCodeError(f"the code is damaged: {what}")


class _Part(Struct):
    """One JSON text, being filled in."""

    text: bytes
    raws: list[bytes]
    """One for each marker in ``text``."""
    filled: bytearray
    instant: bytes = b""
    """The last one filled in, for the markers that refer to it."""
    county: bytes = b""


class TextReader:
    """Fills the markers in again; a disclosure is filled when its digest is asked for."""

    def __init__(self, stream: bytes, raw: bytes, certificates: Mapping[bytes, bytes]) -> None:
        plain, *binding = stream[1:].split(BINDING)
        texts = plain.split(PART)
        if len(texts) < 2 or len(binding) not in (0, 2):
            raise _damaged("parts are missing")
        if len(texts) > 2 + MAX_DISCLOSURES:
            raise _damaged(f"{len(texts) - 2} disclosures where {MAX_DISCLOSURES} are taken")
        self._disclosures, self._binding = len(texts) - 2, bool(binding)
        self._mask_bytes = (self._disclosures + 7) // 8
        self._raw, self._keys = memoryview(raw), 0
        self._signatures = [self._take(SIGNATURE_BYTES) for _ in range(2 if binding else 1)]
        self._parts = [self._part_of(text) for text in texts + binding]
        if self._raw:
            raise _damaged(f"{len(self._raw)} bytes are left over")
        self._certificates = certificates
        self._encoded: dict[int, str] = {}
        self._digest_of: dict[int, bytes] = {}
        self._asked: set[int] = set()
        self._sd_hash = b""
        self._fillers = {
            NAME: self._name,
            DIGEST: self._digest,
            DIGESTS: self._digests,
            SD_HASH: self._binding_digest,
            CERTIFICATE: self._certificate,
            KEY_Y: self._y,
            SAME_INSTANT: self._same_instant,
            LAST_DAY: self._last_day,
            SAME_COUNTY: self._same_county,
        }

    def presentation(self) -> str:
        """The string that was packed; errors as for ``unpack``."""
        disclosures = [self._base64url(2 + i) for i in range(self._disclosures)]
        signed = "~".join((self._jws(0, self._signatures[0]), *disclosures, ""))
        if not self._binding:
            return signed
        self._sd_hash = digest_of(signed)
        return signed + self._jws(2 + self._disclosures, self._signatures[1])

    def _jws(self, index: int, signature: bytes) -> str:
        parts = (self._base64url(index), self._base64url(index + 1), b64url_encode(signature))
        return ".".join(parts)

    # -- the raw bytes, in the order of the markers ------------------------------------

    def _take(self, count: int) -> bytes:
        if len(self._raw) < count:
            raise _damaged("its end is missing")
        taken, self._raw = bytes(self._raw[:count]), self._raw[count:]
        return taken

    def _part_of(self, text: bytes) -> _Part:
        raws = [self._raw_of(marker) for marker in _MARKER.findall(text)]
        return _Part(text, raws, bytearray())

    def _raw_of(self, marker: bytes) -> bytes:
        if marker[:1] == DIGEST:
            return marker[1:]
        if marker == NAME:
            length = self._take(1)
            return length + self._take(length[0])
        if marker == DIGESTS:
            count = self._take(1)
            return count + self._take(self._mask_bytes + 32 * count[0])
        self._keys += marker == KEY_Y
        if marker not in _WIDTHS or self._keys > MAX_KEYS:
            raise _damaged("an unknown marker, or too many keys")
        return self._take(_WIDTHS[marker])

    # -- filling in ---------------------------------------------------------------------

    def _base64url(self, index: int) -> str:
        if index not in self._encoded:
            if index in self._asked:
                raise _damaged("a disclosure names itself")
            self._asked.add(index)
            self._encoded[index] = b64url_encode(self._fill(self._parts[index]))
        return self._encoded[index]

    def _fill(self, part: _Part) -> bytes:
        at = 0
        for match, raw in zip(_MARKER.finditer(part.text), part.raws, strict=True):
            part.filled += part.text[at : match.start()]
            part.filled += self._value(match.group()[:1], raw, part)
            at = match.end()
        return bytes(part.filled + part.text[at:])

    def _value(self, marker: bytes, raw: bytes, part: _Part) -> bytes:
        if marker in RAW_WIDTHS:
            return quoted(b64url_encode(raw).encode("ascii"))
        if marker not in FORM_OF:
            return self._fillers[marker](raw, part)
        value = FORM_OF[marker].decode(raw)
        if marker in (DAY_START, INSTANT):
            part.instant = value
        elif marker == COUNTY:
            part.county = value
        return value

    def _disclosed(self, index: int) -> bytes:
        if not 0 <= index < self._disclosures:
            raise _damaged("a disclosure is missing")
        if index not in self._digest_of:
            self._digest_of[index] = digest_of(self._base64url(2 + index))
        return self._digest_of[index]

    def _digest(self, raw: bytes, _: _Part) -> bytes:
        return quoted(self._disclosed(raw[0] - FIRST_INDEX if raw else -1))

    def _digests(self, raw: bytes, _: _Part) -> bytes:
        ends = 1 + self._mask_bytes
        mask = int.from_bytes(raw[1:ends], "big")
        known = [self._disclosed(i) for i in range(mask.bit_length()) if mask >> i & 1]
        withheld = [
            b64url_encode(raw[at : at + 32]).encode("ascii") for at in range(ends, len(raw), 32)
        ]
        return array_of(sorted([*withheld, *known]))

    def _binding_digest(self, _: bytes, __: _Part) -> bytes:
        if not self._sd_hash:
            raise _damaged("a key binding's digest stands elsewhere")
        return quoted(self._sd_hash)

    def _certificate(self, key: bytes, _: _Part) -> bytes:
        der = self._certificates.get(key)
        if der is None:
            raise UnknownCertificateError(
                f"no certificate {key.hex()} is held here",
                remedy="Fetch the newest trust list; if it still fails, the code is forged.",
            )
        return quoted(b64encode(der))

    def _y(self, raw: bytes, part: _Part) -> bytes:
        y = last_y(bytes(part.filled), odd=raw == b"\x01")
        if y is None:
            raise _damaged("no such key")
        return quoted(y)

    def _name(self, raw: bytes, _: _Part) -> bytes:
        try:
            return decode_name(raw)
        except ValueError as error:
            raise _damaged("a name that is no text") from error

    def _last_day(self, _: bytes, part: _Part) -> bytes:
        return last_day_before(_needed(part.instant))

    def _same_instant(self, _: bytes, part: _Part) -> bytes:
        return _needed(part.instant)

    def _same_county(self, _: bytes, part: _Part) -> bytes:
        return _needed(part.county)


def _needed(earlier: bytes) -> bytes:
    if not earlier:
        raise _damaged("it refers to what was not there")
    return earlier
