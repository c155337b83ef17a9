"""``python -m issuer slip``: a confirmation slip into a file, for the printer at the counter."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from issuer.command_values import OFFICER
from issuer.confirmation_slip import DocumentShown
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.slip_pdf import SlipPress
from issuer.slips import Slips
from keys.county_keys import CountyKeys, counties_with_keys, load_county_keys
from schemas.endorsement_window import SHANGHAI


@click.command()
@click.argument("number", metavar="PERMIT_NUMBER")
@click.option("--officer", type=OFFICER, required=True, help="Who prints.")
@click.option(
    "--shown",
    type=click.Choice([document.value for document in DocumentShown]),
    help="Which document the person in front of you showed; it is recorded.",
)
@click.option("--again", metavar="SLIP_NUMBER", help="Today's slip once more: paper was spoilt.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="PDF file to write; none may be there.",
)
def slip(number: str, officer: Officer, shown: str | None, again: str | None, output: Path) -> None:
    """Print the confirmation slip of a usable permit, for its holder in person."""
    if (shown is None) == (again is None):
        raise click.UsageError("give either --shown or --again")
    with _new_private_file(output) as file, opened_register() as (settings, storage, clock):
        slips = Slips(
            storage,
            clock,
            _keys(Path(settings.keys_dir), settings.base_url, officer.county),
            SlipPress(Path(settings.slip_font_dir)),
            demo=settings.allow_demo_ids,
        )
        printed = (
            slips.print_slip(number, officer, DocumentShown(shown))
            if shown
            else slips.print_again(number, again or "", officer)
        )
        file.write(printed.pdf)
    click.echo(f"slip        {printed.slip_id}")
    click.echo(f"printed at  {printed.printed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    click.echo(f"written to  {output}")


@contextmanager
def _new_private_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone, made before anything is recorded; gone again on failure."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "wb")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    written = False
    try:
        with file:
            yield file
        written = True
    finally:
        if not written:
            path.unlink(missing_ok=True)


def _keys(keys_dir: Path, base_url: str, county: str) -> dict[str, CountyKeys]:
    """Of the officer's county, which is the only one they print for."""
    if county not in counties_with_keys(keys_dir):
        return {}
    return {county: load_county_keys(keys_dir, base_url=base_url, county=county)}
