"""``python -m issuer notices …``: send the text messages that are due, and look at the outbox."""

from typing import Final

import click

from issuer.command_values import COUNTY
from issuer.opened_register import opened_register
from issuer.outbox import Outbox
from issuer.outbox_storage import MessageState, OutboxMessage
from issuer.phone_numbers import masked
from issuer.sms_http import build_sender

SHOWN: Final = 50
_MOST_AT_ONCE: Final = 100
"""Messages between two moves of a progress bar."""


@click.group()
def notices() -> None:
    """Notices to residents, as text messages."""


@notices.command()
def send() -> None:
    """Send every text message that is due; what is not taken is tried again later."""
    with opened_register() as (settings, storage, clock):
        sender = build_sender(settings)
        try:
            outbox = Outbox(storage, sender, clock, english=settings.sms_english)
            with storage.reading() as register:
                due = register.due_messages(clock())
            sent = delayed = failed = 0
            with click.progressbar(length=due, label="messages", show_pos=True) as bar:
                while due > 0:
                    done = outbox.send_due(min(due, _MOST_AT_ONCE))
                    sent += done.count
                    delayed += done.delayed
                    failed += done.failed
                    tried = done.count + done.delayed + done.failed
                    # Another sender may have taken the rest.
                    due = due - tried if tried else 0
                    bar.update(tried)
        finally:
            sender.close()
    click.echo(f"{sent} sent  {delayed} delayed  {failed} failed")


@notices.command("list")
@click.option("--county", type=COUNTY, help="Only this county's.")
@click.option("--state", type=click.Choice([state.value for state in MessageState]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, show_default=True)
def list_notices(county: str | None, state: str | None, limit: int) -> None:
    """Show text messages, latest first; numbers are masked."""
    wanted = MessageState(state) if state else None
    with opened_register() as (_, storage, _), storage.reading() as register:
        messages = register.messages(county=county, state=wanted, limit=limit)
    for message in messages:
        click.echo(_line(message))
    if not messages:
        click.echo("There is no message.")


def _line(message: OutboxMessage) -> str:
    when = message.sent_at or message.next_try_at
    words = (
        message.id,
        message.subject,
        message.kind,
        message.state.value,
        f"{when:%Y-%m-%d %H:%M:%SZ}",
        masked(message.phone) or "-",
        f"{message.tries} tries" if message.tries else "",
        message.last_error,
    )
    return "  ".join(filter(None, words))
