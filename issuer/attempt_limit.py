"""How often something may be tried: so many times in a sliding window, across processes.

Each try takes one of a fixed number of places, and a place is free again when its time is
over. Taking one is atomic in the store, so two tries at once cannot share a place, and a store
that cannot be reached lets nobody through.
"""

from hashlib import sha256
from ipaddress import IPv6Network, ip_address

from keys.one_time import OneTimeStore
from schemas.errors import ServiceError


class TooManyAttemptsError(ServiceError):
    """All places are taken; the remedy says how long to wait."""

    code = "too_many_attempts"
    http_status = 429


def place_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or a whole IPv6 network of 64 bits.

    Whoever has one address of such a network has all of them.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))


class AttemptLimit:
    """Counts tries by who makes them.

    Args:
        store: shared by all processes that count together.
        name: what is tried; limits of other names count apart.
        tries: how many in one window.
        window_s: how long a try counts, in seconds.
    """

    def __init__(self, store: OneTimeStore, name: str, *, tries: int, window_s: int) -> None:
        self._store = store
        self._name = name
        self._tries = tries
        self._window_s = window_s

    async def spend(self, who: str) -> None:
        """Take a place for one try of ``who``, a name that is kept as a digest only.

        Raises:
            TooManyAttemptsError: none is free.
            keys.errors.TrustError: the store is full or cannot be reached.
        """
        digest = sha256(who.encode()).hexdigest()[:32]
        for place in range(self._tries):
            if await self._store.claim(f"try:{self._name}:{digest}:{place}", self._window_s):
                return
        raise TooManyAttemptsError(
            "this was tried too often",
            remedy=f"Wait {-(-self._window_s // 60)} minutes, or come to the counter.",
        )
