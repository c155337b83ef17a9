"""``python -m issuer notices due``: tell residents that their endorsement is due."""

import click

from issuer.due_notices import queue_due_notices
from issuer.opened_register import opened_register


@click.command()
def due() -> None:
    """Queue the notices 30, 7 and 1 days before a permit runs out; run it once a day.

    What was queued is not queued again, however often it is run.
    """
    with opened_register() as (_, storage, clock):
        queued = queue_due_notices(storage, clock())
    for kind, number in sorted(queued.items()):
        click.echo(f"{kind}  {number}")
    if not queued:
        click.echo("No notice is due.")
