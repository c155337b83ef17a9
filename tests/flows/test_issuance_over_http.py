"""One permit's life over a real socket: offered, fetched, suspended, lapsed, mended, revoked.

The wallet here is written against the protocol alone: it knows a link and six digits, finds
every address in the metadata, and believes only what the trust list lets it believe.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn

from issuer.app import Issuer, application_of, build_issuer
from issuer.demonstration import grant_demonstration
from issuer.desk import Desk, Grounds
from issuer.officer import ALL_ROLES, Officer
from issuer.settings import Settings
from keys.certificates import certificate_from_pem
from keys.clock import Clock, shifted_clock
from keys.holder_proof import make_proof
from keys.jws import parse_jws, verify_jws
from keys.province import Province
from keys.signing_key import new_signing_key
from keys.trust_list import read_trust_list, trusted_credential_key, trusted_status_key
from schemas.endorsement_window import day_of
from schemas.endpoint_url import well_known_url
from schemas.openid4vci import (
    AUTHORIZATION_SERVER,
    CREDENTIAL_ISSUER,
    PRE_AUTHORIZED_GRANT,
    OfferReference,
    parse_offer,
    parse_offer_uri,
)
from schemas.permit_credential import permit_payload
from schemas.sd_jwt import parse_sd_jwt
from schemas.status_list import (
    SUSPENDED,
    VALID,
    StatusReference,
    decode_status_list,
    parse_status_payload,
)

LUCHENG = "330302"
GROUNDS = Grounds("inquiry", "SC663 18")
HOLDER, OTHER = Officer("wang", LUCHENG, ALL_ROLES), Officer("li", LUCHENG, ALL_ROLES)


class World:
    """A served issuer, its officers' desk, and the calendar they share."""

    def __init__(self, base_url: str, directory: Path, issuer: Issuer) -> None:
        self.http = httpx.Client(base_url=base_url, trust_env=False)
        self.issuer = issuer
        self.root = certificate_from_pem((directory / "keys" / "root.pem").read_bytes())
        self.offset = directory / "offset"
        self.clock: Clock = shifted_clock(self.offset)
        self.desk = Desk(issuer.storage, self.clock, allow_demo_ids=True)

    def pass_time(self, span: timedelta) -> None:
        self.offset.write_text(str(int(span.total_seconds())))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    settings = Settings(
        port=port,
        base_url=base_url,
        state_dir=str(tmp_path),
        keys_dir=str(tmp_path / "keys"),
        clock_file=str(tmp_path / "offset"),
    )
    Province(tmp_path / "keys").initialise(
        issuer_url=base_url,
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:1",
        now=datetime.now(UTC),
    )
    issuer = build_issuer(settings)
    with _served(issuer, port):
        world = World(base_url, tmp_path, issuer)
        yield world
        world.http.close()


@contextmanager
def _served(issuer: Issuer, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(
            application_of(issuer), port=port, ws="none", access_log=False, log_config=None
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield
    server.should_exit = True
    thread.join()


class Wallet:
    """Takes a permit from an offer, and comes back with its refresh token."""

    def __init__(self, world: World) -> None:
        self.world = world

    def take(self, uri: str, tx_code: str) -> None:
        """Offer by reference, metadata, token."""
        reference = parse_offer_uri(uri)
        assert isinstance(reference, OfferReference)
        offer = parse_offer(self._get(reference.uri).content)
        self.identifier = offer.credential_issuer
        self.metadata = self._get(well_known_url(self.identifier, CREDENTIAL_ISSUER)).json()
        self.server = self._get(well_known_url(self.identifier, AUTHORIZATION_SERVER)).json()
        assert self.metadata["credential_issuer"] == self.server["issuer"] == self.identifier
        assert offer.grants is not None
        assert offer.grants.pre_authorized is not None
        self._token(
            {
                "grant_type": PRE_AUTHORIZED_GRANT,
                "pre-authorized_code": offer.grants.pre_authorized.pre_authorized_code,
                "tx_code": tx_code,
            }
        )

    def refresh(self) -> None:
        self._token({"grant_type": "refresh_token", "refresh_token": self.refresh_token})

    def ask(self, copies: int) -> httpx.Response:
        """Nonce, proofs, credential request."""
        nonce = self.world.http.post(self.metadata["nonce_endpoint"]).json()["c_nonce"]
        self.keys = [new_signing_key() for _ in range(copies)]
        now = self.world.clock()
        proofs = [
            make_proof(key, audience=self.identifier, nonce=nonce, now=now) for key in self.keys
        ]
        return self.world.http.post(
            self.metadata["credential_endpoint"],
            json={"credential_configuration_id": "residence_permit", "proofs": {"jwt": proofs}},
            headers={"Authorization": f"Bearer {self.access_token}"},
        )

    def verified(self, answer: httpx.Response) -> list[StatusReference]:
        """The status references of the copies, each checked as a wallet must."""
        assert answer.status_code == 200, answer.text
        now = self.world.clock()
        trust_list = read_trust_list(self._get("/trust-list").text, root=self.world.root, at=now)
        issuer = trust_list.issuer(self.identifier, on=day_of(now))
        references, bound = [], []
        for copy in answer.json()["credentials"]:
            jws = parse_jws(parse_sd_jwt(copy["credential"]).issuer_jwt, typ="dc+sd-jwt")
            verify_jws(jws, trusted_credential_key(jws, issuer, at=now))
            payload = permit_payload(msgspec.json.decode(jws.payload))
            assert payload.nbf <= now.timestamp() < payload.exp
            references.append(payload.status.status_list)
            bound.append(payload.cnf.jwk)
        own = [key.public_jwk() for key in self.keys]
        assert sorted(map(str, bound)) == sorted(map(str, own))
        return references

    def status(self, reference: StatusReference) -> int:
        """The value in the list, believed only if the county's status key signed it."""
        now = self.world.clock()
        trust_list = read_trust_list(self._get("/trust-list").text, root=self.world.root, at=now)
        issuer = trust_list.issuer(self.identifier, on=day_of(now))
        jws = parse_jws(self._get(reference.uri).text, typ="statuslist+jwt")
        verify_jws(jws, trusted_status_key(jws, issuer, at=now))
        payload = parse_status_payload(jws.payload)
        assert payload.sub == reference.uri
        return decode_status_list(payload.status_list).value(reference.idx)

    def _token(self, form: dict[str, str]) -> None:
        answer = self.world.http.post(self.server["token_endpoint"], data=form)
        assert answer.status_code == 200, answer.text
        self.access_token = answer.json()["access_token"]
        self.refresh_token = answer.json()["refresh_token"]

    def _get(self, address: str) -> httpx.Response:
        answer = self.world.http.get(address)
        assert answer.status_code == 200, answer.text
        return answer


def refused(answer: httpx.Response) -> tuple[int, Any, Any]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


async def test_a_permits_life(world: World) -> None:
    wallet = Wallet(world)
    today = day_of(world.clock())
    permit = grant_demonstration(world.issuer.storage, world.desk, on=today, counties=(LUCHENG,))[0]
    created = await world.issuer.issuance.create_offer(
        permit.number, officer=HOLDER, by_reference=True
    )

    wallet.take(created.uri, created.tx_code)
    references = wallet.verified(wallet.ask(copies=10))
    assert len({(each.uri, each.idx) for each in references}) == 10
    assert {wallet.status(each) for each in references[:2]} == {VALID}

    world.desk.suspend(permit.number, HOLDER, GROUNDS)
    assert wallet.status(references[0]) == SUSPENDED
    assert wallet.status(references[9]) == SUSPENDED
    assert refused(wallet.ask(copies=1))[:2] == (400, "credential_request_denied")

    world.desk.restore(permit.number, OTHER, GROUNDS)
    assert wallet.status(references[0]) == VALID
    (second,) = wallet.verified(wallet.ask(copies=1))
    assert second not in references

    world.pass_time(timedelta(days=430))
    Province(Path(world.offset.parent, "keys")).publish_trust_list(now=world.clock())
    assert refused(wallet.ask(copies=1))[:2] == (401, "invalid_token")
    wallet.refresh()
    status, error, sentence = refused(wallet.ask(copies=1))
    assert (status, error) == (400, "credential_request_denied")
    assert "Have it endorsed first" in sentence

    endorsed = world.desk.endorse(permit.number, HOLDER)
    assert endorsed.continuous_residence_since == day_of(world.clock())
    wallet.verified(wallet.ask(copies=2))

    world.desk.revoke(permit.number, proposed_by=HOLDER, confirmed_by=OTHER, grounds=GROUNDS)
    assert refused(wallet.ask(copies=1))[1] == "credential_request_denied"
    gone = world.http.post(
        wallet.server["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": wallet.refresh_token},
    )
    assert refused(gone) == (400, "invalid_grant", "the permit has ended")


def test_garbage_is_answered_in_json(world: World) -> None:
    for method, path, content in (
        ("GET", "/nothing", b""),
        ("PUT", f"/{LUCHENG}/token", b""),
        ("POST", f"/{LUCHENG}/token", b"\xff" * 100),
        ("POST", f"/{LUCHENG}/credential", b"\x00" * 100),
        ("POST", f"/{LUCHENG}/token", b"x" * 70_000),
    ):
        answer = world.http.request(method, path, content=content)

        assert 400 <= answer.status_code < 500
        assert answer.json().keys() == {"error", "error_description"}
        assert answer.headers["x-content-type-options"] == "nosniff"
