"""The counter bundle at the command line: onto a USB stick, from a USB stick, and what is in it.

A verifier that is running over the same folder takes up what was imported within its
``VERIFIER_STATUS_REFRESH_S``.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from keys.durable_file import write_durably
from schemas.endorsement_window import SHANGHAI
from verifier.bundle_errors import BundleNotKeptError, BundleTooLargeError
from verifier.bundle_exchange import own_divisions
from verifier.bundle_manifest import MAX_BUNDLE_BYTES
from verifier.counter_bundle import DIVISIONS, Bundle, Progress, read_bundle
from verifier.errors import TrustListUnavailableError
from verifier.knowledge import Knowledge
from verifier.sentences import duration
from verifier.settings import load_settings
from verifier.status_aggregation import fetch_ahead

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def bundle() -> None:
    """Carry what counters need to one without network, in one signed file."""


@bundle.command("export")
@_FILE
def export_bundle(file: Path) -> int:
    """Write the bundle to FILE, made anew where this verifier has the key for it."""
    known = Knowledge(load_settings(os.environ))
    asyncio.run(_renew(known))
    held = known.bundles.current()
    try:
        write_durably(file, held.whole())
    except OSError as error:
        file.with_name(file.name + ".new").unlink(missing_ok=True)
        raise BundleNotKeptError(
            f"{file} cannot be written: {error.strerror}.",
            remedy="Make room there, or take another stick; what was there before stays.",
        ) from error
    click.echo(f"{file}: {_described(held, known.clock())}")
    return 0


async def _renew(known: Knowledge) -> None:
    known.bundles.take_up(known.clock())
    if not known.exchange.makes:
        return
    try:
        await known.trust.refresh(known.clock())
    except TrustListUnavailableError as error:
        click.echo(f"{error.code}: {error}", err=True)
    trust_list = known.trust.current(known.clock())
    with _bar("issuers") as progress:
        await fetch_ahead(trust_list, known.statuses, known.fetcher, known.clock, progress=progress)
    await known.exchange.make()


@bundle.command("import")
@_FILE
def import_bundle(file: Path) -> int:
    """Take over the bundle in FILE; refused, and why, if it is not good or not newer."""
    known = Knowledge(load_settings(os.environ))
    data = _read(file)
    with _bar("status lists") as progress:
        taken = known.bundles.take(data, known.clock(), progress)
    newer = asyncio.run(known.exchange.put_to_use(taken))
    click.echo(_described(taken, known.clock()))
    click.echo(f"{newer} status lists are newer than what was held here.")
    return 0


@bundle.command("show")
@_FILE
def show_bundle(file: Path) -> int:
    """Verify the bundle in FILE and say what is in it; nothing is taken over."""
    known = Knowledge(load_settings(os.environ))
    now = known.clock()
    with _bar("status lists") as progress:
        shown = read_bundle(_read(file), root=known.root, at=now, progress=progress)
    click.echo(_described(shown, now))
    for each in shown.lists:
        ended = "" if now.timestamp() < each.ends_s else "  HAS RUN OUT"
        age_s = max(0, int(now.timestamp()) - each.iat_s)
        counties = ", ".join(each.issuer.counties)
        click.echo(f"  {counties}  {each.uri}  {duration(age_s, 'en')} old{ended}")
    if shown.document(DIVISIONS) != own_divisions():
        click.echo("  Made with another table of divisions: update this program.")
    return 0


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(MAX_BUNDLE_BYTES + 1)
    if len(data) > MAX_BUNDLE_BYTES:
        raise BundleTooLargeError(f"{file} has more than {MAX_BUNDLE_BYTES} bytes.")
    return data


def _described(held: Bundle, now: datetime) -> str:
    made_at = held.made_at.astimezone(SHANGHAI)
    age_s = max(0, int((now - held.made_at).total_seconds()))
    ended = sum(1 for each in held.lists if now.timestamp() >= each.ends_s)
    told = (
        f"bundle {held.sequence} of {made_at:%Y-%m-%d %H:%M} (Shanghai), {duration(age_s, 'en')}"
        f" old: trust list {held.trust_list.sequence} with {len(held.trust_list.issuers)}"
        f" issuers, {len(held.lists)} status lists"
    )
    if not ended:
        return f"{told}."
    return f"{told}, of which {ended} have run out: counters cannot say. Export a new one."


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    with click.progressbar(length=1, label=label, show_pos=True) as bar:

        def move(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield move
