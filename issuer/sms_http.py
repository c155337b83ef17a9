"""Text messages through a gateway by HTTP, and which way out the settings name.

    POST <address>
    Authorization: Bearer <token>
    Idempotency-Key: <id>
    {"id": "<id>", "phone": "13800000000", "text": "…"}

Any 2xx is a message taken. A refusal of the message itself is final; all that may be the
gateway's or our own state (its faults, too many requests, a token that was changed, an address
that moved) is tried again later, for a wrong setting must not cost residents their notices.
Pausing is the outbox's. https only, or plain http to this machine; redirects are not followed.
"""

import re
import sys
from pathlib import Path
from typing import Final

import httpx
import msgspec

from issuer.issuance_errors import NotReadyError
from issuer.settings import Settings
from issuer.sms import (
    LONGEST_SEND_S,
    ConsoleSmsSender,
    FileSmsSender,
    SmsDelayedError,
    SmsMessage,
    SmsRefusedError,
    SmsSender,
)
from schemas.endpoint_url import check_https_url

CONNECT_TIMEOUT_S: Final = 5.0
"""For connecting to one address, and for writing a request that fits one packet."""
TIMEOUT_S: Final = 15.0
"""For the answer. All in all a gateway that answers does so within ``LONGEST_SEND_S``."""
MAX_TOKEN_BYTES: Final = 4096
MAX_PAUSE_S: Final = 24 * 3600
"""Longest wait a gateway may ask for, in seconds."""
_NOT_THE_MESSAGE: Final = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429})
_TOKEN: Final = re.compile(r"[!-~]+")

assert 2 * CONNECT_TIMEOUT_S + TIMEOUT_S < LONGEST_SEND_S  # noqa: S101 - a promise of the port


class HttpSmsSender(SmsSender):
    """Sends through a gateway.

    Args:
        url: the gateway's address.
        token: what it knows us by; empty: nothing is sent along.

    Raises:
        schemas.endpoint_url.UrlError: neither https nor on this machine.
    """

    def __init__(self, url: str, *, token: str = "") -> None:
        check_https_url(url)
        self._url = url
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(CONNECT_TIMEOUT_S, read=TIMEOUT_S),
            follow_redirects=False,
            # No proxy from the environment: numbers of residents would pass through it.
            trust_env=False,
        )

    def send(self, message: SmsMessage) -> None:
        request = self._client.build_request(
            "POST",
            self._url,
            content=msgspec.json.encode(message),
            headers={"Content-Type": "application/json", "Idempotency-Key": message.id},
        )
        try:
            # Streamed and not read: only the status counts, and a body may be without end.
            answer = self._client.send(request, stream=True)
            answer.close()
        except httpx.TimeoutException as error:
            raise SmsDelayedError("the gateway did not answer in time", reason="timeout") from error
        except httpx.HTTPError as error:
            raise SmsDelayedError(
                f"the gateway was not reached ({type(error).__name__})", reason="not_reached"
            ) from error
        _refuse(answer)

    def close(self) -> None:
        self._client.close()


def build_sender(settings: Settings) -> SmsSender:
    """The way out that the settings name: a gateway, a file, or this terminal.

    Raises:
        NotReadyError: the file with the gateway's token cannot be used.
        schemas.endpoint_url.UrlError: the gateway's address is not taken.
    """
    if settings.sms_url:
        return HttpSmsSender(settings.sms_url, token=_token(settings.sms_token_file))
    if settings.sms_file:
        return FileSmsSender(Path(settings.sms_file))
    return ConsoleSmsSender(sys.stderr)


def _refuse(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    detail, reason = f"the gateway answered {status}", f"http_{status}"
    if answer.is_client_error and status not in _NOT_THE_MESSAGE:
        raise SmsRefusedError(detail, reason=reason)
    raise SmsDelayedError(detail, reason=reason, again_in_s=_retry_after(answer))


def _retry_after(answer: httpx.Response) -> int | None:
    # A day may stand there too; then our own pause is as good.
    text = answer.headers.get("Retry-After", "")
    return min(int(text), MAX_PAUSE_S) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _token(path: str) -> str:
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            token = file.read(MAX_TOKEN_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadyError(
            f"the token of the SMS gateway cannot be read from {path}",
            remedy="Put it there on one line, readable by this service alone.",
        ) from error
    if not _TOKEN.fullmatch(token):
        raise NotReadyError(f"{path} does not hold one token of visible ASCII characters")
    return token
