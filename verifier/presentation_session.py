"""One request for a presentation, from asking to its answer: a closed set of states.

    Requested ── answer() ──> Answered     the wallet sent a presentation, judged
        │   └─── decline() ─> Declined     the wallet said no, or could not
        └─ expires_at passes ─ derived by is_open(), no act by anyone

Two secrets belong to a session and are made independently [OID4VP §13.3]: the session
identifier, which the wallet learns from the request, and the transaction identifier,
which only the counter that asked has and which alone opens the result. The store keeps
the digest of the latter.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

import msgspec

from schemas.errors import ServiceError


class SessionError(ServiceError):
    """The session does not allow what was asked."""

    http_status = 400


class UnknownSessionError(SessionError):
    """No such session, or its time is over and it is forgotten."""

    code = "unknown_session"
    http_status = 404


class SessionClosedError(SessionError):
    """The session has its answer, or its time is over."""

    code = "session_closed"


class NotYourSessionError(SessionError):
    """The transaction identifier does not belong to this session."""

    code = "not_your_session"
    http_status = 403


class TooManySessionsError(SessionError):
    """As many requests are waiting as this service holds at once."""

    code = "too_many_sessions"
    http_status = 503


class Requested(msgspec.Struct, frozen=True, kw_only=True, tag="requested", tag_field="state"):
    """A wallet has been, or may still be, asked."""

    transaction_digest: str
    """SHA-256 of the transaction identifier, hex."""
    item: str
    """Identifier of the service item."""
    item_name: dict[str, str] = {}
    """What the service is called, by ``zh`` and ``en``; the holder reads it."""
    case_number: str = ""
    """Of the matter, where the item asks for it; the holder reads it."""
    purpose: str = ""
    """What the matter is about, where the item asks for it; for the counter log."""
    desk: str = ""
    """Which of the county's counters asked, for the counter log."""
    county: str
    """Code of the counter's county."""
    response_mode: str
    """``direct_post`` or ``direct_post.jwt``."""
    nonce: str
    """What the key binding must repeat; 128 random bits."""
    query: dict[str, Any]
    """The DCQL query, as sent."""
    encryption_key: str | None
    """Exported private key of this request alone; ``None`` for ``direct_post``."""
    created_at: datetime
    expires_at: datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag="answered", tag_field="state"):
    """A presentation came and was judged; the presentation itself is not kept."""

    transaction_digest: str
    result: msgspec.Raw
    """The verdict as the counter reads it, JSON."""
    answered_at: datetime


class Declined(msgspec.Struct, frozen=True, kw_only=True, tag="declined", tag_field="state"):
    """The wallet answered with an error instead of a presentation."""

    transaction_digest: str
    error: str
    """The wallet's error code [OID4VP §8.5]."""
    answered_at: datetime


Session = Requested | Answered | Declined

_decoder: msgspec.json.Decoder[Session] = msgspec.json.Decoder(Session)


def encode_session(session: Session) -> bytes:
    """For the store."""
    return msgspec.json.encode(session)


def decode_session(value: bytes) -> Session:
    """From the store, which only we write to."""
    return _decoder.decode(value)


def transaction_digest(transaction_id: str) -> str:
    """What the store keeps in place of the transaction identifier."""
    return hashlib.sha256(transaction_id.encode()).hexdigest()


def open_request(session: Session, now: datetime) -> Requested:
    """The request, if it still waits for its answer.

    Raises:
        SessionClosedError: it has been answered, or its time is over.
    """
    if not isinstance(session, Requested):
        raise SessionClosedError("this request has been answered", remedy="Ask for a new one.")
    if now >= session.expires_at:
        raise SessionClosedError(
            f"this request ended at {session.expires_at.isoformat()}", remedy="Ask for a new one."
        )
    return session


def answer(session: Requested, *, result: bytes, now: datetime) -> Answered:
    """The session after a presentation was judged; nonce and key are forgotten."""
    return Answered(
        transaction_digest=session.transaction_digest, result=msgspec.Raw(result), answered_at=now
    )


def decline(session: Requested, *, error: str, now: datetime) -> Declined:
    """The session after the wallet refused."""
    return Declined(transaction_digest=session.transaction_digest, error=error, answered_at=now)


def check_owner(session: Session, transaction_id: str) -> None:
    """Only who asked may see the result [OID4VP §14.3.3].

    Raises:
        NotYourSessionError: the transaction identifier is another session's or none.
    """
    if not hmac.compare_digest(session.transaction_digest, transaction_digest(transaction_id)):
        raise NotYourSessionError("this transaction identifier does not open this request")
