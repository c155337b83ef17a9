"""What can go wrong in a wallet.

WalletError
├── LockedError             no fresh face check for this purpose
│   ├── FaceMismatchError       the face check failed
│   └── TooManyFailuresError    locked for a while after failures in a row
├── BusyError               another process of this wallet is fetching copies
├── NothingToShowError      no copy that has these claims and can be used today
├── IssuerRefusedError      the issuer answered with an error of the protocol
├── BadIssuerError          metadata or an answer of the issuer breaks the protocol
├── BadCredentialError      a credential on receipt is not what it should be: not stored
├── BadRequestError         a counter's request that must not be answered
├── NoSuchRequestError      a request that is not, or no longer, being thought over
├── DeclinedError           the holder said no
├── PictureRefusedError     a picture in which no one link can be read
│   ├── NotAPictureError        neither PNG nor JPEG nor WebP, damaged, or too large
│   ├── NoCodeError             no QR code was found in it
│   ├── SeveralCodesError       more than one
│   └── NotALinkError           a code that is no link for a wallet
├── ForeignPageError        a page of another site talks to the wallet's own interface
└── UnreachableError        nothing usable came from an address
"""

from schemas.errors import ServiceError


class WalletError(ServiceError):
    """The root of this tree."""

    http_status = 400


class LockedError(WalletError):
    """There is no fresh face check for this purpose."""

    code = "locked"
    http_status = 403


class FaceMismatchError(LockedError):
    """The face check failed."""

    code = "face_mismatch"


class TooManyFailuresError(LockedError):
    """Locked for a while after too many failures in a row."""

    code = "too_many_failures"


class BusyError(WalletError):
    """Another process of this wallet is fetching copies; nothing was done."""

    code = "busy"
    http_status = 409


class NothingToShowError(WalletError):
    """No copy has these claims and can be used today."""

    code = "nothing_to_show"
    http_status = 404


class IssuerRefusedError(WalletError):
    """The issuer answered with an error of the protocol; ``error`` is its code."""

    code = "issuer_refused"
    http_status = 502

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"the issuer answered {error}: {detail}".rstrip(": "))
        self.error = error


class BadIssuerError(WalletError):
    """Metadata or an answer of the issuer breaks the protocol."""

    code = "bad_issuer"
    http_status = 502


class BadCredentialError(WalletError):
    """A credential on receipt is not what it should be; nothing was stored."""

    code = "bad_credential"
    http_status = 502


class BadRequestError(WalletError):
    """A counter's request that must not be answered; nothing was sent."""

    code = "bad_request"


class NoSuchRequestError(WalletError):
    """A request that is not, or no longer, being thought over."""

    code = "no_such_request"
    http_status = 404


class DeclinedError(WalletError):
    """The holder did not consent, or holds nothing that was asked for."""

    code = "declined"


class PictureRefusedError(WalletError):
    """A picture in which no one link can be read."""

    code = "picture_refused"


class NotAPictureError(PictureRefusedError):
    """Neither PNG nor JPEG nor WebP, damaged, or too large."""

    code = "not_a_picture"


class NoCodeError(PictureRefusedError):
    """No QR code was found in the picture."""

    code = "no_code_found"


class SeveralCodesError(PictureRefusedError):
    """More than one QR code is in the picture."""

    code = "several_codes"


class NotALinkError(PictureRefusedError):
    """The code is no link for a wallet."""

    code = "not_a_wallet_link"


class ForeignPageError(WalletError):
    """A page of another site talks to the wallet's own interface."""

    code = "foreign_page"
    http_status = 403


class UnreachableError(WalletError):
    """Nothing usable came from an address."""

    code = "unreachable"
    http_status = 502
