"""``python -m issuer proposal …``: revoke with four eyes, as two acts at two times."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from issuer.command_values import OFFICER
from issuer.desk import Grounds
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.proposal import Proposal
from issuer.proposals import Proposals

_proposal_id = click.argument("proposal_id", metavar="PROPOSAL")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_reason = click.option("--reason", required=True, help="Why; goes into the audit log.")


@contextmanager
def _proposals() -> Iterator[Proposals]:
    with opened_register() as (_, storage, clock):
        yield Proposals(storage, clock)


@click.group()
def proposal() -> None:
    """Proposals to revoke a permit, which another officer confirms or rejects."""


@proposal.command()
@click.argument("number", metavar="PERMIT_NUMBER")
@_officer
@_reason
@click.option("--legal-basis", required=True, help="By which provision.")
def propose(number: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Propose to take a permit back for good; it stays as it is until another decides."""
    with _proposals() as proposals:
        _say(proposals.propose_revocation(number, officer, Grounds(reason, legal_basis)))


@proposal.command()
@_proposal_id
@_officer
def confirm(proposal_id: str, officer: Officer) -> None:
    """Confirm what another officer proposed: the permit is revoked."""
    with _proposals() as proposals:
        _say(proposals.confirm(proposal_id, officer))


@proposal.command()
@_proposal_id
@_officer
@_reason
def reject(proposal_id: str, officer: Officer, reason: str) -> None:
    """Reject a proposal, or take one's own back; the permit stays as it is."""
    with _proposals() as proposals:
        _say(proposals.reject(proposal_id, officer, reason))


@proposal.command("list")
@_officer
@click.option("--all", "closed_too", is_flag=True, help="Decided ones too.")
def list_proposals(officer: Officer, closed_too: bool) -> None:
    """List the proposals of the officer's county that wait for a second officer."""
    with _proposals() as proposals:
        listed = proposals.proposals(officer, open_only=not closed_too)
    for held in listed:
        _say(held)
    if not listed:
        click.echo("No proposal waits.")


def _say(held: Proposal) -> None:
    words = [
        held.id,
        held.permit_number,
        held.stage.value,
        f"proposed {held.proposed_at:%Y-%m-%d %H:%M:%SZ} by {held.proposed_by}",
        f"reason: {held.reason}",
        f"legal basis: {held.legal_basis}",
    ]
    if held.decided_by:
        words.append(f"decided by {held.decided_by}")
    click.echo("  ".join(words))
