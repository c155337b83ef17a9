"""The writing half of ``presentation_qr``: JSON texts with markers, and the raw bytes."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from typing import Final

from schemas.base64url import b64url_decode
from schemas.errors import EncodingError
from schemas.qr_markers import (
    BINDING,
    CERTIFICATE,
    CONTROL,
    DIGEST,
    DIGESTS,
    FIRST_INDEX,
    KEY_Y,
    LAST_DAY,
    MAX_KEYS,
    NAME,
    SAME_COUNTY,
    SAME_INSTANT,
    SD_HASH,
    SIGNATURE_BYTES,
    PackError,
    array_of,
    certificate_key,
    digest_of,
    last_y,
    quoted,
)
from schemas.qr_values import FORMS, RAW_MARKERS, encode_name, last_day_before

# Each pattern only proposes; what is taken out is put back byte for byte or stays. The
# words before a value keep numbers elsewhere from being taken out one by one, which costs
# more than it saves.
_VALUE: Final = re.compile(
    rb"""(?<="_sd":)(?P<digests>\["[A-Za-z0-9_-]{43}"(?:,"[A-Za-z0-9_-]{43}")*\])
    |(?P<certificate>"M[A-Za-z0-9+/]{200,}={0,2}")
    |(?P<octets>"(?:[A-Za-z0-9_-]{86}|[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{22})")
    |(?<="name",)(?P<name>"(?:\xc2\xb7|[\xe3-\xe9][\x80-\xbf]{2}|\xf0[\xa0-\xbf][\x80-\xbf]{2}){1,60}")
    |(?P<id_number>"[0-9]{17}[0-9X]")
    |(?P<id_tail>"[0-9]{3}[0-9X]")
    |(?P<date>"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    |(?<=:)(?P<instant>[1-9][0-9]{9})(?![0-9])
    |(?<="idx":)(?P<index>[0-9]{1,8})(?![0-9])
    |(?<="sequence":)(?P<sequence>[0-9]{1,3})(?![0-9])
    |(?<=["/])(?P<county>33[0-9]{4})(?=["/])""",
    re.VERBOSE,
)
_OCTETS: Final = re.compile(rb'"[A-Za-z0-9_-]{43}"')


class TextWriter:
    """Gathers text and raw bytes, part by part."""

    def __init__(self, presentation: str, disclosures: list[str]) -> None:
        self.text, self.signatures, self.raw = bytearray(), bytearray(), bytearray()
        self._index = {digest_of(encoded): i for i, encoded in enumerate(disclosures)}
        self._mask_bytes = (len(disclosures) + 7) // 8
        self._sd_hash = digest_of(presentation[: presentation.rindex("~") + 1])
        self._json, self._mark = b"", b""
        self._instant, self._county, self._keys = b"", b"", 0
        self._takers: dict[str, Callable[[bytes, int], bytes | None]] = {
            "digests": self._digests,
            "certificate": self._certificate,
            "octets": self._octets,
            "name": self._name,
            "instant": self._an_instant,
            "date": self._date,
            "county": self._a_county,
        }

    def add_jws(self, jws: str, mark: bytes) -> None:
        """Add header, payload and signature of a compact JWS.

        Raises:
            PackError: no ES256 token.
            EncodingError: not strict base64url.
        """
        parts = jws.split(".")
        if len(parts) != 3:
            raise PackError("a signed token has three parts")
        signature = b64url_decode(parts[2])
        if len(signature) != SIGNATURE_BYTES:
            raise PackError(f"a signature of {len(signature)} bytes; ES256 has 64")
        self.signatures += signature
        self.add(mark, b64url_decode(parts[0]))
        self.add(mark, b64url_decode(parts[1]))

    def add(self, mark: bytes, json: bytes) -> None:
        """Add one JSON text.

        Raises:
            PackError: it holds control characters, so it is none.
        """
        if CONTROL.search(json):
            raise PackError("not JSON: it holds control characters")
        self._json, self._mark = json, mark
        self._instant, self._county = b"", b""
        self.text += mark + _VALUE.sub(self._marker, json)

    def _marker(self, match: re.Match[bytes]) -> bytes:
        kind, text = str(match.lastgroup), match.group()
        take = self._takers.get(kind)
        marker = take(text, match.start()) if take else self._form(kind, text)
        return text if marker is None else marker

    def _form(self, kind: str, text: bytes) -> bytes | None:
        for form in FORMS[kind]:
            raw = form.encode(text)
            if raw is not None:
                self.raw += raw
                return form.marker
        return None

    def _an_instant(self, text: bytes, _: int) -> bytes | None:
        if text == self._instant:
            return SAME_INSTANT
        marker = self._form("instant", text)
        self._instant = text if marker else self._instant
        return marker

    def _a_county(self, text: bytes, _: int) -> bytes | None:
        if text == self._county:
            return SAME_COUNTY
        marker = self._form("county", text)
        self._county = text if marker else self._county
        return marker

    def _date(self, text: bytes, _: int) -> bytes | None:
        if self._instant and text == last_day_before(self._instant):
            return LAST_DAY
        return self._form("date", text)

    def _name(self, text: bytes, _: int) -> bytes:
        self.raw += encode_name(text)
        return NAME

    def _octets(self, text: bytes, at: int = 0) -> bytes | None:
        inner = text[1:-1]
        if inner in self._index:
            return DIGEST + bytes((FIRST_INDEX + self._index[inner],))
        if self._mark == BINDING and inner == self._sd_hash:
            return SD_HASH
        if at and self._json.endswith(b'"y":', 0, at) and self._is_y(self._json[:at], inner):
            return KEY_Y
        try:
            self.raw += b64url_decode(inner)
        except EncodingError:
            return None
        return RAW_MARKERS[len(inner)]

    def _is_y(self, before: bytes, y: bytes) -> bool:
        for odd in (False, True) if self._keys < MAX_KEYS else ():
            if last_y(before, odd=odd) == y:
                self.raw.append(odd)
                self._keys += 1
                return True
        return False

    def _digests(self, text: bytes, _: int) -> bytes:
        """A sorted array needs no order told: which disclosures belong to it is enough."""
        digests = text[2:-2].split(b'","')
        known = {digest for digest in digests if digest in self._index}
        withheld = [digest for digest in digests if digest not in known]
        try:
            raw = b"".join(map(b64url_decode, withheld))
        except EncodingError:
            return self._one_by_one(text)
        if array_of(sorted([*withheld, *known])) != text or len(withheld) > 255:
            return self._one_by_one(text)
        mask = sum(1 << self._index[digest] for digest in known)
        self.raw += bytes((len(withheld),)) + mask.to_bytes(self._mask_bytes, "big") + raw
        return DIGESTS

    def _one_by_one(self, text: bytes) -> bytes:
        return _OCTETS.sub(lambda match: self._octets(match.group()) or match.group(), text)

    def _certificate(self, text: bytes, _: int) -> bytes | None:
        try:
            der = b64decode(text[1:-1], validate=True)
        except Error:
            return None
        if quoted(b64encode(der)) != text:
            return None
        self.raw += certificate_key(der)
        return CERTIFICATE
