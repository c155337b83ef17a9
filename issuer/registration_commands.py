"""``python -m issuer import-registrations``: a CSV file into the register, whole or not at all."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Final

import click

from issuer.audit_log import Act
from issuer.officers import CONSOLE
from issuer.opened_register import opened_register
from issuer.registration_import import MAX_BYTES, parse_registrations
from schemas.endorsement_window import day_of

IMPORTED: Final = "import_registrations"
REGISTRATIONS: Final = "residence-registrations"
"""What the audit entry is about: the counties' registrations, of which it names nobody's."""


@click.command("import-registrations")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_registrations(file: Path) -> None:
    """Import residence registrations from a CSV file; a fault anywhere imports nothing.

    Columns: citizen_id_number, county, address, registered_on and, if wanted, ended_on.
    A row takes the place of what was held for the same person and county. Each county's audit
    log keeps how many rows came, and the digest of the file.
    """
    with file.open("rb") as opened:
        # One byte more than is taken: enough to be refused, however long the file is.
        data = opened.read(MAX_BYTES + 1)
    with opened_register() as (_, storage, clock):
        with click.progressbar(length=data.count(b"\n"), label="rows", show_pos=True) as bar:
            registrations = parse_registrations(data, today=day_of(clock()), progress=bar.update)
        per_county = Counter(registration.county for registration in registrations)
        digest = sha256(data).hexdigest()
        with storage.transaction() as tx:
            now = clock()
            tx.put_registrations(registrations)
            for county, rows in sorted(per_county.items()):
                details = {"rows": str(rows), "file": digest}
                tx.record(Act(county, now, CONSOLE, IMPORTED, REGISTRATIONS, details))
    click.echo(f"{len(registrations)} registrations imported")
