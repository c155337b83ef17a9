"""Asking wallets over OpenID4VP, and taking what they answer.

1. ``create``: a session with its nonce and a key pair of its own; the counter gets the
   address to show as a QR, and the transaction identifier that opens the result.
2. ``request_object``: the signed request, as often as the wallet fetches it.
3. ``receive``: the answer is taken apart, judged, and closes the session. Closing comes after
   judging and happens once: of any number of twin posts one is accepted [OID4VP §14.3.2],
   and one is recorded.
4. ``result``: for the holder of the transaction identifier only.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import msgspec

from keys.clock import Clock
from keys.jwe import EncryptionKey, decrypt_jwe
from keys.one_time import OneTimeStore
from keys.signing_key import SigningKey
from schemas.dcql import parse_query
from schemas.divisions import county
from schemas.openid4vp import (
    DIRECT_POST_JWT,
    EncryptedResponse,
    ErrorResponse,
    authorization_url,
    parse_direct_post,
    parse_response_payload,
    x509_hash_client_id,
)
from verifier.case_details import CaseDetails, case_for
from verifier.checks.freshness import ExpectedBinding
from verifier.counter_log import Receipt, receipt_of
from verifier.presentation_session import (
    Declined,
    Requested,
    Session,
    SessionClosedError,
    TooManySessionsError,
    UnknownSessionError,
    answer,
    check_owner,
    decline,
    decode_session,
    encode_session,
    open_request,
    transaction_digest,
)
from verifier.request_object import (
    ENCRYPTIONS,
    QUERY_ID,
    query_for,
    signed_request,
)
from verifier.service_items import ServiceItem, find_item, refuse_unneeded
from verifier.session_store import SessionStore
from verifier.verdict_report import report_json
from verifier.verify import Counter, Verifier

_OPENED = "opened:"
RESULT_TTL_S = 600
"""How long a result can be read after the answer came, in seconds."""


class CreatedRequest(msgspec.Struct, frozen=True):
    """What the counter needs to show a request and to read its result."""

    id: str
    transaction_id: str
    """Secret of this counter; never shown to the wallet."""
    authorization_url: str
    """What the QR holds."""
    request_uri: str
    expires_at: datetime


class PresentationRequests:
    """The OpenID4VP side of one verifier service."""

    def __init__(
        self,
        *,
        verifier: Verifier,
        items: Mapping[str, ServiceItem],
        sessions: SessionStore,
        one_time: OneTimeStore,
        key: SigningKey,
        base_url: str,
        ttl_s: int,
        clock: Clock,
        new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(24),
    ) -> None:
        self._verifier = verifier
        self._items = items
        self._sessions = sessions
        self._one_time = one_time
        self._key = key
        self._base_url = base_url
        self._ttl_s = ttl_s
        self._clock = clock
        self._new_secret = new_secret
        self._client_id = x509_hash_client_id(key.chain[0])

    async def create(
        self,
        *,
        item: str,
        county_code: str,
        response_mode: str,
        case_number: str = "",
        purpose: str = "",
        desk: str = "",
    ) -> CreatedRequest:
        """Begin a session for one service item at one counter.

        ``case_number`` goes into the signed request, for the holder to read; ``purpose`` and
        ``desk`` into the counter log.

        Raises:
            verifier.case_details.CaseDetailsError: not to be shown to a person, or
                missing although the item asks for it.
            verifier.errors.UnknownItemError, PermitNotNeededError: nothing to ask for.
            schemas.divisions.UnknownCountyError: no such county.
            verifier.presentation_session.TooManySessionsError: try again shortly.
        """
        now = self._clock()
        asked_for = find_item(self._items, item)
        refuse_unneeded(asked_for)
        case = case_for(asked_for, number=case_number, purpose=purpose)
        session_id, transaction_id = self._new_secret(), self._new_secret()
        encrypted = response_mode == DIRECT_POST_JWT
        session = Requested(
            transaction_digest=transaction_digest(transaction_id),
            item=asked_for.id,
            item_name={"zh": asked_for.name_zh, "en": asked_for.name_en},
            case_number=case.number,
            purpose=case.purpose,
            desk=desk,
            county=county(county_code).code,
            response_mode=response_mode,
            nonce=self._new_secret(),
            query=query_for(asked_for),
            encryption_key=EncryptionKey.new(session_id).export() if encrypted else None,
            created_at=now,
            expires_at=now + timedelta(seconds=self._ttl_s),
        )
        await self._keep(session_id, session)
        request_uri = f"{self._base_url}/requests/{session_id}/object"
        return CreatedRequest(
            id=session_id,
            transaction_id=transaction_id,
            authorization_url=authorization_url(self._client_id, request_uri),
            request_uri=request_uri,
            expires_at=session.expires_at,
        )

    async def request_object(self, session_id: str) -> str:
        """The signed request of an open session [OID4VP §5.10].

        Raises:
            UnknownSessionError, SessionClosedError: nothing to answer here.
        """
        session = open_request(await self._session(session_id), self._clock())
        # A key of its own: written over the session, it could undo an answer come meanwhile.
        with suppress(TooManySessionsError):
            await self._sessions.put(_OPENED + session_id, b"1", self._ttl_s)
        key = session.encryption_key
        return signed_request(
            session,
            key=self._key,
            response_uri=f"{self._base_url}/responses/{session_id}",
            encryption_jwk=EncryptionKey.load(key).public_jwk() if key else None,
        )

    async def receive(self, session_id: str, body: bytes) -> Receipt | None:
        """Take a wallet's answer; afterwards the session is closed and its result can be read.

        What cannot be read at all leaves the session open: a stranger's noise must not end
        the resident's turn. What can be read is judged, and the verdict stands. The receipt is
        for the wallet; ``None`` for one that declined.

        Raises:
            UnknownSessionError, SessionClosedError: answered before, or too late.
            schemas.errors.InputError, keys.errors.TokenError: unreadable.
        """
        now = self._clock()
        session = open_request(await self._session(session_id), now)
        presentation = _presentation(session, body)
        if isinstance(presentation, ErrorResponse):
            await self._end(session_id)
            await self._keep(session_id, decline(session, error=presentation.error, now=now))
            return None
        counter = Counter(county(session.county), desk=session.desk)
        item = find_item(self._items, session.item)
        case = CaseDetails(session.case_number, session.purpose)
        verdict = await self._verifier.verify_presentation(
            presentation,
            expected=ExpectedBinding(audience=self._client_id, nonce=session.nonce),
            counter=counter,
            item=item,
            now=now,
            case=case,
            settle=partial(self._end, session_id),
        )
        await self._keep(session_id, answer(session, result=report_json(verdict), now=now))
        return receipt_of(item, counter=counter, case=case, now=now)

    async def result(self, session_id: str, transaction_id: str) -> Session:
        """The session as the counter that asked may see it.

        Raises:
            UnknownSessionError: none such, or forgotten.
            NotYourSessionError: the transaction identifier is not this session's.
        """
        session = await self._session(session_id)
        check_owner(session, transaction_id)
        return session

    async def opened(self, session_id: str) -> bool:
        """Whether a wallet has fetched the request; only for showing how far things are."""
        return await self._sessions.get(_OPENED + session_id) is not None

    async def _session(self, session_id: str) -> Session:
        value = await self._sessions.get(session_id)
        if value is None:
            raise UnknownSessionError("no such request, or its time is over")
        return decode_session(value)

    async def _keep(self, session_id: str, session: Session) -> None:
        # Kept a while beyond its end, so that a late wallet is told "over", not "unknown".
        await self._sessions.put(session_id, encode_session(session), self._ttl_s + RESULT_TTL_S)

    async def _end(self, session_id: str) -> None:
        if not await self._one_time.claim(f"closed:{session_id}", self._ttl_s + RESULT_TTL_S):
            raise SessionClosedError("this request has been answered", remedy="Ask for a new one.")


def _presentation(session: Requested, body: bytes) -> str | ErrorResponse:
    """The one presentation of our one query, decrypted where the request demanded it.

    Raises:
        schemas.openid4vp.ResponseError: not an answer to this request; plain data where
            encryption was asked is refused, not read [OID4VP §8.3].
        keys.errors.TokenError: encrypted for another key, or changed.
    """
    query = parse_query(session.query)
    key = session.encryption_key
    response = parse_direct_post(body, encrypted=key is not None, query=query)
    if isinstance(response, EncryptedResponse):
        payload = decrypt_jwe(
            response.response, private_key=EncryptionKey.load(key or ""), encs=ENCRYPTIONS
        )
        response = parse_response_payload(payload, query=query)
    if isinstance(response, ErrorResponse):
        return response
    (presentation,) = response.vp_token[QUERY_ID]
    return presentation


def state_of(session: Session, now: datetime) -> str:
    """One word for the counter: ``requested``, ``expired``, ``answered`` or ``declined``."""
    if isinstance(session, Requested):
        return "expired" if now >= session.expires_at else "requested"
    return "declined" if isinstance(session, Declined) else "answered"
