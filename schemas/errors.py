"""One vocabulary of errors for the whole project, with its wire code on the class.

    ServiceError
    ├── InputError                 the bytes are not what they claim to be
    │   ├── TooLargeError          over a cap on bytes, depth or count
    │   ├── EncodingError          not strict base64url, UTF-8 or JSON
    │   └── ...                    one per codec, in the file of that codec
    ├── TrustError (keys/errors.py)    we cannot believe it
    └── ...                        one tree per service, in its errors.py

Each carries three things a person can act on: the code (stable, for machines), the
detail (what was found, with both values where two disagree) and the remedy (what to do
next). None carries personal data or secrets: details end up in logs.
"""

from typing import ClassVar


class ServiceError(Exception):
    """The root: everything this project raises on purpose.

    Attributes:
        code: stable machine code, snake_case.
        http_status: what the edge answers when nothing more specific maps the error.
        detail: one English sentence saying what was found.
        remedy: one English sentence saying what to do about it; may be empty.
    """

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500

    def __init__(self, detail: str, *, remedy: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.detail} {self.remedy}".strip()


class InputError(ServiceError):
    """Bytes from outside that are not what they claim to be."""

    code = "invalid_input"
    http_status = 400


class TooLargeError(InputError):
    """Over a cap on bytes, depth or count; refused before it is parsed."""

    code = "too_large"
    http_status = 413


class EncodingError(InputError):
    """Not strict base64url, UTF-8 or JSON."""

    code = "bad_encoding"
