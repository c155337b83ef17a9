"""``make demo`` and ``make serve``: build the stage, tell the story or stay up."""

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import click

from holder_sim.stage import SERVICES, Stage, free_ports
from holder_sim.story import LUCHENG, PINGYANG, Story
from holder_sim.story_lines import CLOSING, OPENING, SERVING, language_of
from schemas.divisions import counties, county
from schemas.errors import ServiceError

SERVED_PORTS = {"issuer": 8101, "verifier": 8102, "holder_sim": 8103}
INTERRUPTED = 130
"""Exit code of a story that was not told to its end, as a shell gives it."""


def run(*, stay: bool, directory: Path | None = None) -> int:
    """Tell the story, or (``stay``) serve until interrupted; the exit code.

    Each begins anew, so that a run never meets what an earlier one left.
    """
    # Asked to end by a signal of either kind, it does not leave services behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = directory or Path("var" if stay else "var/demo")
    ports = SERVED_PORTS if stay else free_ports()
    try:
        with contextlib.closing(Stage(folder, ports)) as stage:
            act = _serve if stay else _tell
            act(stage, language_of(os.environ))
    except ServiceError as error:
        click.echo(f"\n{error.code}: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        return 0 if stay else INTERRUPTED
    return 0


def _serve(stage: Stage, language: str) -> None:
    # The invented people live all over the city; each permit can then be taken and shown.
    city = county(LUCHENG).city_code
    _set_up(stage, [place.code for place in counties() if place.city_code == city])
    click.echo(_opening(stage, language))
    click.echo(stage.command("issuer", "demo-data"))
    pin = stage.command("verifier", "counter-pin", "--generate").split()[-1]
    issuer, verifier, wallet = (stage.urls[service] for service in SERVICES)
    click.echo(SERVING.say(language, issuer=issuer, verifier=verifier, wallet=wallet, pin=pin))
    stage.wait()


def _tell(stage: Stage, language: str) -> None:
    _set_up(stage, [LUCHENG, PINGYANG])
    click.echo(_opening(stage, language))
    story = Story(stage, language, click.echo)
    story.tell()
    click.echo("\n" + CLOSING.say(language, count=story.told))


def _set_up(stage: Stage, codes: Iterable[str]) -> None:
    stage.make_keys(codes)
    for service in SERVICES:
        stage.start(service)


def _opening(stage: Stage, language: str) -> str:
    issuer, verifier, wallet = (stage.urls[service] for service in SERVICES)
    return OPENING.say(language, issuer=issuer, verifier=verifier, wallet=wallet)
