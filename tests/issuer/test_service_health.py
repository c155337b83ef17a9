"""Health tries the promise: a key that does not sign, or a register that is gone, shows."""

from pathlib import Path

import pytest

from issuer.issuance_errors import NotReadyError
from issuer.public_documents import PublicDocuments
from issuer.service_health import HealthReport, ServiceHealth
from issuer.storage import IssuerStorage
from keys.county_keys import CountyKeys
from keys.one_time import MemoryOneTimeStore
from keys.signing_key import SigningKey, SoftwareSigningKey, new_signing_key
from schemas.errors import ServiceError


class BrokenKey(SoftwareSigningKey):
    """Signs with another key than the one it says it has, like a module that lost its own."""

    def public_jwk(self) -> dict[str, str]:
        return new_signing_key().public_jwk()


@pytest.fixture
def documents(tmp_path: Path) -> PublicDocuments:
    (tmp_path / "trust-list.jwt").write_text("a.b.c")
    return PublicDocuments(tmp_path)


def keys(credential: SigningKey, status: SigningKey) -> dict[str, CountyKeys]:
    return {"330302": CountyKeys("https://permits.example/330302", credential, status)}


async def test_what_works_is_named(storage: IssuerStorage, documents: PublicDocuments) -> None:
    healthy = ServiceHealth(
        storage, MemoryOneTimeStore(), keys(new_signing_key(), new_signing_key()), documents
    )

    assert await healthy.check() == HealthReport(status="ok", counties=("330302",))


@pytest.mark.parametrize("broken", ["credential", "status"])
async def test_a_key_that_does_not_sign_shows(
    storage: IssuerStorage, documents: PublicDocuments, broken: str
) -> None:
    pair = {"credential": new_signing_key(), "status": new_signing_key()}
    pair[broken] = BrokenKey(pair[broken].private)

    with pytest.raises(NotReadyError, match="330302"):
        await ServiceHealth(storage, MemoryOneTimeStore(), keys(**pair), documents).check()


async def test_a_register_that_is_gone_shows(
    storage: IssuerStorage, documents: PublicDocuments, tmp_path: Path
) -> None:
    health = ServiceHealth(
        storage, MemoryOneTimeStore(), keys(new_signing_key(), new_signing_key()), documents
    )
    for file in tmp_path.glob("register.sqlite*"):
        file.unlink()
    storage.close()

    with pytest.raises(ServiceError):
        await health.check()


async def test_a_trust_list_that_is_gone_shows(
    storage: IssuerStorage, documents: PublicDocuments, tmp_path: Path
) -> None:
    (tmp_path / "trust-list.jwt").unlink()

    with pytest.raises(NotReadyError, match="trust list"):
        await ServiceHealth(
            storage, MemoryOneTimeStore(), keys(new_signing_key(), new_signing_key()), documents
        ).check()


class ForgetfulStore(MemoryOneTimeStore):
    """Keeps nothing, like a server that is out of memory and evicts."""

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        return None


async def test_a_store_that_forgets_shows(
    storage: IssuerStorage, documents: PublicDocuments
) -> None:
    pair = keys(new_signing_key(), new_signing_key())

    with pytest.raises(NotReadyError, match="nonces"):
        await ServiceHealth(storage, ForgetfulStore(), pair, documents).check()
