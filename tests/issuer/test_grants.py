"""Codes and tokens against a real register: each works once, whoever races for it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.grants import MAX_WRONG_TRIES, Grants
from issuer.issuance_errors import (
    InvalidGrantError,
    InvalidTokenError,
    InvalidTokenRequestError,
)
from issuer.issuance_secrets import digest_of, tx_code_digest
from issuer.permit import Permit, Revocation
from issuer.settings import Settings
from issuer.storage import IssuerStorage, Offer
from schemas.errors import ServiceError
from schemas.openid4vci import TokenResponse

LUCHENG, PINGYANG = "330302", "330326"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NUMBER, CODE, TX_CODE = "33030220260001", "c" * 43, "493536"
SETTINGS = Settings()
A_MOMENT = timedelta(microseconds=1)


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def offer(storage: IssuerStorage, permit: Permit) -> Offer:
    made = Offer(
        reference="r" * 43,
        permit_number=permit.number,
        county=LUCHENG,
        code_digest=digest_of(CODE),
        tx_code_digest=tx_code_digest(CODE, TX_CODE),
        configuration_ids=("residence_permit", "residence_permit_pass"),
        expires_at=NOW + timedelta(seconds=SETTINGS.offer_ttl_s),
    )
    with storage.transaction() as tx:
        tx.add_offer(made)
    return made


@pytest.fixture
def grants(storage: IssuerStorage, time: Time, offer: Offer) -> Grants:
    return Grants(storage, time, SETTINGS)


@pytest.fixture
def tokens(grants: Grants) -> TokenResponse:
    return grants.redeem(LUCHENG, CODE, TX_CODE)


def granted(grants: Grants, storage: IssuerStorage, access_token: str) -> str:
    with storage.reading() as register:
        return grants.behind(register, LUCHENG, access_token).permit_number


def use(grants: Grants, storage: IssuerStorage, access_token: str) -> None:
    with storage.transaction() as tx:
        grants.note_use(tx, grants.behind(tx, LUCHENG, access_token))


def outcomes(calls: list[Callable[[], TokenResponse]]) -> list[TokenResponse | str]:
    """What each call gave or raised, all begun at the same moment."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], TokenResponse]) -> TokenResponse | str:
        start.wait()
        try:
            return call()
        except ServiceError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_code_gives_a_bearer_token_for_the_offered_configurations(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse
) -> None:
    assert tokens.token_type == "Bearer"
    assert tokens.expires_in == SETTINGS.access_token_ttl_s
    assert tokens.scope == "residence_permit residence_permit_pass"
    assert granted(grants, storage, tokens.access_token) == NUMBER


def test_vci_47_the_register_keeps_neither_code_nor_token(
    storage: IssuerStorage, tokens: TokenResponse
) -> None:
    assert tokens.refresh_token is not None
    with storage.reading() as register:
        kept = register.offer_by_code(digest_of(CODE))
        grant_kept = register.grant_by_access_token(digest_of(tokens.access_token))

    for secret in (CODE, TX_CODE, tokens.access_token, *tokens.refresh_token.split(".")):
        assert secret not in repr(kept)
        assert secret not in repr(grant_kept)


def test_vci_6_a_code_works_once(grants: Grants, tokens: TokenResponse) -> None:
    with pytest.raises(InvalidGrantError):
        grants.redeem(LUCHENG, CODE, TX_CODE)


def test_vci_6_of_parallel_redemptions_exactly_one_wins(grants: Grants) -> None:
    results = outcomes([lambda: grants.redeem(LUCHENG, CODE, TX_CODE)] * 8)

    assert results.count("invalid_grant") == 7


@pytest.mark.parametrize(
    ("county", "code", "reason"),
    [(LUCHENG, "d" * 43, "unknown"), (LUCHENG, "", "empty"), (PINGYANG, CODE, "another county's")],
)
def test_other_codes_open_nothing(grants: Grants, county: str, code: str, reason: str) -> None:
    with pytest.raises(InvalidGrantError):
        grants.redeem(county, code, TX_CODE)

    assert grants.redeem(LUCHENG, CODE, TX_CODE).access_token, reason


def test_vci_6_a_code_runs_out(grants: Grants, time: Time, offer: Offer) -> None:
    time.now = offer.expires_at
    with pytest.raises(InvalidGrantError):
        grants.redeem(LUCHENG, CODE, TX_CODE)

    time.now = offer.expires_at - A_MOMENT
    assert grants.redeem(LUCHENG, CODE, TX_CODE).access_token


def test_vci_7_a_missing_transaction_code_is_asked_for_and_costs_nothing(grants: Grants) -> None:
    for _ in range(MAX_WRONG_TRIES + 1):
        with pytest.raises(InvalidTokenRequestError, match="missing"):
            grants.redeem(LUCHENG, CODE, None)

    assert grants.redeem(LUCHENG, CODE, TX_CODE).access_token


def test_vci_7_a_transaction_code_nobody_asked_for_is_refused(
    grants: Grants, storage: IssuerStorage, offer: Offer
) -> None:
    with storage.transaction() as tx:
        tx.replace_offer(replace(offer, tx_code_digest=None))

    with pytest.raises(InvalidTokenRequestError, match="not expected"):
        grants.redeem(LUCHENG, CODE, TX_CODE)
    assert grants.redeem(LUCHENG, CODE, None).access_token


def test_vci_7_a_wrong_transaction_code_does_not_burn_the_code(grants: Grants) -> None:
    for left in range(MAX_WRONG_TRIES - 1, 0, -1):
        with pytest.raises(InvalidGrantError, match=f"{left} tries left"):
            grants.redeem(LUCHENG, CODE, "000000")

    assert grants.redeem(LUCHENG, CODE, TX_CODE).access_token


def test_vci_8_after_five_wrong_tries_the_code_is_dead_for_everyone(grants: Grants) -> None:
    for _ in range(MAX_WRONG_TRIES):
        with pytest.raises(InvalidGrantError):
            grants.redeem(LUCHENG, CODE, "000000")

    with pytest.raises(InvalidGrantError):
        grants.redeem(LUCHENG, CODE, TX_CODE)


def test_vci_8_wrong_tries_are_counted_one_by_one_in_parallel(
    grants: Grants, storage: IssuerStorage
) -> None:
    outcomes([lambda: grants.redeem(LUCHENG, CODE, "000000")] * 4)

    with storage.reading() as register:
        offer = register.offer_by_code(digest_of(CODE))
    assert offer is not None
    assert (offer.wrong_tries, offer.state) == (4, "open")


def test_refreshing_gives_new_tokens_and_ends_the_old(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse
) -> None:
    assert tokens.refresh_token is not None
    renewed = grants.refresh(LUCHENG, tokens.refresh_token)

    assert renewed.refresh_token != tokens.refresh_token
    assert granted(grants, storage, renewed.access_token) == NUMBER
    with pytest.raises(InvalidTokenError):
        granted(grants, storage, tokens.access_token)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_refresh_token_that_turns_up_again_ends_the_grant_however_old_it_is(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse, rounds: int
) -> None:
    current = tokens
    for _ in range(rounds):
        assert current.refresh_token is not None
        current = grants.refresh(LUCHENG, current.refresh_token)
    use(grants, storage, current.access_token)
    assert tokens.refresh_token is not None
    assert current.refresh_token is not None

    with pytest.raises(InvalidGrantError, match="used before"):
        grants.refresh(LUCHENG, tokens.refresh_token)

    with pytest.raises(InvalidGrantError):
        grants.refresh(LUCHENG, current.refresh_token)
    with pytest.raises(InvalidTokenError):
        granted(grants, storage, current.access_token)


def test_a_token_works_again_where_the_answer_to_it_was_lost(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse
) -> None:
    """A phone in a lift asks, hears nothing, and asks again: nobody has used what came."""
    assert tokens.refresh_token is not None
    lost, heard = (grants.refresh(LUCHENG, tokens.refresh_token) for _ in range(2))

    assert granted(grants, storage, heard.access_token) == NUMBER
    with pytest.raises(InvalidTokenError):
        granted(grants, storage, lost.access_token)
    assert lost.refresh_token is not None
    with pytest.raises(InvalidGrantError, match="used before"):
        grants.refresh(LUCHENG, lost.refresh_token)


def test_refreshing_further_is_a_use_as_well(grants: Grants, tokens: TokenResponse) -> None:
    assert tokens.refresh_token is not None
    second = grants.refresh(LUCHENG, tokens.refresh_token).refresh_token
    assert second is not None
    grants.refresh(LUCHENG, second)

    with pytest.raises(InvalidGrantError, match="used before"):
        grants.refresh(LUCHENG, tokens.refresh_token)


def test_of_parallel_refreshes_the_tokens_of_one_open_something(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse
) -> None:
    token = tokens.refresh_token
    assert token is not None

    results = outcomes([lambda: grants.refresh(LUCHENG, token)] * 6)

    def opens(answer: TokenResponse | str) -> bool:
        assert isinstance(answer, TokenResponse)
        try:
            return granted(grants, storage, answer.access_token) == NUMBER
        except InvalidTokenError:
            return False

    assert [opens(answer) for answer in results].count(True) == 1


@pytest.mark.parametrize("county", [LUCHENG, PINGYANG])
def test_other_refresh_tokens_open_nothing_and_end_nothing(
    grants: Grants, tokens: TokenResponse, county: str
) -> None:
    assert tokens.refresh_token is not None
    foreign = tokens.refresh_token if county == PINGYANG else "x" * 43 + "." + "y" * 43

    with pytest.raises(InvalidGrantError):
        grants.refresh(county, foreign)

    assert grants.refresh(LUCHENG, tokens.refresh_token).access_token


def test_a_refresh_token_runs_out(grants: Grants, time: Time, tokens: TokenResponse) -> None:
    assert tokens.refresh_token is not None
    time.now = NOW + timedelta(seconds=SETTINGS.refresh_token_ttl_s)

    with pytest.raises(InvalidGrantError):
        grants.refresh(LUCHENG, tokens.refresh_token)


def test_vci_46_a_permit_that_has_ended_refreshes_nothing(
    grants: Grants, storage: IssuerStorage, permit: Permit, tokens: TokenResponse
) -> None:
    assert tokens.refresh_token is not None
    order = Revocation(proposed_by="a", confirmed_by="b", reason="fraud", legal_basis="18", at=NOW)
    with storage.transaction() as tx:
        tx.replace_permit(replace(permit, order=order))

    with pytest.raises(InvalidGrantError, match="ended"):
        grants.refresh(LUCHENG, tokens.refresh_token)


def test_a_permit_that_has_ended_redeems_nothing(
    grants: Grants, storage: IssuerStorage, permit: Permit
) -> None:
    order = Revocation(proposed_by="a", confirmed_by="b", reason="fraud", legal_basis="18", at=NOW)
    with storage.transaction() as tx:
        tx.replace_permit(replace(permit, order=order))

    with pytest.raises(InvalidGrantError, match="ended"):
        grants.redeem(LUCHENG, CODE, TX_CODE)


def test_vci_24_an_access_token_is_for_one_county_and_runs_out(
    grants: Grants, storage: IssuerStorage, time: Time, tokens: TokenResponse
) -> None:
    with storage.reading() as register, pytest.raises(InvalidTokenError):
        grants.behind(register, PINGYANG, tokens.access_token)

    time.now = NOW + timedelta(seconds=SETTINGS.access_token_ttl_s) - A_MOMENT
    assert granted(grants, storage, tokens.access_token) == NUMBER
    time.now += A_MOMENT
    with pytest.raises(InvalidTokenError, match="run out"):
        granted(grants, storage, tokens.access_token)


def test_a_refresh_token_is_no_access_token(
    grants: Grants, storage: IssuerStorage, tokens: TokenResponse
) -> None:
    assert tokens.refresh_token is not None
    for token in (tokens.refresh_token, *tokens.refresh_token.split("."), ""):
        with pytest.raises(InvalidTokenError):
            granted(grants, storage, token)
