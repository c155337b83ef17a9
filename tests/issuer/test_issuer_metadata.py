"""The two metadata documents of a county, held against the rules a wallet will apply."""

import json
from typing import Any

import msgspec
import pytest

from issuer.issuance_errors import NotServedError
from issuer.issuer_metadata import IssuerMetadata, issuer_identifier
from schemas.openid4vci import (
    AuthorizationServerMetadata,
    CredentialIssuerMetadata,
    parse_message,
)
from schemas.permit_credential import CLAIM_PATHS, PASS_CLAIMS, PERMIT_VCT

BASE_URL = "https://permits.example"
LUCHENG, PINGYANG = "330302", "330326"


@pytest.fixture(scope="module")
def metadata() -> IssuerMetadata:
    return IssuerMetadata([LUCHENG, PINGYANG], base_url=BASE_URL, batch_size=10)


@pytest.fixture(scope="module")
def document(metadata: IssuerMetadata) -> dict[str, Any]:
    """As a wallet reads it: from the bytes."""
    read: dict[str, Any] = json.loads(msgspec.json.encode(metadata.credential_issuer(LUCHENG)))
    return read


@pytest.fixture(scope="module")
def configurations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = document["credential_configurations_supported"]
    return read


def test_vci_1_each_county_has_its_own_identifier(metadata: IssuerMetadata) -> None:
    for code in (LUCHENG, PINGYANG):
        identifier = issuer_identifier(BASE_URL, code)

        assert identifier == f"{BASE_URL}/{code}"
        assert metadata.credential_issuer(code).credential_issuer == identifier
        assert metadata.authorization_server(code).issuer == identifier


def test_vci_3_proof_types_are_named_exactly_where_keys_are_bound(
    configurations: dict[str, dict[str, Any]],
) -> None:
    for configuration in configurations.values():
        assert configuration["cryptographic_binding_methods_supported"] == ["jwk"]
        assert configuration["proof_types_supported"] == {
            "jwt": {"proof_signing_alg_values_supported": ["ES256"]}
        }


def test_vci_4_each_configuration_has_a_scope_of_its_own_and_there_is_a_nonce_endpoint(
    document: dict[str, Any], configurations: dict[str, dict[str, Any]]
) -> None:
    scopes = [configuration["scope"] for configuration in configurations.values()]

    assert all(scopes)
    assert len(set(scopes)) == len(scopes)
    assert document["nonce_endpoint"] == f"{BASE_URL}/{LUCHENG}/nonce"


def test_vci_5_no_encryption_is_announced(document: dict[str, Any]) -> None:
    """Neither direction: the one without the other would be unusable."""
    assert not {"credential_request_encryption", "credential_response_encryption"} & set(document)


def test_vci_34_the_batch_size_is_announced(document: dict[str, Any]) -> None:
    assert document["batch_credential_issuance"] == {"batch_size": 10}


def test_the_full_permit_names_every_claim_once_and_the_pass_only_its_own(
    configurations: dict[str, dict[str, Any]],
) -> None:
    full, small = (
        [tuple(claim["path"]) for claim in configuration["credential_metadata"]["claims"]]
        for configuration in configurations.values()
    )

    assert sorted(full) == sorted(CLAIM_PATHS.values())
    assert small == [CLAIM_PATHS[name] for name in PASS_CLAIMS]
    assert {configuration["vct"] for configuration in configurations.values()} == {PERMIT_VCT}
    assert {configuration["format"] for configuration in configurations.values()} == {"dc+sd-jwt"}


def test_every_name_is_shown_in_chinese_and_english(document: dict[str, Any]) -> None:
    shown = [document["display"]]
    for configuration in document["credential_configurations_supported"].values():
        metadata = configuration["credential_metadata"]
        shown += [metadata["display"], *(claim["display"] for claim in metadata["claims"])]

    for display in shown:
        assert [entry["locale"] for entry in display] == ["zh-CN", "en"]
        assert all(entry["name"] for entry in display)


def test_the_authorization_server_takes_anonymous_wallets_with_a_code(
    metadata: IssuerMetadata,
) -> None:
    server = json.loads(msgspec.json.encode(metadata.authorization_server(PINGYANG)))

    assert server["token_endpoint"] == f"{BASE_URL}/{PINGYANG}/token"
    assert server["pre-authorized_grant_anonymous_access_supported"] is True
    assert server["grant_types_supported"] == [
        "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "refresh_token",
    ]
    assert "authorization_endpoint" not in server


def test_a_wallet_reads_back_what_was_written(metadata: IssuerMetadata) -> None:
    issuer, server = metadata.credential_issuer(LUCHENG), metadata.authorization_server(LUCHENG)

    assert parse_message(msgspec.json.encode(server), AuthorizationServerMetadata) == server
    assert msgspec.json.encode(
        parse_message(msgspec.json.encode(issuer), CredentialIssuerMetadata)
    ) == msgspec.json.encode(issuer)


@pytest.mark.parametrize("code", ["330303", "", "../330302", "330302 "])
def test_other_counties_are_not_served(metadata: IssuerMetadata, code: str) -> None:
    with pytest.raises(NotServedError):
        metadata.credential_issuer(code)
    with pytest.raises(NotServedError):
        metadata.authorization_server(code)
