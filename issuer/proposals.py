"""Revoking with four eyes, as two acts at two times: one officer proposes, another decides.

Until somebody decides, the permit stays as it is; whoever finds that too dangerous suspends it
meanwhile. What is open is listed for the county. All methods block; instants are aware.
Sources: [ZJ], [SC663 §18].
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from issuer import proposal as steps
from issuer.audit_log import Act
from issuer.desk import Grounds, permit_for, word_of, words_of
from issuer.errors import DeskError, PermitStateError, ProposalStateError
from issuer.officer import DECIDERS, READERS, Officer, require
from issuer.permit_acts import Acting, revoke_in
from issuer.proposal import Proposal, proposal_id
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.endorsement_window import day_of


class Proposals:
    """Proposals to revoke, for officers of their counties.

    Args:
        storage: the register.
        clock: gives ``now``.
    """

    def __init__(self, storage: IssuerStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def propose_revocation(self, number: str, officer: Officer, grounds: Grounds) -> Proposal:
        """That a permit be revoked; another officer decides.

        Raises:
            issuer.errors.UnknownPermitError: no permit has this number.
            PermitStateError: it has ended already.
            ProposalStateError: the same is proposed already.
            DeskError: the officer may not, or reason or legal basis is missing.
        """
        words = words_of(grounds)
        with self._act(officer) as (tx, now):
            held = permit_for(tx, number, officer)
            if held.ended:
                raise PermitStateError("the permit has ended for good; there is nothing to revoke")
            for proposal in tx.proposals(held.county, open_only=True):
                if proposal.permit_number == number:
                    raise ProposalStateError(
                        f"proposal {proposal.id} to revoke this permit is open",
                        remedy="Confirm it or reject it.",
                    )
            year = day_of(now).year
            made = Proposal(
                id=proposal_id(held.county, year, tx.next_proposal_serial(held.county, year)),
                county=held.county,
                permit_number=number,
                proposed_by=officer.id,
                proposed_at=now,
                reason=words["reason"],
                legal_basis=words["legal_basis"],
            )
            tx.add_proposal(made)
            self._record(tx, made, "propose_revocation", officer, now, words)
        return made

    def confirm(self, proposal_id: str, officer: Officer) -> Proposal:
        """The permit revoked, by another officer than the one who proposed it.

        Raises:
            issuer.errors.UnknownProposalError: no proposal has this number.
            ProposalStateError: decided already, or this officer proposed it.
            PermitStateError: the permit has ended meanwhile.
        """
        with self._act(officer) as (tx, now):
            held = _proposal_for(tx, proposal_id, officer)
            confirmed = steps.confirm(held, by=officer.id, at=now)
            acting = Acting(
                officer.id, require(officer, DECIDERS), now, within={"proposal": held.id}
            )
            permit = permit_for(tx, held.permit_number, officer)
            revoke_in(tx, permit, acting, held.words, proposed_by=held.proposed_by)
            tx.replace_proposal(confirmed)
        return confirmed

    def reject(self, proposal_id: str, officer: Officer, reason: str) -> Proposal:
        """Decided against it, or taken back by who proposed it; the permit stays as it is.

        Raises:
            issuer.errors.UnknownProposalError: no proposal has this number.
            ProposalStateError: decided already.
        """
        words = {"reason": word_of("reason", reason)}
        with self._act(officer) as (tx, now):
            held = _proposal_for(tx, proposal_id, officer)
            rejected = steps.reject(held, words["reason"], by=officer.id, at=now)
            tx.replace_proposal(rejected)
            self._record(tx, rejected, "reject_revocation", officer, now, words)
        return rejected

    def proposals(self, officer: Officer, *, open_only: bool = True) -> list[Proposal]:
        """Those of the officer's county, the oldest first."""
        require(officer, READERS)
        with self._storage.reading() as register:
            return register.proposals(officer.county, open_only=open_only)

    def proposal(self, proposal_id: str, officer: Officer) -> Proposal:
        """One of them. Raises ``UnknownProposalError``, ``DeskError``."""
        require(officer, READERS)
        with self._storage.reading() as register:
            return _proposal_for(register, proposal_id, officer)

    @contextmanager
    def _act(self, officer: Officer) -> Iterator[tuple[IssuerTransaction, datetime]]:
        require(officer, DECIDERS)
        with self._storage.transaction() as tx:
            yield tx, self._clock()

    @staticmethod
    def _record(
        tx: IssuerTransaction,
        proposal: Proposal,
        act: str,
        officer: Officer,
        now: datetime,
        words: dict[str, str],
    ) -> None:
        role = require(officer, DECIDERS)
        details = words | {"proposal": proposal.id}
        entry = Act(proposal.county, now, officer.id, act, proposal.permit_number, details, role)
        tx.record(entry)


def _proposal_for(register: IssuerReading, proposal_id: str, officer: Officer) -> Proposal:
    held = register.proposal(proposal_id)
    if held.county != officer.county:
        raise DeskError(
            f"the proposal is of county {held.county}, the officer of {officer.county}",
            remedy=f"Officers of {held.county} decide about it.",
        )
    return held
