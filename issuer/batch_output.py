"""What the command line says about campaigns and mass acts: previews, progress, what became."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from issuer.batch import OUTCOME_SENTENCES, BatchItem, Counts, Outcome, Preview
from issuer.batches import Progress


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar, and what moves it."""
    with click.progressbar(length=1, label=label, show_pos=True) as bar:

        def move(done: int, total: int) -> None:
            bar.length = total
            # Others may share the work, so the bar goes to where the work is.
            bar.update(done - bar.pos)

        yield move


def say_preview(preview: Preview) -> None:
    """How many, why not others, and the first few."""
    click.echo(f"{preview.count} permits")
    _say_left_out(preview.left_out)
    for number in preview.sample:
        click.echo(f"  {number}")
    if preview.count > len(preview.sample):
        click.echo(f"  … and {preview.count - len(preview.sample)} more")


def say_counts(counts: Counts) -> None:
    """How far it has come."""
    click.echo(f"  {counts.done} of {counts.total} done, {counts.waiting} waiting")
    _say_left_out(counts.left_out)


def say_items(items: list[BatchItem]) -> None:
    """A line for each permit."""
    for item in items:
        when = f"{item.at:%Y-%m-%d %H:%M:%SZ}" if item.at else "-"
        click.echo(f"  {item.permit_number}  {item.outcome or 'waiting'}  {when}")


def _say_left_out(left_out: Mapping[Outcome, int]) -> None:
    for outcome, number in left_out.items():
        zh, en = OUTCOME_SENTENCES[outcome]
        click.echo(f"  {number} left out, {outcome}: {en} {zh}")
