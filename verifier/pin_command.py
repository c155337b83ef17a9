"""``python -m verifier counter-pin``: the PIN by which an administrator sets counters up."""

import os
from pathlib import Path

import click

from verifier.counter_pin import CounterPin, new_pin
from verifier.settings import load_settings


@click.command("counter-pin")
@click.option(
    "--generate", is_flag=True, help="Make one by chance and print it, instead of asking for it."
)
def counter_pin(generate: bool) -> int:
    """Set the administrator's PIN for counters; the one before is no longer taken.

    Only its hash is kept, in VERIFIER_STATE_DIR. Counters that are set up stay so.
    """
    pin = (
        new_pin()
        if generate
        else click.prompt("New PIN", hide_input=True, confirmation_prompt="Once more")
    )
    CounterPin(Path(load_settings(os.environ).state_dir)).set(pin)
    click.echo(f"counter PIN  {pin}" if generate else "The PIN is set.")
    return 0
