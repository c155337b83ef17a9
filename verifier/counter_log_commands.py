"""The counter log at the command line: today's counts, tables for the office, the purge."""

import os
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import click
import msgspec

from keys.durable_file import write_durably
from schemas.endorsement_window import SHANGHAI, day_of
from verifier.counter_counts import VERDICTS, counts_csv, counts_of, entries_csv
from verifier.knowledge import Knowledge, items_file
from verifier.service_items import load_items
from verifier.settings import load_settings

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_SINCE = click.option("--since", type=_DAY, help="First day (Asia/Shanghai); by default today.")
_UNTIL = click.option("--until", type=_DAY, help="Last day; by default today.")


@click.group()
def log() -> None:
    """What this verifier's counters have checked, as far as it is kept."""


@log.command()
def today() -> int:
    """Today's checks by service and verdict."""
    known = Knowledge(load_settings(os.environ))
    day = day_of(known.clock())
    counts = counts_of(known.counter_log.tallies(day, day))
    items = load_items(items_file(known.settings))
    click.echo(f"{day}: {sum(count.total for count in counts)} checks")
    for count in counts:
        name = items[count.item].name_zh if count.item in items else ""
        numbers = ", ".join(f"{kind} {count.numbers[kind]}" for kind in VERDICTS)
        click.echo(f"  {count.item}  {name}  {count.total}: {numbers}")
    return 0


@log.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@_SINCE
@_UNTIL
@click.option("--entries", is_flag=True, help="The entries themselves, not only their numbers.")
def export(file: Path, since: datetime | None, until: datetime | None, entries: bool) -> int:
    """Write a table (CSV) to FILE, or to - for standard output.

    With --entries the table holds case numbers: keep it as the log itself is kept.
    """
    known = Knowledge(load_settings(os.environ))
    now = known.clock()
    first = since.date() if since else day_of(now)
    last = until.date() if until else day_of(now)
    if last < first:
        raise click.UsageError("--until is before --since")
    if entries:
        found = known.counter_log.entries(_begin(first), _begin(last + timedelta(days=1)), now)
        table = entries_csv(found)
    else:
        items = load_items(items_file(known.settings))
        table = counts_csv(known.counter_log.tallies(first, last), items)
    if str(file) == "-":
        sys.stdout.buffer.write(table)
        return 0
    try:
        write_durably(file, table)
    except OSError:
        file.with_name(file.name + ".new").unlink(missing_ok=True)  # case numbers stand in it
        raise
    return 0


@log.command()
@click.argument("number", type=int)
def show(number: int) -> int:
    """One entry with all that is kept of it, as JSON; NUMBER is from export --entries."""
    known = Knowledge(load_settings(os.environ))
    entry = known.counter_log.entry(number, known.clock())
    if entry is None:
        raise click.UsageError(f"there is no entry {number}, or its time is over")
    click.echo(msgspec.json.format(msgspec.json.encode(entry)).decode())
    return 0


@log.command()
def purge() -> int:
    """Delete what has expired; the service does so by itself every hour."""
    known = Knowledge(load_settings(os.environ))
    click.echo(f"{known.counter_log.purge(known.clock())} entries deleted.")
    return 0


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
