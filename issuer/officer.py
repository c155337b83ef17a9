"""Who acts at the desk: an officer of one county, with the roles of their account.

Deny unless allowed: every act names the roles that may do it, and an officer without any of
them is refused, whichever page or command they came by. Sources: [ZJ], [SC663 §10, §17].
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from issuer.errors import DeskError

# One spelling for each officer, or "another officer" could be the same one in capitals.
# Twenty characters, which is as long as a number in the audit log may be.
_OFFICER_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


class Role(StrEnum):
    """What an account is for; it may hold several."""

    REGISTRAR = "registrar"
    """Sits at the counter: takes applications in, asks for supplements, offers, prints."""
    APPROVER = "approver"
    """Decides: grants, refuses, endorses, suspends, restores, revokes, cancels."""
    AUDITOR = "auditor"
    """Reads the audit log, and records as far as it takes."""
    ADMINISTRATOR = "administrator"
    """Keeps the officers' accounts; decides nothing."""


ALL_ROLES: Final = frozenset(Role)
AT_THE_COUNTER: Final = frozenset({Role.REGISTRAR, Role.APPROVER})
"""Who serves a person in front of them."""
READERS: Final = frozenset({Role.REGISTRAR, Role.APPROVER, Role.AUDITOR})
"""Who may look at records; every look is written down."""
DECIDERS: Final = frozenset({Role.APPROVER})
ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
"""Who keeps the accounts of their county."""


class Officer(Struct, frozen=True):
    """Who acts, for which county, and as what."""

    id: str
    county: str
    roles: frozenset[Role] = frozenset()


def check_ids(officers: Iterable[Officer]) -> None:
    """Raises ``DeskError`` for a spelling that no officer has."""
    for officer in officers:
        if not _OFFICER_ID.fullmatch(officer.id):
            raise DeskError(
                "an officer's id is 1 to 20 small letters, digits and hyphens",
                remedy="Give it as in the list of officers.",
            )


def require(officer: Officer, allowed: frozenset[Role]) -> str:
    """Let the act go on if the officer's account is for it.

    Returns the roles that allow it, as ``Act.role`` has them: that of the acts of one officer
    with several roles each says as what it was done.

    Raises:
        DeskError: no role of the officer is among ``allowed``, or the id is none.
    """
    check_ids([officer])
    if officer.roles.isdisjoint(allowed):
        needed = " or ".join(sorted(allowed))
        raise DeskError(
            f"this needs the role {needed}",
            remedy="Ask an officer who has it; an administrator of the county gives roles.",
        )
    return ",".join(sorted(officer.roles & allowed))
