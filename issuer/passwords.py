"""Passwords: how they are kept, how they are compared, and which are taken.

Kept is an argon2id hash, never the password. Comparing costs time and memory on purpose, so
only a few are compared at once, and an account that is not there costs as much as a wrong
password. Characters that look the same are the same: whoever types a password on another
keyboard or input method gets in.
"""

import secrets
import unicodedata
from functools import cached_property
from threading import BoundedSemaphore
from typing import Final

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from issuer.errors import PasswordError
from issuer.officer_account import AccountName

MIN_LENGTH: Final = 12
"""Characters; long is what makes a password hard to find, so nothing else is asked for."""
MAX_LENGTH: Final = 128
AT_ONCE: Final = 4
"""Comparisons running together: each takes 64 MiB and a processor."""
# Without the characters that are taken for one another when read from paper.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


class Passwords:
    """Hashing with one set of parameters. All methods block; safe to share between threads.

    Args:
        parameters: cost of a hash; the default is the second choice of RFC 9106, section 4.
    """

    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._turns = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept of ``password``; different every time."""
        with self._turns:
            return self._hasher.hash(_one_spelling(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``kept``; without one it takes as long."""
        # What no account can have is not hashed as it is: it could be of any length.
        possible = len(password) <= MAX_LENGTH
        tried = _one_spelling(password) if possible else ""
        nobodys = self._nobodys
        try:
            with self._turns:
                self._hasher.verify(kept or nobodys, tried)
        except (VerificationError, InvalidHashError):
            return False
        return possible and kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self.hash(secrets.token_urlsafe())

    def outdated(self, kept: str) -> bool:
        """Whether ``kept`` was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)


def check_new_password(password: str, name: AccountName) -> None:
    """Raises ``PasswordError`` for one that is not taken, saying what is wrong with it."""
    spelled = _one_spelling(password)
    if not MIN_LENGTH <= len(spelled) <= MAX_LENGTH or len(password) > MAX_LENGTH:
        raise PasswordError(
            f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters",
            remedy="A few words that only you would put together are good and easily kept.",
        )
    if not spelled.isprintable():
        raise PasswordError("a password is one line of characters that can be typed")
    if _is_only(spelled.casefold(), name.id) or spelled.casefold() == str(name):
        raise PasswordError("a password that says who you are is the first to be tried")


def first_password() -> str:
    """A new password for somebody else: about 99 random bits, good to read aloud."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _is_only(text: str, part: str) -> bool:
    return not text.replace(part, "").strip(" -_.@")


def _one_spelling(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
