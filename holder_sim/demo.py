"""``make demo`` and ``make serve``: build the stage, tell the story or stay up."""

import contextlib
import os
import signal
from pathlib import Path

import click

from holder_sim.stage import SERVICES, Stage, free_port
from holder_sim.story import LUCHENG, PINGYANG, Story
from holder_sim.story_lines import CLOSING, OPENING, SERVING, language_of
from schemas.errors import ServiceError

SERVED_PORTS = {"issuer": 8101, "verifier": 8102, "holder_sim": 8103}


def run(*, stay: bool, directory: Path | None = None) -> int:
    """Tell the story, or (``stay``) serve until interrupted; the exit code.

    Each begins anew, so that a run never meets what an earlier one left.
    """
    # Asked to end by a signal of either kind, it does not leave services behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = directory or Path("var" if stay else "var/demo")
    ports = SERVED_PORTS if stay else {service: free_port() for service in SERVICES}
    try:
        with contextlib.closing(Stage(folder, ports)) as stage:
            _set_up(stage)
            act = _serve if stay else _tell
            act(stage, language_of(os.environ))
    except ServiceError as error:
        click.echo(f"\n{error.code}: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _set_up(stage: Stage) -> None:
    counties = ("--county", LUCHENG, "--county", PINGYANG)
    stage.command(
        "keys",
        "init",
        "--directory",
        str(stage.directory / "keys"),
        "--issuer-url",
        stage.urls["issuer"],
        "--verifier-url",
        stage.urls["verifier"],
        *counties,
    )
    for service in SERVICES:
        stage.start(service)


def _serve(stage: Stage, language: str) -> None:
    click.echo(_opening(stage, language))
    click.echo(stage.command("issuer", "demo-data"))
    click.echo(SERVING.say(language))
    stage.wait()


def _tell(stage: Stage, language: str) -> None:
    click.echo(_opening(stage, language))
    story = Story(stage, language, click.echo)
    story.tell()
    click.echo("\n" + CLOSING.say(language, count=story.told))


def _opening(stage: Stage, language: str) -> str:
    issuer, verifier, wallet = (stage.urls[service] for service in SERVICES)
    return OPENING.say(language, issuer=issuer, verifier=verifier, wallet=wallet)
