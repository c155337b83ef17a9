"""Status lists as others fetch them: signed, cached, and the same bytes for everyone.

A list is signed anew when a value in it has changed, and when half its time to live has
passed; in between every request gets the same token, so the entity tag holds and whoever
asks learns nothing but the list [TSL §8.1, §12.5]. Instants are aware, ages in seconds.
"""

from collections.abc import Mapping
from hashlib import sha256
from threading import Lock

import msgspec
from msgspec import Struct

from issuer.errors import UnknownStatusListError
from issuer.status_index import ENTRIES
from issuer.storage import IssuerStorage
from keys.clock import Clock
from keys.county_keys import CountyKeys
from keys.jws import sign_jws, x5c_header
from schemas.status_list import STATUS_LIST_TYP, StatusList, StatusListPayload

BITS = 2
"""Bits an entry: valid, invalid and suspended need two [TSL §7.1]."""
VALIDITY_S = 24 * 3600
"""How long a token is believed by those who cannot fetch a newer one, in seconds."""

_encode = msgspec.json.Encoder().encode


class PublishedList(Struct, frozen=True):
    """A status list token, and how long it may be kept."""

    token: str
    etag: str
    """Changes when the token does; without quotes."""
    max_age_s: int
    """Until its time to live runs out, in seconds."""


class _Signed(Struct, frozen=True):
    version: int
    token: str
    etag: str
    signed_at_s: int


def status_uri(issuer: str, list_number: int) -> str:
    """Where a list of a county is fetched; ``issuer`` is the county's identifier."""
    return f"{issuer}/status/{list_number}"


class StatusPublication:
    """Signs the lists of the counties in ``counties``. Safe to share between threads."""

    def __init__(
        self,
        storage: IssuerStorage,
        counties: Mapping[str, CountyKeys],
        clock: Clock,
        *,
        ttl_s: int,
        validity_s: int = VALIDITY_S,
    ) -> None:
        self._storage = storage
        self._counties = counties
        self._clock = clock
        self._ttl_s = ttl_s
        self._validity_s = validity_s
        self._signed: dict[tuple[str, int], _Signed] = {}
        self._lock = Lock()

    def addresses(self, county: str) -> tuple[str, ...]:
        """Where all lists of a county are fetched [TSL §9]; none before its first permit.

        Raises:
            UnknownStatusListError: this service does not speak for the county.
        """
        issuer = self._keys_of(county).issuer
        with self._storage.reading() as register:
            return tuple(status_uri(issuer, number) for number in register.status_lists(county))

    def token(self, county: str, list_number: int) -> PublishedList:
        """The list as it stands now. Blocks for about 10 ms when it has to be signed anew.

        Raises:
            UnknownStatusListError: this service does not speak for the county, or the
                county has no such list.
        """
        keys = self._keys_of(county)
        with self._lock:
            # The lock is held while signing: of many requests after a change, one works. The
            # clock is read inside, or whoever waited would take the token for a future one.
            now_s = int(self._clock().timestamp())
            signed = self._current(county, list_number, keys, now_s)
        return PublishedList(
            signed.token, signed.etag, max_age_s=max(0, signed.signed_at_s + self._ttl_s - now_s)
        )

    def _keys_of(self, county: str) -> CountyKeys:
        keys = self._counties.get(county)
        if keys is None:
            raise UnknownStatusListError("this service has no status lists of such a county")
        return keys

    def _current(self, county: str, list_number: int, keys: CountyKeys, now_s: int) -> _Signed:
        with self._storage.reading() as register:
            version = register.status_version(county, list_number)
            held = self._signed.get((county, list_number))
            if held and held.version == version and self._is_fresh(held, now_s):
                return held
            values = register.status_values(county, list_number)
        signed = self._sign(keys, list_number, version, values, now_s)
        self._signed[county, list_number] = signed
        return signed

    def _is_fresh(self, held: _Signed, now_s: int) -> bool:
        # A clock that was set back makes the token one of the future: sign again.
        return 0 <= now_s - held.signed_at_s < self._ttl_s / 2

    def _sign(
        self,
        keys: CountyKeys,
        list_number: int,
        version: int,
        values: Mapping[int, int],
        now_s: int,
    ) -> _Signed:
        payload = StatusListPayload(
            sub=status_uri(keys.issuer, list_number),
            iat=now_s,
            exp=now_s + self._validity_s,
            ttl=self._ttl_s,
            status_list=StatusList.from_values(BITS, ENTRIES, values).encode(),
        )
        token = sign_jws(
            _encode(payload), typ=STATUS_LIST_TYP, key=keys.status, x5c=x5c_header(keys.status)
        )
        return _Signed(version, token, sha256(token.encode("ascii")).hexdigest(), now_s)
