"""The way out for text messages: a port, and the ways that need no gateway.

**The contract.** ``send`` returns when the message is in the gateway's hands, and may then be
called again with the same ``id`` by a sender that was killed before it wrote that down: what
stands behind must take one id once. It raises ``SmsRefusedError`` where trying again cannot
help and ``SmsDelayedError`` where it may. It blocks for at most ``LONGEST_SEND_S``. Neither
number nor text ends up in an error or a log.
"""

import os
from abc import ABC, abstractmethod
from errno import ENOSPC
from pathlib import Path
from typing import Final, TextIO

import msgspec
from msgspec import Struct

from issuer.errors import IssuerError
from issuer.phone_numbers import masked

LONGEST_SEND_S: Final = 30
"""How long one sending may take, in seconds."""


class SmsMessage(Struct, frozen=True):
    """A text for a telephone."""

    id: str
    """The idempotency key: one message, one id, however often it is sent."""
    phone: str
    text: str


class SmsError(IssuerError):
    """A message did not get through.

    Attributes:
        reason: stable code for the outbox: http_422, timeout, not_reached…
    """

    code = "sms_not_sent"
    http_status = 502

    def __init__(self, detail: str, *, reason: str, remedy: str = "") -> None:
        super().__init__(detail, remedy=remedy)
        self.reason = reason


class SmsRefusedError(SmsError):
    """The message will never be taken."""

    code = "sms_refused"


class SmsDelayedError(SmsError):
    """The message was not taken now.

    Attributes:
        again_in_s: how long the gateway asked to wait, in seconds, if it did.
    """

    code = "sms_delayed"

    def __init__(self, detail: str, *, reason: str, again_in_s: int | None = None) -> None:
        super().__init__(detail, reason=reason)
        self.again_in_s = again_in_s


class SmsSender(ABC):
    """Hands text messages over; safe to share between threads."""

    @abstractmethod
    def send(self, message: SmsMessage) -> None:
        """Hand one message over. Raises ``SmsRefusedError``, ``SmsDelayedError``."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the object is of no use afterwards."""


class ConsoleSmsSender(SmsSender):
    """For demonstrations: one line on a terminal, the number masked."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, message: SmsMessage) -> None:
        text = message.text.replace("\n", " / ")
        self._stream.write(f"SMS {masked(message.phone)}: {text}\n")
        self._stream.flush()

    def close(self) -> None:
        """Nothing is held: the terminal is not ours."""


class FileSmsSender(SmsSender):
    """One JSON object a line at the end of a file, mode 0600; for tests, and to be carried on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: SmsMessage) -> None:
        line = msgspec.json.encode(message) + b"\n"
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # One write: lines of several processes do not get into each other.
                _write_whole(handle, line if _ends_with_line(handle) else b"\n" + line)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise SmsDelayedError(
                f"the file for text messages cannot be written: {error.strerror}",
                reason="file_not_written",
            ) from error

    def close(self) -> None:
        """Nothing is held between messages."""


def _ends_with_line(handle: int) -> bool:
    """Whether nothing lies at the end that a full disk cut off."""
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def _write_whole(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):
        raise OSError(ENOSPC, os.strerror(ENOSPC))
