"""A credential request is checked whole before anything is spent on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from issuer.credential_request import configuration_of, proven_keys
from issuer.issuance_errors import (
    EncryptionParametersError,
    InsufficientScopeError,
    InvalidCredentialRequestError,
    UnknownConfigurationError,
    UnknownIdentifierError,
)
from keys.errors import NonceError, ProofError
from keys.holder_proof import PROOF_TYP, make_proof
from keys.jws import sign_jws
from keys.signing_key import SigningKey, new_signing_key
from schemas.errors import ServiceError
from schemas.openid4vci import CredentialRequest, Proofs

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ISSUER = "https://permits.example/330302"
NONCE = "n-0S6_WzA2Mj"


def request(*proofs: str) -> CredentialRequest:
    return CredentialRequest(
        credential_configuration_id="residence_permit", proofs=Proofs(jwt=proofs)
    )


def proof(key: SigningKey | None = None, **changed: Any) -> str:
    given = {"audience": ISSUER, "nonce": NONCE, "now": NOW, **changed}
    return make_proof(key or new_signing_key(), **given)


def raw_proof(claims: dict[str, Any], *, typ: str = PROOF_TYP, **header: Any) -> str:
    """A proof whose parts are of the test's choosing; the signature is always right."""
    key = new_signing_key()
    members = header or {"jwk": key.public_jwk()}
    return sign_jws(msgspec.json.encode(claims), typ=typ, key=key, **members)


GOOD = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": NONCE}
OTHER = new_signing_key()
PRIVATE_JWK = {**OTHER.public_jwk(), "d": "AAAA"}


def check(*proofs: str, batch_size: int = 10) -> int:
    found = proven_keys(request(*proofs), audience=ISSUER, now=NOW, batch_size=batch_size)
    return len(found.jwks)


def test_vci_35_the_keys_come_out_as_proven_public_members_only() -> None:
    keys = [new_signing_key() for _ in range(3)]

    found = proven_keys(
        request(*(proof(key) for key in keys)), audience=ISSUER, now=NOW, batch_size=10
    )

    assert found.jwks == tuple(key.public_jwk() for key in keys)
    assert found.nonce == NONCE


def test_vci_27_missing_proofs_are_an_invalid_proof() -> None:
    with pytest.raises(ProofError, match="missing") as caught:
        proven_keys(CredentialRequest(), audience=ISSUER, now=NOW, batch_size=10)

    assert caught.value.code == "invalid_proof"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (proof(audience=ISSUER + "/"), "aud is not the identifier byte for byte"),
        (proof(audience="https://permits.example/330326"), "made for another county"),
        (proof(now=NOW - timedelta(seconds=301)), "too old"),
        (proof(now=NOW + timedelta(seconds=61)), "from the future"),
        (proof(client_id="wallet"), "vci_30: iss after anonymous access"),
        (raw_proof(GOOD, typ="JWT"), "typ"),
        (raw_proof(GOOD, jwk=OTHER.public_jwk()), "signed by another key"),
        (raw_proof(GOOD, kid="did:example:1"), "names its key by kid"),
        (raw_proof(GOOD, jwk=OTHER.public_jwk(), kid="1"), "two key members"),
        (raw_proof(GOOD, jwk=PRIVATE_JWK), "private key in the header"),
        (raw_proof({**GOOD, "iat": True}), "iat is no number"),
        (raw_proof({"aud": ISSUER, "iat": GOOD["iat"]}), "vci_29: no nonce"),
        ("not.a.jwt", "no JWT"),
    ],
)
def test_vci_28_every_proof_of_a_batch_is_checked(bad: str, reason: str) -> None:
    for proofs in ([bad], [bad, proof()], [proof(), bad], [proof(), bad, proof()]):
        with pytest.raises(ProofError) as caught:
            check(*proofs)

        assert caught.value.code == "invalid_proof", reason


@pytest.mark.parametrize("seconds", [-300, 0, 60])
def test_vci_28_the_edges_of_the_window_are_inside(seconds: int) -> None:
    assert check(proof(now=NOW + timedelta(seconds=seconds))) == 1


def test_vci_29_proofs_that_do_not_share_one_nonce_are_sent_for_a_new_one() -> None:
    with pytest.raises(NonceError):
        check(proof(), proof(nonce="another"))


def test_vci_34_no_more_proofs_than_a_batch_holds() -> None:
    proofs = [proof() for _ in range(3)]

    assert check(*proofs, batch_size=3) == 3
    with pytest.raises(InvalidCredentialRequestError, match="3 proofs where at most 2"):
        check(*proofs, batch_size=2)


def test_vci_34_a_key_used_twice_in_one_request_is_refused() -> None:
    key = new_signing_key()

    with pytest.raises(ProofError, match="twice"):
        check(proof(key), proof(), proof(key))


KNOWN = ("residence_permit", "residence_permit_pass")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, InvalidCredentialRequestError),  # neither
        (
            {
                "credential_configuration_id": "residence_permit",
                "credential_identifier": "one",
            },
            InvalidCredentialRequestError,  # both
        ),
        ({"credential_identifier": "one"}, UnknownIdentifierError),  # none was handed out
        ({"credential_configuration_id": "driving_licence"}, UnknownConfigurationError),
        ({"credential_configuration_id": ""}, UnknownConfigurationError),
        ({"credential_configuration_id": "residence_permit_pass"}, InsufficientScopeError),
        (
            {
                "credential_configuration_id": "residence_permit",
                "credential_response_encryption": {},
            },
            EncryptionParametersError,  # vci_37
        ),
    ],
)
def test_vci_25_exactly_one_name_and_the_right_one(
    members: dict[str, Any], error: type[ServiceError]
) -> None:
    with pytest.raises(error):
        configuration_of(CredentialRequest(**members), known=KNOWN, granted=("residence_permit",))


def test_vci_24_what_the_token_is_for_may_be_asked() -> None:
    asked = CredentialRequest(credential_configuration_id="residence_permit_pass")

    assert configuration_of(asked, known=KNOWN, granted=KNOWN) == "residence_permit_pass"
