"""Commands for the folder of keys."""

from datetime import UTC, datetime
from pathlib import Path

import click

from keys.certificates import valid_until
from keys.clock import clock_from
from keys.province import TRUST_LIST_DAYS, Province
from schemas.errors import ServiceError

_directory = click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/keys"),
    show_default=True,
    help="Folder of keys.",
)
_clock_file = click.option(
    "--clock-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File with seconds to add to the machine's time; for demonstrations.",
)


class _Explained(click.Group):
    """Turns our errors into one clear message and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except FileExistsError as error:
            raise click.ClickException(
                f"keys are there already: {error.filename}. Nothing was changed."
            ) from error
        except OSError as error:
            # No right, no room, no such folder: the operator's to mend, not a fault of ours.
            where = f": {error.filename}" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{where}") from error
        except ServiceError as error:
            raise click.ClickException(f"{error.code}: {error}") from error


@click.group(cls=_Explained)
def main() -> None:
    """Keys and certificates of the province, and the trust list signed from them."""


@main.command()
@_directory
@_clock_file
@click.option(
    "--issuer-url",
    default="http://127.0.0.1:8101",
    show_default=True,
    help="Where wallets reach the issuer; a county's identifier is this, a slash and its code.",
)
@click.option(
    "--verifier-url",
    default="http://127.0.0.1:8102",
    show_default=True,
    help="Where wallets reach the verifier; its host is named in the request certificate.",
)
@click.option(
    "--county", "counties", multiple=True, required=True, help="Six-digit county code; repeatable."
)
def init(
    directory: Path,
    clock_file: Path | None,
    issuer_url: str,
    verifier_url: str,
    counties: tuple[str, ...],
) -> None:
    """Make root, trust list signer, verifier key and a pair of keys for each county."""
    Province(directory).initialise(
        issuer_url=issuer_url,
        counties=counties,
        verifier_url=verifier_url,
        now=clock_from(clock_file)(),
    )
    click.echo(f"Keys for {', '.join(counties)} and a signed trust list are in {directory}.")


@main.command("add-county")
@_directory
@_clock_file
@click.option("--county", required=True, help="Six-digit county code.")
@click.option("--issuer-url", default="http://127.0.0.1:8101", show_default=True)
def add_county(directory: Path, clock_file: Path | None, county: str, issuer_url: str) -> None:
    """Switch one more county on: a pair of keys, and a trust list that names it."""
    Province(directory).add_county(county, issuer_url=issuer_url, now=clock_from(clock_file)())
    click.echo(f"County {county} has keys and is on the trust list. Restart its issuer.")


@main.command("add-bundle-key")
@_directory
@_clock_file
@click.option("--verifier-url", default="http://127.0.0.1:8102", show_default=True)
def add_bundle_key(directory: Path, clock_file: Path | None, verifier_url: str) -> None:
    """A key that signs bundles for counters without network, for a folder made before it."""
    Province(directory).add_bundle_key(verifier_url=verifier_url, now=clock_from(clock_file)())
    click.echo("This verifier can make bundles now. Restart it.")


@main.command("trust-list")
@_directory
@_clock_file
@click.option(
    "--days",
    type=click.IntRange(min=1, max=366),
    default=TRUST_LIST_DAYS,
    show_default=True,
    help="How long it holds.",
)
def sign(directory: Path, clock_file: Path | None, days: int) -> None:
    """Sign the trust list anew, one number higher."""
    trust_list = Province(directory).publish_trust_list(now=clock_from(clock_file)(), days=days)
    click.echo(f"Trust list {trust_list.sequence} with {len(trust_list.issuers)} issuers.")


@main.command()
@_directory
@_clock_file
@click.option("--county", required=True, help="Six-digit county code.")
def rotate(directory: Path, clock_file: Path | None, county: str) -> None:
    """Give a county a new credential key; permits signed before stay good."""
    Province(directory).rotate(county, now=clock_from(clock_file)())
    click.echo(f"County {county} signs with a new key. Restart its issuer.")


@main.command()
@_directory
def show(directory: Path) -> None:
    """List issuers, their counties, and until when their certificates are valid."""
    province = Province(directory)
    trust_list, root = province.held_trust_list(), province.root
    until = datetime.fromtimestamp(trust_list.exp, UTC)
    click.echo(f"Root valid until {valid_until(root):%Y-%m-%d}.")
    click.echo(f"Trust list {trust_list.sequence} holds until {until:%Y-%m-%d %H:%M} UTC.")
    for issuer in trust_list.issuers:
        click.echo(
            f"{issuer.issuer}  {issuer.name_zh}  counties {', '.join(issuer.counties)}"
            f"  until {issuer.valid_until}"
        )
