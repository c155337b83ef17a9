"""A proposal to revoke one permit: one officer proposes, another decides, each at their time. Pure.

    open ── confirm, by another officer ──> confirmed, and the permit is revoked
    open ── reject ──> rejected

Whoever proposed may take it back, which is a rejection by themselves. Instants are aware.
Sources: [ZJ], [SC663 §18].
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from issuer.batch import SERIAL_DIGITS
from issuer.errors import ProposalStateError


class ProposalStage(StrEnum):
    """How far it has come."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Proposal(Struct, frozen=True, kw_only=True):
    """That a permit be revoked."""

    id: str
    county: str
    """The permit's, six digits [GBT2260]."""
    permit_number: str
    reason: str
    legal_basis: str
    proposed_by: str
    proposed_at: datetime
    stage: ProposalStage = ProposalStage.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    reason_against: str = ""
    """Why it was rejected."""

    @property
    def open(self) -> bool:
        """Whether it waits; a permit has one open proposal at most."""
        return self.stage is ProposalStage.OPEN

    @property
    def words(self) -> dict[str, str]:
        """Reason and legal basis, as the audit log has them."""
        return {"reason": self.reason, "legal_basis": self.legal_basis}


def proposal_id(county_code: str, year: int, serial: int) -> str:
    """TY, county, year and seven digits of serial."""
    return f"TY{county_code}{year:04d}{serial:0{SERIAL_DIGITS}d}"


def confirm(proposal: Proposal, *, by: str, at: datetime) -> Proposal:
    """Decided for it.

    Raises:
        ProposalStateError: decided already, or the officer is the one who proposed.
    """
    _expect_open(proposal, "confirm")
    if proposal.proposed_by == by:
        raise ProposalStateError(
            "two officers revoke: one proposes, another confirms",
            remedy="Ask another approver of the county.",
        )
    return replace(proposal, stage=ProposalStage.CONFIRMED, decided_by=by, decided_at=at)


def reject(proposal: Proposal, reason: str, *, by: str, at: datetime) -> Proposal:
    """Decided against it, or taken back. Raises ``ProposalStateError`` if decided already."""
    _expect_open(proposal, "reject")
    return replace(
        proposal,
        stage=ProposalStage.REJECTED,
        decided_by=by,
        decided_at=at,
        reason_against=reason,
    )


def _expect_open(proposal: Proposal, verb: str) -> None:
    if not proposal.open:
        raise ProposalStateError(
            f"nobody can {verb} a proposal that is {proposal.stage} already",
            remedy=f"It was decided by {proposal.decided_by}.",
        )
