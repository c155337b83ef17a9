"""``python -m issuer audit …``: look through the log, prove that it is whole, take it along."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

import click

from issuer.audit_check import CheckedChain
from issuer.audit_export import check_export
from issuer.audit_heads import MAX_HEAD_BYTES, AuditHeads, read_head
from issuer.audit_log import AuditEntry
from issuer.audit_reports import AuditFilter, AuditReports, AuditVerdict, verify_log
from issuer.audit_storage import StoredHead
from issuer.command_values import COUNTY, DAY, OFFICER
from issuer.errors import AuditError
from issuer.issuance_errors import NotReadyError
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.settings import Settings
from keys.certificates import certificate_from_pem
from keys.county_keys import CountyKeys, counties_with_keys, load_county_keys
from keys.durable_file import sync_folder, write_durably

MAX_PEM_BYTES: Final = 64 * 1024
MAX_SEQUENCE: Final = 2**31 - 1
"""No entry has a higher number; drivers fail on integers that their database cannot hold."""
_BAR_EVERY: Final = 100
"""Entries between two moves of a progress bar."""

_existing = click.Path(path_type=Path, exists=True, dir_okay=False)
_new = click.Path(path_type=Path, dir_okay=False)
_officer = click.option("--officer", type=OFFICER, required=True, help="An auditor.")


@click.group()
def audit() -> None:
    """The audit log: who did what to which record, in a chain for each county."""


@audit.command()
@click.option("--county", type=COUNTY, help="Only this county's chain.")
@click.option("--head", "heads", type=_existing, help="File with noted heads, one a line.")
@click.option("--file", "export", type=_existing, help="An export instead of the register.")
@click.option("--root", type=_existing, help="The provincial root, PEM; else of the keys.")
@click.option("--records", is_flag=True, help="Compare permits and applications with it, too.")
def verify(
    county: str | None,
    heads: Path | None,
    export: Path | None,
    root: Path | None,
    records: bool,
) -> None:
    """Prove that every chain is whole, or name each entry that was altered or is missing."""
    if export is not None:
        if root is None:
            raise click.UsageError("an export is checked by --root, the inspector's own copy")
        if county is not None or records:
            raise click.UsageError("--county and --records are about the register, not a file")
        held = _root(root)
        with export.open("rb") as file:
            checked = check_export(file, root=held, noted=_noted(heads, held))
        _say_verdict(AuditVerdict((checked,), ()))
        return
    with opened_register() as (settings, storage, _):
        path = root or Path(settings.keys_dir) / "root.pem"
        anchor = _root(path) if root or path.exists() else None
        noted = _noted(heads, anchor)
        verdict = verify_log(storage, county=county, root=anchor, noted=noted, records=records)
    _say_verdict(verdict)


@audit.command()
@click.option("--county", type=COUNTY, required=True)
@click.option("--output", type=_new, help="Where to; shown by default.")
def head(county: str, output: Path | None) -> None:
    """Sign how far a county's log has come. Noted elsewhere, it shows an end cut off later."""
    with opened_register() as (settings, storage, clock):
        signed = AuditHeads(storage, _counties(settings), clock).sign(county)
    _put(f"{signed.token}\n".encode("ascii"), output)
    click.echo(f"{county}  entry {signed.sequence}  {signed.digest}", err=True)


@audit.command()
@_officer
@click.option("--output", type=_new, required=True, help="JSON Lines, the signed head last.")
def export(officer: Officer, output: Path) -> None:
    """Write the log of the auditor's county to a file, for inspectors to check by themselves."""
    with _private_draft(output) as file, opened_register() as (settings, storage, clock):
        entries, lines = AuditReports(storage, _counties(settings), clock).export(officer)
        _write_with_bar(file, lines, entries)
    click.echo(f"{entries} entries exported")


@audit.command()
@_officer
@click.option("--subject", default="", help="Permit or application number, or officer's id.")
@click.option("--actor", default="", help="Who acted.")
@click.option("--act", default="", help="For example look, grant, suspend.")
@click.option("--from", "first_day", type=DAY, help="First day.")
@click.option("--to", "last_day", type=DAY, help="Last day.")
@click.option(
    "--before",
    type=click.IntRange(1, MAX_SEQUENCE),
    help="Only entries below this number: the next page.",
)
def show(
    officer: Officer,
    subject: str,
    actor: str,
    act: str,
    first_day: date | None,
    last_day: date | None,
    before: int | None,
) -> None:
    """Look through the log of the auditor's county, latest first; is itself written down."""
    wanted = AuditFilter(
        subject=subject, actor=actor, act=act, first_day=first_day, last_day=last_day
    )
    with opened_register() as (_, storage, clock):
        page = AuditReports(storage, {}, clock).page(officer, wanted, before=before)
    for entry in page.entries:
        click.echo(_line(entry))
    if page.next_before is not None:
        click.echo(f"more with --before {page.next_before}")
    if not page.entries:
        click.echo("No entry fits.")


@contextmanager
def _private_draft(output: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone, which gets its name when it is whole and on disk."""
    draft = output.with_name(output.name + ".part")
    try:
        draft.unlink(missing_ok=True)  # of an export that was killed
        # One that somebody else puts there meanwhile is not written to, nor where it points.
        file = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(output)
        sync_folder(output.parent)
    finally:
        draft.unlink(missing_ok=True)


def _write_with_bar(file: BinaryIO, lines: Iterable[bytes], entries: int) -> None:
    with click.progressbar(length=entries, label="entries", show_pos=True) as bar:
        for number, line in enumerate(lines, start=1):
            file.write(line)
            if number % _BAR_EVERY == 0:
                bar.update(_BAR_EVERY)
        bar.update(entries % _BAR_EVERY)


def _line(entry: AuditEntry) -> str:
    who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
    details = "  ".join(f"{name}: {text}" for name, text in entry.details.items())
    return "  ".join(
        filter(
            None,
            (
                f"{entry.sequence:>6}",
                f"{entry.at:%Y-%m-%d %H:%M:%SZ}",
                entry.act,
                entry.permit_number,
                who,
                details,
            ),
        )
    )


def _say_verdict(verdict: AuditVerdict) -> None:
    for chain in verdict.chains:
        click.echo(_chain(chain))
    if not verdict.chains:
        click.echo("Nothing was ever written down.")
    if verdict.faults:
        for fault in verdict.faults:
            click.echo(fault)
        raise AuditError(
            f"the audit log is not as it was written: {verdict.faults[0]}",
            remedy="Keep the database as it is, and compare it with its backups.",
        )


def _chain(chain: CheckedChain) -> str:
    return f"{chain.county}  {chain.entries} entries  {chain.digest}  {chain.heads} signed heads"


def _noted(path: Path | None, root: bytes | None) -> list[StoredHead]:
    if path is None:
        return []
    if root is None:
        raise NotReadyError(
            "noted heads are checked by the provincial root, and there is none",
            remedy="Give its certificate with --root.",
        )
    with path.open("rb") as file:
        # A line longer than a head can be comes in pieces, none of which is one.
        lines = iter(lambda: file.readline(MAX_HEAD_BYTES), b"")
        return [
            read_head(line.decode("ascii", "replace"), root=root) for line in lines if line.strip()
        ]


def _root(path: Path) -> bytes:
    with path.open("rb") as file:
        pem = file.read(MAX_PEM_BYTES)
    try:
        return certificate_from_pem(pem)
    except ValueError as error:
        raise NotReadyError(f"{path} holds no certificate") from error


def _counties(settings: Settings) -> dict[str, CountyKeys]:
    directory = Path(settings.keys_dir)
    return {
        code: load_county_keys(directory, base_url=settings.base_url, county=code)
        for code in counties_with_keys(directory)
    }


def _put(data: bytes, output: Path | None) -> None:
    if output is None:
        click.echo(data, nl=False)
    else:
        write_durably(output, data)
