"""Health that tests the promise, not the process.

What an issuer promises is to sign for its counties out of its register. So the check asks
the register a question, keeps and takes a one-time value, signs with every key and verifies
what came out; a process that answers but could not issue is not healthy.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from issuer.issuance_errors import NotReadyError
from issuer.issuance_secrets import new_secret
from issuer.public_documents import PublicDocuments
from issuer.storage import IssuerStorage
from keys.county_keys import CountyKeys
from keys.jws import parse_jws, public_key_from_jwk, sign_jws, verify_jws
from keys.one_time import OneTimeStore
from keys.signing_key import SigningKey
from schemas.errors import ServiceError

PROBE_TYP: Final = "health-probe+jwt"
"""A type nobody takes for a credential or a status list."""
PROBE_TTL_S: Final = 10


class HealthReport(Struct, frozen=True):
    """What was found working."""

    status: str
    counties: tuple[str, ...]


class ServiceHealth:
    """Tries what the service promises."""

    def __init__(
        self,
        storage: IssuerStorage,
        one_time: OneTimeStore,
        counties: Mapping[str, CountyKeys],
        documents: PublicDocuments,
    ) -> None:
        self._storage = storage
        self._one_time = one_time
        self._counties = counties
        self._documents = documents

    async def check(self) -> HealthReport:
        """The report, when all is well.

        Raises:
            NotReadyError: naming the first thing that does not work; the register and the
                one-time store raise errors of their own.
        """
        probe = f"health:{new_secret()}"
        await self._one_time.put(probe, b"", PROBE_TTL_S)
        if await self._one_time.take(probe) is None:
            raise NotReadyError("the store of nonces does not keep what it is given")
        await asyncio.to_thread(self._try_register_and_keys)
        return HealthReport(status="ok", counties=tuple(sorted(self._counties)))

    def _try_register_and_keys(self) -> None:
        with self._storage.reading() as register:
            for county, keys in self._counties.items():
                register.status_lists(county)
                _try_keys(county, (keys.credential, keys.status))
        self._documents.trust_list()


def _try_keys(county: str, keys: Iterable[SigningKey]) -> None:
    try:
        for key in keys:
            probe = parse_jws(sign_jws(b"{}", typ=PROBE_TYP, key=key), typ=PROBE_TYP)
            verify_jws(probe, public_key_from_jwk(key.public_jwk()))
    except ServiceError as error:
        raise NotReadyError(f"a key of county {county} does not sign: {error.code}") from error
