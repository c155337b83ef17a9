"""``python -m issuer campaign …``: endorse all permits of a county that are due."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from issuer.batch_output import progress_bar, say_counts, say_items, say_preview
from issuer.batches import MAX_PORTION, PORTION
from issuer.campaign import Campaign, Due
from issuer.campaigns import Campaigns
from issuer.command_values import OFFICER
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.stored_residences import StoredResidences

_campaign_id = click.argument("campaign_id", metavar="CAMPAIGN")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_due: Final = click.option(
    "--due",
    type=click.Choice([due.value for due in Due]),
    default=Due.IN_WINDOW.value,
    show_default=True,
    help="Those whose window is open, those that have lapsed, or both.",
)


@contextmanager
def _campaigns() -> Iterator[Campaigns]:
    with opened_register() as (_, storage, clock):
        yield Campaigns(storage, StoredResidences(storage), clock)


@click.group()
def campaign() -> None:
    """Endorsement campaigns: every permit of the officer's county that is due."""


@campaign.command()
@_officer
@_due
def preview(officer: Officer, due: str) -> None:
    """Show how many permits a campaign would endorse today, and why not others."""
    with _campaigns() as campaigns:
        with progress_bar("permits") as progress:
            found = campaigns.preview(officer, Due(due), progress=progress)
        say_preview(found)


@campaign.command()
@_officer
@_due
def start(officer: Officer, due: str) -> None:
    """Put a campaign down with its permits; ``run`` carries it out."""
    with _campaigns() as campaigns:
        with progress_bar("permits") as progress:
            started = campaigns.start(officer, Due(due), progress=progress)
        _say(started)
        say_counts(campaigns.counts(started.id, officer))


@campaign.command()
@_campaign_id
@_officer
@click.option(
    "--batch-size",
    type=click.IntRange(1, MAX_PORTION),
    default=PORTION,
    show_default=True,
    help="Permits in one transaction.",
)
def run(campaign_id: str, officer: Officer, batch_size: int) -> None:
    """Endorse what waits; run it again if it was interrupted."""
    with _campaigns() as campaigns:
        with progress_bar("permits") as progress:
            ran = campaigns.run(campaign_id, officer, batch_size=batch_size, progress=progress)
        _say(ran)
        say_counts(campaigns.counts(campaign_id, officer))


@campaign.command()
@_campaign_id
@_officer
def stop(campaign_id: str, officer: Officer) -> None:
    """End a campaign before its end; who waits is left as they are."""
    with _campaigns() as campaigns:
        _say(campaigns.stop(campaign_id, officer))
        say_counts(campaigns.counts(campaign_id, officer))


@campaign.command("list")
@_officer
def list_campaigns(officer: Officer) -> None:
    """List the campaigns of the officer's county, the latest first."""
    with _campaigns() as campaigns:
        listed = campaigns.campaigns(officer)
        for held in listed:
            _say(held)
            say_counts(campaigns.counts(held.id, officer))
    if not listed:
        click.echo("There was no campaign.")


@campaign.command()
@_campaign_id
@_officer
@click.option("--after", default="", help="Only permits whose number follows this one.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True)
def show(campaign_id: str, officer: Officer, after: str, limit: int) -> None:
    """Show a campaign, how far it has come, and its permits."""
    with _campaigns() as campaigns:
        _say(campaigns.campaign(campaign_id, officer))
        say_counts(campaigns.counts(campaign_id, officer))
        say_items(campaigns.items(campaign_id, officer, after=after, limit=limit))


def _say(held: Campaign) -> None:
    words = (
        held.id,
        held.stage.value,
        held.due.value,
        f"started {held.started_on} by {held.started_by}",
    )
    click.echo("  ".join(words))
