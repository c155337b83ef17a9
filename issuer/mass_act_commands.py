"""``python -m issuer mass-act …``: suspend a cohort with two officers, and undo it with two."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, TypeVar

import click

from issuer.batch_output import progress_bar, say_counts, say_items, say_preview
from issuer.batches import MAX_PORTION, PORTION
from issuer.command_values import DAY, OFFICER
from issuer.desk import Grounds
from issuer.eligibility import Basis
from issuer.mass_act import Criteria, MassAct
from issuer.mass_acts import MassActs
from issuer.officer import Officer
from issuer.opened_register import opened_register

F = TypeVar("F", bound=Callable[..., Any])

_act_id = click.argument("act_id", metavar="MASS_ACT")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_reason = click.option("--reason", required=True, help="Why; goes into the audit log.")
_basis = click.option("--legal-basis", required=True, help="By which provision.")
_CRITERIA: Final = (
    click.option("--by", default="", help="Id of the officer who granted or endorsed."),
    click.option(
        "--ground",
        type=click.Choice([basis.value for basis in Basis]),
        help="What the application rested on that was granted.",
    ),
    click.option("--first-day", type=DAY, help="Of the grant or endorsement."),
    click.option("--last-day", type=DAY, help="Of the grant or endorsement."),
    click.option("--signing-key", default="", help="Thumbprint of the key that signed a copy."),
)


def _criteria(command: F) -> F:
    for option in reversed(_CRITERIA):
        command = option(command)
    return command


@contextmanager
def _mass_acts() -> Iterator[MassActs]:
    with opened_register() as (_, storage, clock):
        yield MassActs(storage, clock)


@click.group("mass-act")
def mass_act() -> None:
    """Mass acts: a cohort of permits suspended together, and the exact undo."""


@mass_act.command()
@_officer
@_criteria
def preview(officer: Officer, **criteria: Any) -> None:
    """Show how many permits belong to a cohort, and some of them."""
    with _mass_acts() as acts:
        say_preview(acts.preview(_read(**criteria), officer))


@mass_act.command()
@_officer
@_criteria
@_reason
@_basis
def propose(officer: Officer, reason: str, legal_basis: str, **criteria: Any) -> None:
    """Propose to suspend a cohort; its permits are those of this moment."""
    with _mass_acts() as acts:
        _say(acts, acts.propose(_read(**criteria), Grounds(reason, legal_basis), officer), officer)


@mass_act.command()
@_act_id
@_officer
def confirm(act_id: str, officer: Officer) -> None:
    """Confirm what another officer proposed; ``run`` carries it out."""
    with _mass_acts() as acts:
        _say(acts, acts.confirm(act_id, officer), officer)


@mass_act.command()
@_act_id
@_officer
@_reason
def reject(act_id: str, officer: Officer, reason: str) -> None:
    """Reject a proposal, or take one's own back."""
    with _mass_acts() as acts:
        _say(acts, acts.reject(act_id, officer, reason), officer)


@mass_act.command()
@_act_id
@_officer
@click.option(
    "--batch-size",
    type=click.IntRange(1, MAX_PORTION),
    default=PORTION,
    show_default=True,
    help="Permits in one transaction.",
)
def run(act_id: str, officer: Officer, batch_size: int) -> None:
    """Carry out what was confirmed; run it again if it was interrupted."""
    with _mass_acts() as acts:
        with progress_bar("permits") as progress:
            ran = acts.run(act_id, officer, batch_size=batch_size, progress=progress)
        _say(acts, ran, officer)


@mass_act.command()
@_act_id
@_officer
@_reason
@_basis
def undo(act_id: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Propose to undo a confirmed mass act; another officer confirms the undo."""
    with _mass_acts() as acts:
        _say(acts, acts.undo_propose(act_id, Grounds(reason, legal_basis), officer), officer)


@mass_act.command("confirm-undo")
@click.argument("undo_id", metavar="UNDO")
@_officer
def confirm_undo(undo_id: str, officer: Officer) -> None:
    """Confirm an undo that another officer proposed; ``run`` carries it out."""
    with _mass_acts() as acts:
        _say(acts, acts.undo_confirm(undo_id, officer), officer)


@mass_act.command("list")
@_officer
def list_mass_acts(officer: Officer) -> None:
    """List the mass acts of the officer's county with their undos, the latest first."""
    with _mass_acts() as acts:
        listed = acts.mass_acts(officer)
        for held in listed:
            _say(acts, held, officer)
    if not listed:
        click.echo("There was no mass act.")


@mass_act.command()
@_act_id
@_officer
@click.option("--after", default="", help="Only permits whose number follows this one.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True)
def show(act_id: str, officer: Officer, after: str, limit: int) -> None:
    """Show a mass act, how far it has come, and its permits."""
    with _mass_acts() as acts:
        _say(acts, acts.mass_act(act_id, officer), officer)
        say_items(acts.items(act_id, officer, after=after, limit=limit))


@mass_act.command()
@_officer
def keys(officer: Officer) -> None:
    """List the keys that signed copies of the county's permits, by thumbprint."""
    with _mass_acts() as acts:
        for thumbprint, copies in sorted(acts.signing_keys(officer).items()):
            click.echo(f"{thumbprint or 'not written down'}  {copies} copies")


def _read(
    *, by: str, ground: str | None, first_day: date | None, last_day: date | None, signing_key: str
) -> Criteria:
    return Criteria(
        officer=by,
        basis=Basis(ground) if ground else None,
        first_day=first_day,
        last_day=last_day,
        signing_key=signing_key,
    )


def _say(acts: MassActs, held: MassAct, officer: Officer) -> None:
    words = [held.id, held.stage.value, f"proposed by {held.proposed_by}"]
    if held.undoes:
        words.insert(1, f"undoes {held.undoes}")
    if held.confirmed_by:
        words.append(f"confirmed by {held.confirmed_by}")
    if held.undone_by:
        words.append(f"undone by {held.undone_by}")
    click.echo("  ".join([*words, f"reason: {held.reason}", f"legal basis: {held.legal_basis}"]))
    say_counts(acts.counts(held.id, officer))
