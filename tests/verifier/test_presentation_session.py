"""Sessions: closed states, one owner, and an end."""

from datetime import UTC, datetime, timedelta

import pytest

from verifier.presentation_session import (
    Answered,
    Declined,
    NotYourSessionError,
    Requested,
    Session,
    SessionClosedError,
    answer,
    check_owner,
    decline,
    decode_session,
    encode_session,
    open_request,
    transaction_digest,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
REQUESTED = Requested(
    transaction_digest=transaction_digest("secret"),
    item="identity_look",
    county="330302",
    response_mode="direct_post.jwt",
    nonce="n" * 22,
    query={"credentials": []},
    encryption_key="kid.private",
    created_at=NOW,
    expires_at=NOW + timedelta(seconds=300),
)
ANSWERED = answer(REQUESTED, result=b'{"verdict":"accepted"}', now=NOW)
DECLINED = decline(REQUESTED, error="access_denied", now=NOW)


@pytest.mark.parametrize("session", [REQUESTED, ANSWERED, DECLINED])
def test_a_session_survives_the_store(session: Session) -> None:
    assert decode_session(encode_session(session)) == session


def test_a_request_is_open_until_its_end_and_not_at_it() -> None:
    assert open_request(REQUESTED, REQUESTED.expires_at - timedelta(seconds=1)) is REQUESTED
    with pytest.raises(SessionClosedError, match="ended"):
        open_request(REQUESTED, REQUESTED.expires_at)


@pytest.mark.parametrize("session", [ANSWERED, DECLINED])
def test_what_was_answered_is_not_open(session: Answered | Declined) -> None:
    with pytest.raises(SessionClosedError, match="answered"):
        open_request(session, NOW)


@pytest.mark.parametrize("session", [ANSWERED, DECLINED])
def test_nonce_and_key_are_forgotten_with_the_answer(session: Session) -> None:
    kept = encode_session(session)

    assert REQUESTED.nonce.encode() not in kept
    assert b"private" not in kept


@pytest.mark.parametrize("session", [REQUESTED, ANSWERED, DECLINED])
@pytest.mark.parametrize("wrong", ["", "Secret", transaction_digest("secret")])
def test_only_the_transaction_identifier_opens_a_session(session: Session, wrong: str) -> None:
    check_owner(session, "secret")
    with pytest.raises(NotYourSessionError):
        check_owner(session, wrong)
