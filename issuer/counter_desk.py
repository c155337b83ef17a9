"""Serving the person in front: who they are, and what is theirs in this county.

At the counter the officer types the number from the document that is shown, and the register
behind the identity check says who that is [ZJ]. Whoever asks that register is written down, found
or not, with the last four characters of the number and never the number; and so is the look at
each record that the person has here. All methods block. Sources: [ZJ], [SC663 §9, §17].
"""

from msgspec import Struct

from issuer.application import Application, IdentityDocument
from issuer.audit_log import Act
from issuer.errors import IdentityCheckError
from issuer.identity_check import IdentityCheck, VerifiedIdentity
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.civil_id import parse_civil_id
from schemas.endorsement_window import day_of


class CounterPerson(Struct, frozen=True):
    """What a county has of the person at its counter."""

    drafts: tuple[Application, ...]
    waiting: tuple[Application, ...]
    """Handed in and not decided."""
    permits: tuple[Permit, ...]
    """Of this county; those that have not ended come first."""


class CounterDesk:
    """What the counter asks before anything is entered.

    Args:
        storage: the register.
        check: the identity check.
        clock: gives ``now``.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        check: IdentityCheck,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._check = check
        self._clock = clock

    def identify(
        self, number: str, document: IdentityDocument, officer: Officer
    ) -> VerifiedIdentity:
        """The person whose ``document`` the officer has seen; the asking is written down.

        Raises:
            schemas.civil_id.CivilIdError: no citizen number; nobody was asked.
            IdentityCheckError: the register has nobody of this number.
            DeskError: the officer does not serve at the counter.
        """
        role = require(officer, AT_THE_COUNTER)
        typed = parse_civil_id(number, today=day_of(self._clock())).number
        try:
            found = self._check.verify(typed)
        except IdentityCheckError:
            self._write_down(officer, role, document, typed, found="no")
            raise
        self._write_down(officer, role, document, typed, found="yes")
        return found

    def person(self, identity: VerifiedIdentity, officer: Officer) -> CounterPerson:
        """Their applications and permits in the officer's county; each look is written down."""
        role = require(officer, AT_THE_COUNTER)
        with self._storage.transaction() as tx:
            now = self._clock()
            applications = tx.applications_of(identity.citizen_id_number)
            permits = tx.permits_of(identity.citizen_id_number)
            here = [held for held in applications if held.open and held.county == officer.county]
            own = [held for held in permits if held.county == officer.county]
            for number in [*(held.number for held in own), *(held.number for held in here)]:
                tx.record(Act(officer.county, now, officer.id, "look", number, role=role))
        return CounterPerson(
            drafts=tuple(held for held in here if held.submitted_at is None),
            waiting=tuple(held for held in here if held.submitted_at is not None),
            permits=tuple(sorted(own, key=lambda held: (held.ended, held.number))),
        )

    def _write_down(
        self, officer: Officer, role: str, document: IdentityDocument, typed: str, *, found: str
    ) -> None:
        with self._storage.transaction() as tx:
            act = Act(
                county=officer.county,
                at=self._clock(),
                actor=officer.id,
                act="identify_person",
                # The officer is who this is about: no whole number of anybody else's is kept.
                permit_number=officer.id,
                # Who looks up a neighbour without seeing any document is found by these four.
                details={"document": document.value, "found": found, "tail": typed[-4:]},
                role=role,
            )
            tx.record(act)
