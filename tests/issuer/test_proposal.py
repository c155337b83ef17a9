"""Proposals: decided once, and confirmed by another officer than the one who proposed."""

from datetime import UTC, datetime

import pytest

from issuer.errors import ProposalStateError
from issuer.proposal import Proposal, ProposalStage, confirm, proposal_id, reject

AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
PROPOSAL = Proposal(
    id=proposal_id("330302", 2026, 1),
    county="330302",
    permit_number="ZJ330302202600000018",
    reason="示范原因",
    legal_basis="示范条例",
    proposed_by="li-3",
    proposed_at=AT,
)


def test_another_officer_confirms() -> None:
    confirmed = confirm(PROPOSAL, by="chen-5", at=AT)

    assert (confirmed.stage, confirmed.decided_by) == (ProposalStage.CONFIRMED, "chen-5")
    assert PROPOSAL.open
    assert not confirmed.open
    with pytest.raises(ProposalStateError, match="two officers"):
        confirm(PROPOSAL, by="li-3", at=AT)


@pytest.mark.parametrize("by", ["chen-5", "li-3"], ids=["another", "who proposed"])
def test_either_may_reject(by: str) -> None:
    rejected = reject(PROPOSAL, "示范", by=by, at=AT)

    assert (rejected.stage, rejected.reason_against) == (ProposalStage.REJECTED, "示范")


@pytest.mark.parametrize(
    "decided",
    [confirm(PROPOSAL, by="chen-5", at=AT), reject(PROPOSAL, "示范", by="chen-5", at=AT)],
    ids=["confirmed", "rejected"],
)
def test_who_comes_second_is_told_that_it_was_decided(decided: Proposal) -> None:
    with pytest.raises(ProposalStateError, match="already") as told:
        confirm(decided, by="wang-2", at=AT)
    assert told.value.remedy == "It was decided by chen-5."
    with pytest.raises(ProposalStateError, match="already"):
        reject(decided, "示范", by="wang-2", at=AT)


def test_the_number_fits_the_audit_log() -> None:
    assert PROPOSAL.id == "TY33030220260000001"
    assert PROPOSAL.words == {"reason": "示范原因", "legal_basis": "示范条例"}
