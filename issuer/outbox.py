"""Sending what is in the outbox: each message at least once, and under one key.

Messages are taken a few at a time for as long as sending them may take, and each is marked at
once when it is sent. A sender that is killed in between has its messages taken by the next one
when that time is over, under the same key, so that the gateway takes none twice. Messages
about one record go one after the other. All methods block; instants are aware. [ZJ]
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from issuer.notice_text import message_text
from issuer.outbox_storage import MessageState, OutboxMessage
from issuer.phone_numbers import masked
from issuer.sms import (
    LONGEST_SEND_S,
    SmsDelayedError,
    SmsMessage,
    SmsRefusedError,
    SmsSender,
)
from issuer.storage import IssuerStorage
from keys.clock import Clock

TAKEN_AT_ONCE: Final = 10
LEASE_S: Final = 2 * TAKEN_AT_ONCE * LONGEST_SEND_S
"""How long the messages that a sender took are its own, in seconds."""
MAX_TRIES: Final = 48
"""After which a message has failed: about ten days, longer than any holiday in which nobody
looks after a gateway."""
FIRST_PAUSE_S: Final = 60
LONGEST_PAUSE_S: Final = 6 * 3600

_log = logging.getLogger("issuer")


class Sent(Struct, frozen=True):
    """What became of the messages that were due."""

    count: int = 0
    delayed: int = 0
    """Not taken now; tried again later."""
    failed: int = 0
    """Given up."""


def pause_s(tries: int) -> int:
    """How long to wait after so many tries, in seconds: longer each time, up to a cap."""
    # Beyond sixteen doublings the cap holds anyway, and numbers stay small.
    return min(FIRST_PAUSE_S << min(tries - 1, 16), LONGEST_PAUSE_S)


class Outbox:
    """Text messages to residents.

    Args:
        storage: the register.
        sender: the way out.
        clock: gives ``now``.
        english: whether the text is in English too, on a second line.
    """

    def __init__(
        self, storage: IssuerStorage, sender: SmsSender, clock: Clock, *, english: bool = False
    ) -> None:
        self._storage = storage
        self._sender = sender
        self._clock = clock
        self._english = english

    def send_due(self, limit: int = 1_000) -> Sent:
        """Send what is due now, at most ``limit`` messages.

        What goes wrong with one message is kept with it and does not stop the others.
        """
        total = Sent()
        tried = 0
        while tried < limit:
            with self._storage.transaction() as tx:
                now = self._clock()
                taken = tx.take_messages(
                    now,
                    limit=min(TAKEN_AT_ONCE, limit - tried),
                    until=now + timedelta(seconds=LEASE_S),
                )
            if not taken:
                break
            tried += len(taken)
            for message in taken:
                total = _counted(total, self._send(message))
        return total

    def _send(self, message: OutboxMessage) -> MessageState:
        text = message_text(message.kind, message.params, english=self._english)
        try:
            self._sender.send(SmsMessage(message.id, message.phone, text))
        except SmsRefusedError as error:
            return self._keep(_failed(message, error.reason))
        except SmsDelayedError as error:
            return self._keep(_delayed(message, error, self._clock()))
        sent = replace(message, sent_at=self._clock(), last_error="")
        return self._keep(_done(sent, MessageState.SENT))

    def _keep(self, message: OutboxMessage) -> MessageState:
        if message.last_error:
            _log.warning(
                "text message %s: %s, try %d, now %s",
                *(message.id, message.last_error, message.tries, message.state.value),
            )
        with self._storage.transaction() as tx:
            if not tx.keep_outcome(message):
                _log.warning("text message %s was taken away while it was sent", message.id)
        return message.state


def _done(message: OutboxMessage, state: MessageState) -> OutboxMessage:
    # The number has done its work; what is kept is enough to recognise it by.
    return replace(message, state=state, phone=masked(message.phone))


def _failed(message: OutboxMessage, reason: str) -> OutboxMessage:
    return _done(replace(message, last_error=reason), MessageState.FAILED)


def _delayed(message: OutboxMessage, error: SmsDelayedError, now: datetime) -> OutboxMessage:
    if message.tries >= MAX_TRIES:
        return _failed(message, error.reason)
    wait_s = max(pause_s(message.tries), error.again_in_s or 0)
    return replace(
        message,
        state=MessageState.QUEUED,
        next_try_at=now + timedelta(seconds=wait_s),
        last_error=error.reason,
    )


def _counted(total: Sent, state: MessageState) -> Sent:
    if state is MessageState.SENT:
        return replace(total, count=total.count + 1)
    if state is MessageState.FAILED:
        return replace(total, failed=total.failed + 1)
    return replace(total, delayed=total.delayed + 1)
