"""Issuance on a real register: what a wallet gets, and what a refused request leaves behind."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from issuer.issuance import Issuance
from issuer.issuance_errors import (
    CredentialDeniedError,
    InsufficientScopeError,
    InvalidTokenError,
    NotServedError,
    UnknownConfigurationError,
)
from issuer.issuance_secrets import digest_of
from issuer.mass_act import Criteria
from issuer.permit import Permit, Revocation, Suspension
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from keys.certificates import certificate_from_pem
from keys.county_keys import CountyKeys, load_county_keys
from keys.errors import NonceError, ProofError
from keys.holder_proof import make_proof
from keys.jws import jwk_thumbprint, parse_jws, public_key_from_jwk, verify_jws, x5c_of
from keys.one_time import MemoryOneTimeStore
from keys.province import Province
from keys.signing_key import SigningKey, new_signing_key
from keys.x5c import trusted_leaf
from schemas.disclosed_claims import process_payload
from schemas.disclosure import parse_disclosure
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError
from schemas.openid4vci import CredentialOffer, CredentialRequest, Proofs, parse_offer_uri
from schemas.permit_credential import CLAIM_PATHS, PASS_CLAIMS, PROTECTED_CLAIMS
from schemas.sd_jwt import SdJwt, parse_sd_jwt

LUCHENG = "330302"
BASE_URL = "https://permits.example"
ISSUER = f"{BASE_URL}/{LUCHENG}"
SETTINGS = Settings(base_url=BASE_URL)
NOW = datetime(2026, 11, 23, 2, 34, 56, tzinfo=UTC)


class Bench:
    """An issuer whose time a test sets, and a wallet that has its access token."""

    def __init__(self, storage: IssuerStorage, keys: CountyKeys, permit: Permit) -> None:
        self.now = NOW
        self.permit = permit
        self.storage = storage
        self.one_time = HookedStore(lambda: self.now.timestamp())
        self.issuance = Issuance(
            storage=storage,
            one_time=self.one_time,
            counties={LUCHENG: keys},
            clock=lambda: self.now,
            settings=SETTINGS,
        )

    async def access_token(self) -> str:
        created = await self.issuance.create_offer(self.permit.number, officer=None)
        offer = parse_offer_uri(created.uri)
        assert isinstance(offer, CredentialOffer)
        assert offer.grants is not None
        assert offer.grants.pre_authorized is not None
        code = offer.grants.pre_authorized.pre_authorized_code
        return (await self.issuance.redeem(LUCHENG, code, created.tx_code)).access_token

    async def request(
        self, *keys: SigningKey, configuration: str = "residence_permit"
    ) -> CredentialRequest:
        nonce = (await self.issuance.nonce(LUCHENG)).c_nonce
        return CredentialRequest(
            credential_configuration_id=configuration,
            proofs=Proofs(
                jwt=tuple(
                    make_proof(key, audience=ISSUER, nonce=nonce, now=self.now)
                    for key in keys or (new_signing_key(),)
                )
            ),
        )

    def written(self) -> tuple[int, list[int]]:
        """Audit entries, and status lists begun."""
        with self.storage.reading() as register:
            return len(register.audit(LUCHENG)), register.status_lists(LUCHENG)

    def set_permit(self, **changed: Any) -> None:
        with self.storage.transaction() as tx:
            tx.replace_permit(replace(self.permit, **changed))


class HookedStore(MemoryOneTimeStore):
    """Lets something happen at the moment a nonce is spent."""

    when_spent: Callable[[], None] = staticmethod(lambda: None)

    async def take(self, key: str) -> bytes | None:
        self.when_spent()
        return await super().take(key)


@pytest.fixture(scope="module")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    Province(directory).initialise(
        issuer_url=BASE_URL, counties=[LUCHENG], verifier_url="https://c.example", now=NOW
    )
    return directory


@pytest.fixture
def bench(storage: IssuerStorage, keys_dir: Path, permit: Permit) -> Bench:
    return Bench(storage, load_county_keys(keys_dir, base_url=BASE_URL, county=LUCHENG), permit)


async def copies(bench: Bench, *keys: SigningKey, **asked: str) -> list[SdJwt]:
    token = await bench.access_token()
    answer = await bench.issuance.issue(LUCHENG, token, await bench.request(*keys, **asked))
    return [parse_sd_jwt(copy.credential) for copy in answer.credentials]


def payload_of(copy: SdJwt) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(parse_jws(copy.issuer_jwt, typ="dc+sd-jwt").payload)
    return payload


async def test_vci_35_each_copy_is_bound_to_one_proven_key(bench: Bench) -> None:
    keys = [new_signing_key() for _ in range(4)]

    bound = [payload_of(copy)["cnf"]["jwk"] for copy in await copies(bench, *keys)]

    assert sorted(jwk["x"] for jwk in bound) == sorted(key.public_jwk()["x"] for key in keys)
    assert all(jwk.keys() == {"kty", "crv", "x", "y"} for jwk in bound)


@pytest.mark.parametrize(
    ("configuration", "names"),
    [("residence_permit", CLAIM_PATHS), ("residence_permit_pass", PASS_CLAIMS)],
)
async def test_vci_43_what_can_be_withheld_and_what_cannot(
    bench: Bench, configuration: str, names: Any
) -> None:
    (copy,) = await copies(bench, configuration=configuration)
    payload = payload_of(copy)

    everything = process_payload(payload, copy.disclosures)

    assert {CLAIM_PATHS[name] for name in names} <= set(everything.disclosed)
    assert PROTECTED_CLAIMS - {"vct#integrity"} <= payload.keys()
    assert not {path[0] for path in everything.disclosed} & PROTECTED_CLAIMS


async def test_vci_43_no_salt_is_used_twice_in_a_batch(bench: Bench) -> None:
    made = await copies(bench, *(new_signing_key() for _ in range(3)))

    salts = [parse_disclosure(text).salt for copy in made for text in copy.disclosures]

    assert len(set(salts)) == len(salts) == 3 * (len(CLAIM_PATHS) + 1)
    assert all(len(salt) >= 22 for salt in salts)  # 128 bits in base64url


async def test_which_key_signed_a_copy_is_written_down(bench: Bench, keys_dir: Path) -> None:
    await copies(bench, new_signing_key(), new_signing_key())
    keys = load_county_keys(keys_dir, base_url=BASE_URL, county=LUCHENG)
    thumbprint = jwk_thumbprint(keys.credential.public_jwk())

    with bench.storage.reading() as register:
        assert register.signing_keys(LUCHENG) == {thumbprint: 2}
        (chosen,) = register.cohort(LUCHENG, Criteria(signing_key=thumbprint))
    assert chosen.number == bench.permit.number


async def test_vci_44_the_chain_leads_from_the_signing_key_to_the_root(
    bench: Bench, keys_dir: Path
) -> None:
    (copy,) = await copies(bench)
    jws = parse_jws(copy.issuer_jwt, typ="dc+sd-jwt")
    root = certificate_from_pem((keys_dir / "root.pem").read_bytes())

    leaf = trusted_leaf(x5c_of(jws), anchors=[root], at=NOW)

    verify_jws(jws, leaf.public_key)
    assert root not in x5c_of(jws)
    assert ISSUER in leaf.san_uris


async def test_vci_45_copies_look_alike_and_their_places_do_not(bench: Bench) -> None:
    made = [payload_of(copy) for copy in await copies(bench, *(new_signing_key(),) * 1)]
    bench.now += timedelta(hours=5)
    made += [payload_of(copy) for copy in await copies(bench, new_signing_key(), new_signing_key())]
    places = [claims["status"]["status_list"] for claims in made]

    assert len({(claims["iat"], claims["nbf"], claims["exp"]) for claims in made}) == 1
    assert made[0]["iat"] == datetime(2026, 11, 22, 16, 0, tzinfo=UTC).timestamp()
    assert {place["uri"] for place in places} == {f"{ISSUER}/status/0"}
    indices = [place["idx"] for place in places]
    assert len(set(indices)) == 3
    assert indices[2] - indices[1] != indices[1] - indices[0]


async def test_handing_out_copies_is_on_record(bench: Bench, storage: IssuerStorage) -> None:
    await copies(bench, new_signing_key(), new_signing_key())

    with storage.reading() as register:
        entry = register.last_audit(LUCHENG)

    assert entry is not None
    assert (entry.act, entry.actor, entry.permit_number) == (
        "issue_copies",
        "issuance",
        bench.permit.number,
    )
    assert entry.details == {"configuration": "residence_permit", "copies": "2"}


@pytest.mark.parametrize("spoil", ["configuration", "scope", "proof", "key twice", "token"])
async def test_a_refused_request_spends_nothing_and_writes_nothing(
    bench: Bench, spoil: str
) -> None:
    token, request = await bench.access_token(), await bench.request()
    assert request.proofs is not None
    (proof,) = request.proofs.jwt
    spoiled: dict[str, tuple[str, CredentialRequest, type[ServiceError]]] = {
        "configuration": (
            token,
            replace(request, credential_configuration_id="other"),
            UnknownConfigurationError,
        ),
        "scope": (
            await narrowed(bench),
            replace(request, credential_configuration_id="residence_permit_pass"),
            InsufficientScopeError,
        ),
        "proof": (token, replace(request, proofs=Proofs(jwt=(proof, "a.b.c"))), ProofError),
        "key twice": (token, replace(request, proofs=Proofs(jwt=(proof, proof))), ProofError),
        "token": ("no-such-token", request, InvalidTokenError),
    }
    before = bench.written()
    sent_token, sent, error = spoiled[spoil]

    with pytest.raises(error):
        await bench.issuance.issue(LUCHENG, sent_token, sent)

    assert bench.written() == before
    served = await bench.issuance.issue(LUCHENG, token, request)  # its nonce is still good
    assert len(served.credentials) == 1


async def narrowed(bench: Bench) -> str:
    """A token that is for the full permit only."""
    token = await bench.access_token()
    with bench.storage.transaction() as tx:
        grant = tx.grant_by_access_token(digest_of(token))
        assert grant is not None
        tx.replace_grant(replace(grant, configuration_ids=("residence_permit",)))
    return token


async def test_vci_29_an_unknown_or_spent_nonce_writes_nothing(bench: Bench) -> None:
    token, request = await bench.access_token(), await bench.request()
    unknown = make_proof(new_signing_key(), audience=ISSUER, nonce="n" * 43, now=NOW)
    await bench.issuance.issue(LUCHENG, token, request)
    before = bench.written()

    for bad in (request, replace(request, proofs=Proofs(jwt=(unknown,)))):
        with pytest.raises(NonceError):
            await bench.issuance.issue(LUCHENG, token, bad)

    assert bench.written() == before


GROUNDS: dict[str, Any] = {"reason": "inquiry", "legal_basis": "SC663 18", "at": NOW}
SUSPENDED = Suspension(by="a", **GROUNDS)
REVOKED = Revocation(proposed_by="a", confirmed_by="b", **GROUNDS)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"order": SUSPENDED}, "suspended by order"),
        ({"order": REVOKED}, "revoked"),
    ],
)
async def test_no_copies_of_a_permit_that_is_not_usable(
    bench: Bench, changed: dict[str, Any], sentence: str
) -> None:
    token, request = await bench.access_token(), await bench.request()
    bench.set_permit(**changed)
    before = bench.written()

    with pytest.raises(CredentialDeniedError, match=sentence):
        await bench.issuance.issue(LUCHENG, token, request)

    assert bench.written() == before
    bench.set_permit(order=None)
    assert (await bench.issuance.issue(LUCHENG, token, request)).credentials


async def test_a_lapsed_permit_is_told_to_be_endorsed_first(bench: Bench) -> None:
    token, request = await bench.access_token(), await bench.request()
    lapsed = replace(bench.permit.endorsement, usable_through=day_of(NOW) - timedelta(days=1))
    bench.set_permit(endorsements=(lapsed,))

    with pytest.raises(CredentialDeniedError, match="endorsed first"):
        await bench.issuance.issue(LUCHENG, token, request)


async def test_a_permit_revoked_while_the_request_is_checked_gives_nothing(bench: Bench) -> None:
    """The first look was favourable; what counts is the look inside the transaction."""
    token, request = await bench.access_token(), await bench.request()
    bench.one_time.when_spent = lambda: bench.set_permit(order=REVOKED)
    before = bench.written()

    with pytest.raises(CredentialDeniedError, match="revoked"):
        await bench.issuance.issue(LUCHENG, token, request)

    assert bench.written() == before


async def test_a_nonce_runs_out(bench: Bench) -> None:
    token, request = await bench.access_token(), await bench.request()
    bench.now += timedelta(seconds=SETTINGS.nonce_ttl_s)

    with pytest.raises(NonceError):
        await bench.issuance.issue(LUCHENG, token, request)


async def test_other_counties_are_not_served(bench: Bench) -> None:
    request = CredentialRequest()
    for call in (
        bench.issuance.nonce("330326"),
        bench.issuance.offer("330326", "r"),
        bench.issuance.redeem("330326", "c", None),
        bench.issuance.refresh("330326", "r"),
        bench.issuance.issue("330326", "t", request),
    ):
        with pytest.raises(NotServedError):
            await call


async def test_the_key_of_the_county_is_the_one_that_signs(bench: Bench, keys_dir: Path) -> None:
    (copy,) = await copies(bench)
    own = load_county_keys(keys_dir, base_url=BASE_URL, county=LUCHENG).credential

    verify_jws(parse_jws(copy.issuer_jwt, typ="dc+sd-jwt"), public_key_from_jwk(own.public_jwk()))
