"""Codes and tokens: long enough, and not to be found again from what is kept."""

import re

from hypothesis import given
from hypothesis import strategies as st

from issuer.issuance_secrets import (
    TX_CODE_DIGITS,
    code_of,
    digest_of,
    new_secret,
    new_tx_code,
    same,
    tx_code_digest,
)
from schemas.base64url import b64url_decode


def test_vci_6_secrets_have_at_least_128_random_bits() -> None:
    secrets = [new_secret() for _ in range(100)]

    assert len(set(secrets)) == 100
    assert all(len(b64url_decode(secret)) >= 16 for secret in secrets)


def test_a_transaction_code_is_digits_of_one_length() -> None:
    assert all(re.fullmatch(rf"[0-9]{{{TX_CODE_DIGITS}}}", new_tx_code()) for _ in range(100))


def test_an_offers_code_follows_from_its_reference_and_from_nothing_kept() -> None:
    reference = new_secret()
    code = code_of(reference)

    assert code == code_of(reference)
    assert code not in (reference, digest_of(reference), code_of(digest_of(reference)))


def test_a_transaction_code_is_kept_under_the_long_code() -> None:
    """The same six digits look different in each offer, so trying them all finds nothing."""
    assert tx_code_digest("code one", "123456") != tx_code_digest("code two", "123456")
    assert tx_code_digest("code one", "123456") != tx_code_digest("code one", "123457")


@given(
    st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8"))
)
def test_same_is_equality(one: str, other: str) -> None:
    assert same(one, other) is (one == other)
    assert same(one, one)
