"""The wallet at the command line, and the demonstration of the whole story."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from holder_sim.app import Parts, build
from holder_sim.app import serve as serve_forever
from holder_sim.face_check import Purpose, Unlocked
from holder_sim.held_credential import Card
from holder_sim.presentation_client import Asked
from holder_sim.qr_picture import picture_of, terminal_of
from holder_sim.settings import load_settings
from schemas.divisions import county
from schemas.errors import ServiceError
from schemas.permit_credential import CLAIM_LABELS, CLAIM_PATHS

T = TypeVar("T")
DEFAULT_CLAIMS = ("name", "citizen_id_tail")

_face = click.option(
    "--face",
    type=click.Choice(["match", "mismatch"]),
    default=None,
    help="How the simulated face check ends; asked for when not given.",
)


class _Explained(click.Group):
    """Turns our errors into one clear message and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            lines = filter(None, (f"{error.code}: {error.detail}", error.remedy))
            raise click.ClickException("\n".join(lines)) from error
        except OSError as error:
            # A folder or picture that cannot be written, on the holder's own machine.
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error


@click.group(cls=_Explained)
def main() -> None:
    """A wallet simulator: takes a permit, keeps it sealed, shows it behind a face check."""


@main.command()
@click.argument("offer_uri")
@click.option("--tx-code", default=None, help="Transaction code; asked for when not given.")
@_face
def accept(offer_uri: str, tx_code: str | None, face: str | None) -> None:
    """Redeem OFFER_URI and keep the permit."""
    code = tx_code if tx_code is not None else click.prompt("Transaction code")
    cards = _run(
        face,
        Purpose.COLLECT,
        lambda parts, unlocked: parts.wallet.accept(unlocked, offer_uri, code),
    )
    _print_cards(cards)


@main.command()
@_face
def refresh(face: str | None) -> None:
    """Fetch new copies, for example after an endorsement."""
    _print_cards(
        _run(face, Purpose.COLLECT, lambda parts, unlocked: parts.wallet.refresh(unlocked))
    )


@main.command()
@_face
def cards(face: str | None) -> None:
    """List what is held."""

    async def listed(parts: Parts, unlocked: Unlocked) -> tuple[Card, ...]:
        return parts.wallet.cards(unlocked)

    _print_cards(_run(face, Purpose.VIEW, listed))


@main.command()
@click.option(
    "--png", type=click.Path(path_type=Path, dir_okay=False), help="Write the code as PNG."
)
@click.option(
    "--claim",
    "claims",
    multiple=True,
    type=click.Choice(sorted(CLAIM_PATHS)),
    help="Claim to disclose; repeatable. By default name and last four of the number.",
)
@click.option("--terminal", is_flag=True, help="Draw the code in the terminal.")
@_face
def show(png: Path | None, claims: tuple[str, ...], terminal: bool, face: str | None) -> None:
    """Show the permit as a code that counters take once, for 60 seconds."""

    async def shown(parts: Parts, unlocked: Unlocked) -> str:
        return (await parts.wallet.show(unlocked, claims or DEFAULT_CLAIMS)).code

    code = _run(face, Purpose.PRESENT, shown)
    if png is not None:
        picture = picture_of(code)
        png.parent.mkdir(parents=True, exist_ok=True)
        png.write_bytes(picture.png)
        click.echo(f"QR version {picture.version} written to {png}.")
    if terminal or png is None:
        click.echo(terminal_of(code))


@main.command()
@click.argument("url")
@click.option("--yes", is_flag=True, help="Consent without being asked.")
@_face
def answer(url: str, yes: bool, face: str | None) -> None:
    """Answer a counter's OpenID4VP request (openid4vp://...)."""

    def consent(asked: Asked) -> bool:
        labels = (CLAIM_LABELS.get(name, (name, name))[1] for name in asked.claims)
        named = ", ".join(labels) or "no personal claim"
        if not asked.held:
            click.echo(f"{asked.verifier} asks for: {named}. No usable permit here has that.")
            return yes or not click.confirm("Tell the counter no?", default=True)
        return yes or click.confirm(f"{asked.verifier} asks for: {named}. Send?")

    sent = _run(
        face,
        Purpose.PRESENT,
        lambda parts, unlocked: parts.wallet.answer(unlocked, url, consent),
    )
    click.echo(f"Sent: {', '.join(sent.claims) or 'no personal claim'}.")
    if sent.redirect_uri:
        click.echo(f"Go on at {sent.redirect_uri}")


@main.command()
def serve() -> None:
    """Run the wallet's service for its pages."""
    serve_forever(load_settings(os.environ))


@main.command()
@click.option("--serve", "stay", is_flag=True, help="Start everything with data, and stay up.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Folder for keys, data and pictures; by default var/demo, with --serve var.",
)
def demo(stay: bool, directory: Path | None) -> None:
    """Start issuer, verifier and wallet, and tell the story of one permit."""
    from holder_sim.demo import run

    raise SystemExit(run(stay=stay, directory=directory))


def _run(face: str | None, purpose: Purpose, act: Callable[[Parts, Unlocked], Awaitable[T]]) -> T:
    sample = face or ("match" if click.confirm("Simulated face check: is it you?") else "mismatch")

    async def steps() -> T:
        parts = build(load_settings(os.environ))
        try:
            return await act(parts, parts.face.unlock(sample.encode(), purpose))
        finally:
            await parts.http.close()

    return asyncio.run(steps())


def _print_cards(cards: tuple[Card, ...]) -> None:
    for card in cards:
        where, state = county(card.county), "lapsed since" if card.lapsed else "usable through"
        click.echo(
            f"{card.configuration}: {where.name_zh} {where.name_en}, {state} {card.usable_through},"
            f" {card.unused} of {card.copies} copies unused"
        )
    if not cards:
        click.echo("No permit is held.")
