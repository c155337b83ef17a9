"""A counter at the command line: check a shown code, ask a wallet, serve.

Exit codes of ``check`` and ``request``: 0 accepted, 1 refused, 2 cannot say; 64 when the
command itself could not be carried out (wrong use, settings, files, no service).
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

import click
import httpx
import msgspec

from keys.clock import clock_from
from keys.one_time import FileOneTimeStore
from schemas.divisions import county as county_of
from schemas.errors import ServiceError
from schemas.foreign_code import kind_of_foreign
from verifier.app import serve as serve_forever
from verifier.app import trust_cache
from verifier.sentences import Language
from verifier.service_items import find_item, load_items
from verifier.settings import Settings, load_settings
from verifier.status_cache import StatusCache
from verifier.verdict_report import report
from verifier.verdict_text import verdict_text
from verifier.verify import Counter, Verifier

EXIT_CODES = {"accepted": 0, "refused": 1, "cannot_say": 2}
USAGE = 64
CODE_PREFIX = "ZJ1:"
MAX_INPUT_BYTES = 8 * 1024 * 1024
POLL_S = 0.5
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def _language() -> Language:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


def _common(command: Callable[..., int]) -> Callable[..., int]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="The verdict as JSON."),
        click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            default=_language,
            help="Language of the answer; by default that of the terminal.",
        ),
        click.option("--county", required=True, help="Code of the counter's county, six digits."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Check residence permits at a counter. Settings: VERIFIER_... (see README)."""


@cli.command()
@click.argument("file_or_text")
@click.option("--item", required=True, help="Service item; see: python -m verifier items")
@_common
def check(file_or_text: str, item: str, county: str, lang: Language, as_json: bool) -> int:
    """Check a code that a holder shows, without a server.

    FILE_OR_TEXT is the code's text (ZJ1:...), a picture of it (PNG, JPEG), a text file, or
    - for standard input. A code is accepted once.
    """
    shown = _shown(file_or_text)
    settings = load_settings(os.environ)
    counter, asked_for = Counter(county_of(county)), find_item(load_items(), item)
    now = clock_from(settings.clock_path)()
    verifier = _verifier(settings)
    if isinstance(shown, bytes):
        verdict = asyncio.run(
            verifier.check_picture(shown, counter=counter, item=asked_for, now=now)
        )
    else:
        verdict = asyncio.run(verifier.check_code(shown, counter=counter, item=asked_for, now=now))
    return _tell(report(verdict), lang, as_json)


@cli.command()
@click.argument("item")
@_common
@click.option("--service", help="Address of the running verifier; by default VERIFIER_BASE_URL.")
def request(item: str, county: str, lang: Language, as_json: bool, service: str | None) -> int:
    """Ask a wallet for a permit over OpenID4VP, through the running service, and wait."""
    base_url = service or load_settings(os.environ).base_url
    try:
        with httpx.Client(base_url=base_url, timeout=10, trust_env=False) as client:
            asked = _answer(client.post("/requests", json={"county": county, "item": item}))
            click.echo(asked["authorization_url"], err=as_json)
            result = _wait(client, asked["id"], asked["transaction_id"])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(f"no verifier answers at {base_url}: {error}") from error
    if result["result"] is None:
        click.echo(f"{result['state']} {result['error'] or ''}".strip(), err=True)
        return EXIT_CODES["cannot_say"]
    return _tell(result["result"], lang, as_json)


@cli.command()
def items() -> int:
    """List the service items: what each asks for, and where it holds."""
    for item in load_items().values():
        asks = ", ".join(item.claims) or "-"
        click.echo(f"{item.id}\n    {item.name_zh} / {item.name_en}")
        click.echo(
            f"    {item.area}: {asks}" if item.may_ask else f"    may not ask ({item.basis})"
        )
    return 0


@cli.command()
def serve() -> int:
    """Run the verifier service until it is told to stop."""
    serve_forever(load_settings(os.environ))
    return 0


def main() -> NoReturn:
    """Run, and end the process with the exit code the module's head names."""
    try:
        sys.exit(cast("int", cli.main(prog_name="python -m verifier", standalone_mode=False)))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
    except ServiceError as error:
        click.echo(f"{error.code}: {error}", err=True)
    except OSError as error:
        click.echo(f"{error.strerror}: {error.filename}", err=True)
    sys.exit(USAGE)


def _verifier(settings: Settings) -> Verifier:
    state_dir = Path(settings.state_dir)
    return Verifier(
        trust=trust_cache(settings),
        statuses=StatusCache(state_dir / "status-lists"),
        used_codes=FileOneTimeStore(state_dir / "used-codes.db"),
        group=settings.group,
    )


def _shown(file_or_text: str) -> str | bytes:
    """A picture as bytes, anything else as text.

    Raises:
        click.UsageError: no code, and no file with one; says what it is instead.
    """
    if file_or_text.upper().startswith(CODE_PREFIX):
        return file_or_text
    try:
        with click.open_file(file_or_text, "rb") as file:
            data = cast("bytes", file.read(MAX_INPUT_BYTES + 1))
    except OSError as error:
        raise click.UsageError(
            f"no file that can be read ({error.strerror}), and no permit's code, which begins"
            f" with {CODE_PREFIX}; as a code this is {kind_of_foreign(file_or_text)}"
        ) from error
    if len(data) > MAX_INPUT_BYTES:
        raise click.UsageError(f"a file of more than {MAX_INPUT_BYTES} bytes")
    if data.startswith(_PICTURES):
        return data
    try:
        return data.decode("utf-8-sig")  # with the mark that Windows puts before a text
    except UnicodeDecodeError as error:
        raise click.UsageError(
            "neither a text nor a PNG or JPEG picture; save the picture as one of these"
        ) from error


def _wait(client: httpx.Client, session_id: str, transaction_id: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {transaction_id}"}
    while True:
        result = _answer(client.get(f"/requests/{session_id}", headers=headers))
        if result["state"] != "requested":
            return result
        time.sleep(POLL_S)


def _answer(response: httpx.Response) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise click.ClickException(f"status {response.status_code} and no JSON") from error
    if response.is_error:
        raise click.ClickException(
            f"{body.get('error')}: {body.get('error_description')} {body.get('remedy', '')}"
        )
    return body


def _tell(told: dict[str, Any], lang: Language, as_json: bool) -> int:
    click.echo(msgspec.json.encode(told).decode() if as_json else verdict_text(told, lang))
    return EXIT_CODES[told["verdict"]]
