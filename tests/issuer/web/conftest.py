"""A whole issuer on real keys and a real database, and a wallet's side of the protocol."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.app import Issuer, application_of, build_issuer
from issuer.permit import Permit
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from keys.holder_proof import make_proof
from keys.province import Province
from keys.signing_key import SigningKey, new_signing_key
from schemas.endorsement_window import day_of

LUCHENG, PINGYANG = "330302", "330326"
BASE_URL = "http://127.0.0.1:8101"
CODE_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


class Wallet:
    """Speaks the protocol with one county; every part of a request can be changed."""

    def __init__(self, http: AsyncTestClient[Litestar], issuer: Issuer, number: str) -> None:
        self.http = http
        self.issuer = issuer
        self.number = number
        self.county = LUCHENG

    async def offered(self) -> tuple[str, str]:
        """Code and transaction code of a new offer."""
        created = await self.issuer.issuance.create_offer(self.number, officer=None)
        offer = json.loads(parse_qs(urlsplit(created.uri).query)["credential_offer"][0])
        return offer["grants"][CODE_GRANT]["pre-authorized_code"], created.tx_code

    async def token(self, **form: str) -> httpx.Response:
        named = {name.replace("pre_authorized", "pre-authorized"): v for name, v in form.items()}
        return await self.http.post(f"/{self.county}/token", data=named)

    async def access_token(self) -> str:
        code, tx_code = await self.offered()
        answer = await self.token(grant_type=CODE_GRANT, pre_authorized_code=code, tx_code=tx_code)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def nonce(self) -> str:
        return str((await self.http.post(f"/{self.county}/nonce")).json()["c_nonce"])

    def proof(self, nonce: str, key: SigningKey | None = None) -> str:
        now = datetime.now(UTC)
        audience = f"{BASE_URL}/{self.county}"
        return make_proof(key or new_signing_key(), audience=audience, nonce=nonce, now=now)

    async def request(self, copies: int = 1, **changed: Any) -> dict[str, Any]:
        nonce = await self.nonce()
        return {
            "credential_configuration_id": "residence_permit",
            "proofs": {"jwt": [self.proof(nonce) for _ in range(copies)]},
            **changed,
        }

    async def credential(self, token: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.post(f"/{self.county}/credential", json=body, headers=headers)


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    Province(directory).initialise(
        issuer_url=BASE_URL,
        counties=[LUCHENG, PINGYANG],
        verifier_url="http://127.0.0.1:8102",
        now=datetime.now(UTC),
    )
    return directory


@pytest.fixture
def issuer(tmp_path: Path, keys_dir: Path) -> Issuer:
    settings = Settings(
        state_dir=str(tmp_path),
        keys_dir=str(keys_dir),
        base_url=BASE_URL,
        batch_size=3,
        clock_file=str(tmp_path / "offset"),
    )
    return build_issuer(settings)


@pytest.fixture
def storage(issuer: Issuer) -> IssuerStorage:
    return issuer.storage


@pytest.fixture
async def http(issuer: Issuer) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = application_of(issuer)
    async with AsyncTestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def today() -> date:
    """The service runs on the machine's own clock."""
    return day_of(datetime.now(UTC))


@pytest.fixture
def wallet(http: AsyncTestClient[Litestar], issuer: Issuer, permit: Permit) -> Wallet:
    return Wallet(http, issuer, permit.number)
