"""Certificates of the province, each extension of each role, and an independent check."""

import ipaddress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import SignatureAlgorithmOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store

from keys.certificates import (
    Role,
    certificate_from_pem,
    identifiers_of,
    is_of_role,
    issue_certificate,
    new_root,
    valid_until,
)
from keys.signing_key import new_signing_key

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
ISSUER = "https://issuer.example/330302"
ROOT_KEY = new_signing_key()
ROOT = new_root(ROOT_KEY, name="Test Province", now=NOW)
E = TypeVar("E", bound=x509.ExtensionType)


def leaf(role: Role = Role.CREDENTIAL, identifier: str = ISSUER, name: str = "Police") -> bytes:
    return issue_certificate(
        root=ROOT,
        root_key=ROOT_KEY,
        public=new_signing_key(),
        role=role,
        name=name,
        identifier=identifier,
        now=NOW,
        locality="Lucheng District",
    )


def parsed(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def extension(der: bytes, kind: type[E]) -> x509.Extension[E]:
    return parsed(der).extensions.get_extension_for_class(kind)


# -- the root ------------------------------------------------------------------------


def test_the_root_may_certify_leaves_and_one_authority_between() -> None:
    constraints = extension(ROOT, x509.BasicConstraints)
    usage = extension(ROOT, x509.KeyUsage)

    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (
        True,
        True,
        1,
    )
    assert (usage.critical, usage.value.key_cert_sign, usage.value.digital_signature) == (
        True,
        True,
        False,
    )


def test_the_root_is_self_signed_and_lasts_twenty_years() -> None:
    root = parsed(ROOT)
    root.verify_directly_issued_by(root)

    assert root.not_valid_before_utc == NOW - timedelta(hours=1)
    assert valid_until(ROOT) == root.not_valid_after_utc == NOW + timedelta(days=7300)


# -- leaves --------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_an_independent_verifier_believes_every_role(role: Role) -> None:
    policy = (
        PolicyBuilder()
        .store(Store([parsed(ROOT)]))
        .time(NOW)
        .extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
        )
        .build_client_verifier()
    )
    der = leaf(role)

    assert policy.verify(parsed(der), []).chain == [parsed(der), parsed(ROOT)]


@pytest.mark.parametrize("role", list(Role))
def test_a_leaf_signs_and_certifies_nobody(role: Role) -> None:
    der = leaf(role)
    constraints, usage = extension(der, x509.BasicConstraints), extension(der, x509.KeyUsage)

    assert (constraints.critical, constraints.value.ca) == (True, False)
    assert (usage.critical, usage.value.digital_signature) == (True, True)
    assert not usage.value.key_cert_sign
    assert parsed(der).signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA256


def test_a_leaf_names_its_place_and_what_it_is_for() -> None:
    assert parsed(leaf()).subject.rfc4514_string() == (
        "CN=credential,L=Lucheng District,O=Police,C=CN"
    )
    assert parsed(leaf()).issuer == parsed(ROOT).subject


def test_a_leaf_is_valid_from_an_hour_before_for_three_years() -> None:
    der = leaf()

    assert parsed(der).not_valid_before_utc == NOW - timedelta(hours=1)
    assert valid_until(der) == NOW + timedelta(days=1095)


def test_keys_are_linked_by_their_identifiers() -> None:
    below = extension(leaf(), x509.AuthorityKeyIdentifier).value
    above = extension(ROOT, x509.SubjectKeyIdentifier).value

    assert below.key_identifier == above.key_identifier
    assert extension(leaf(), x509.SubjectKeyIdentifier).value != above


@pytest.mark.parametrize(
    ("identifier", "dns", "addresses"),
    [
        (ISSUER, ["issuer.example"], []),
        ("https://issuer.example:8443/330302", ["issuer.example"], []),
        ("http://127.0.0.1:8101/330302", [], [ipaddress.ip_address("127.0.0.1")]),
        ("http://[::1]:8101", [], [ipaddress.ip_address("::1")]),
        ("http://localhost:8102", ["localhost"], []),
    ],
)
def test_a_leaf_is_made_out_to_its_address_and_host(
    identifier: str, dns: list[str], addresses: list[object]
) -> None:
    der = leaf(identifier=identifier)
    names = extension(der, x509.SubjectAlternativeName).value

    assert identifiers_of(der) == [identifier]
    assert names.get_values_for_type(x509.DNSName) == dns
    assert names.get_values_for_type(x509.IPAddress) == addresses


def test_a_certificate_without_alternative_names_is_made_out_to_nobody() -> None:
    assert identifiers_of(ROOT) == []


def test_serial_numbers_are_random() -> None:
    serials = [parsed(leaf()).serial_number for _ in range(20)]

    # At least 64 bits from a good source are asked for [RFC5280 §4.1.2.2]; a counter, a
    # clock or a short number would give small differences.
    assert all(abs(a - b) > 1 << 100 for a, b in pairwise(sorted(serials)))
    assert max(serials) < 1 << 159


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_of_a_length_that_readers_refuse(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        leaf(name=name)


def test_an_address_that_cannot_stand_in_a_certificate() -> None:
    with pytest.raises(ValueError, match="DNSName"):
        leaf(identifier="https://鹿城.example/330302")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_told_by_the_subject(role: Role) -> None:
    subject = parsed(leaf(role)).subject.rfc4514_string()

    assert [other for other in Role if is_of_role(subject, other)] == [role]


@pytest.mark.parametrize("name", ["CN=trust-list,", "x,CN=trust-list", "CN=trust-list"])
def test_a_role_is_not_told_by_a_name_that_looks_like_one(name: str) -> None:
    subject = parsed(leaf(Role.VERIFIER, name=name)).subject.rfc4514_string()

    assert is_of_role(subject, Role.VERIFIER)
    assert not is_of_role(subject, Role.TRUST_LIST)


def test_pem_and_der_are_the_same_certificate() -> None:
    der = leaf()

    assert certificate_from_pem(parsed(der).public_bytes(Encoding.PEM)) == der
    with pytest.raises(ValueError, match="PEM"):
        certificate_from_pem(b"nothing of the kind")
