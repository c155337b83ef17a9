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
from verifier.bundle_commands import bundle
from verifier.check_recording import CheckRecorder
from verifier.counter_log_commands import log
from verifier.item_commands import items
from verifier.knowledge import Knowledge, items_file
from verifier.pin_command import counter_pin
from verifier.sentences import Language
from verifier.service_items import find_item, load_items
from verifier.settings import Settings, load_settings
from verifier.verdict_report import report
from verifier.verdict_text import verdict_text
from verifier.verify import CaseDetails, Counter, Verifier

EXIT_CODES = {"accepted": 0, "refused": 1, "cannot_say": 2}
USAGE = 64
CODE_PREFIXES = ("ZJ1:", "ZJP1:")
MAX_INPUT_BYTES = 8 * 1024 * 1024
POLL_S = 0.5
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")


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


def _case(command: Callable[..., int]) -> Callable[..., int]:
    for option in (
        click.option("--purpose", default="", help="What the case is about, where it is asked."),
        click.option("--case", "case_number", default="", help="Case number, where it is asked."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Check residence permits at a counter. Settings: VERIFIER_... (see README)."""


@cli.command()
@click.argument("file_or_text")
@click.option("--item", required=True, help="Service item; see: python -m verifier items")
@_case
@_common
def check(
    file_or_text: str,
    item: str,
    case_number: str,
    purpose: str,
    county: str,
    lang: Language,
    as_json: bool,
) -> int:
    """Check a code that a holder shows, or that of a slip on paper, without a server.

    FILE_OR_TEXT is the code's text (ZJ1:... or ZJP1:...), a picture of it (PNG, JPEG, PDF), a
    text file, or - for standard input. A phone's code is accepted once, a slip's until it ends.
    """
    shown = _shown(file_or_text)
    settings = load_settings(os.environ)
    counter = Counter(county_of(county))
    asked_for = find_item(load_items(items_file(settings)), item)
    now = clock_from(settings.clock_path)()
    verifier, case = _verifier(settings), CaseDetails(case_number, purpose)
    if isinstance(shown, bytes):
        checking = verifier.check_picture(
            shown, counter=counter, item=asked_for, now=now, case=case
        )
    else:
        checking = verifier.check_code(shown, counter=counter, item=asked_for, now=now, case=case)
    verdict = asyncio.run(checking)
    return _tell(report(verdict), lang, as_json)


@cli.command()
@click.argument("item")
@_case
@_common
@click.option("--service", help="Address of the running verifier; by default VERIFIER_BASE_URL.")
def request(
    item: str,
    case_number: str,
    purpose: str,
    county: str,
    lang: Language,
    as_json: bool,
    service: str | None,
) -> int:
    """Ask a wallet for a permit over OpenID4VP, through the running service, and wait."""
    base_url = service or load_settings(os.environ).base_url
    wanted = {"county": county, "item": item, "case_number": case_number, "purpose": purpose}
    try:
        with httpx.Client(base_url=base_url, timeout=10, trust_env=False) as client:
            asked = _answer(client.post("/requests", json=wanted))
            click.echo(asked["authorization_url"], err=as_json)
            result = _wait(client, asked["id"], asked["transaction_id"])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(f"no verifier answers at {base_url}: {error}") from error
    if result["result"] is None:
        click.echo(f"{result['state']} {result['error'] or ''}".strip(), err=True)
        return EXIT_CODES["cannot_say"]
    return _tell(result["result"], lang, as_json)


@cli.command()
def serve() -> int:
    """Run the verifier service until it is told to stop."""
    serve_forever(load_settings(os.environ))
    return 0


cli.add_command(bundle)
cli.add_command(log)
cli.add_command(counter_pin)
cli.add_command(items)


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
    known = Knowledge(settings)
    return Verifier(
        trust=known.trust,
        statuses=known.statuses,
        used_codes=FileOneTimeStore(Path(settings.state_dir) / "used-codes.db"),
        group=settings.group,
        recorder=CheckRecorder(known.counter_log),
    )


def _shown(file_or_text: str) -> str | bytes:
    """A picture as bytes, anything else as text.

    Raises:
        click.UsageError: no code, and no file with one; says what it is instead.
    """
    if file_or_text.upper().startswith(CODE_PREFIXES):
        return file_or_text
    try:
        with click.open_file(file_or_text, "rb") as file:
            data = cast("bytes", file.read(MAX_INPUT_BYTES + 1))
    except OSError as error:
        raise click.UsageError(
            f"no file that can be read ({error.strerror}), and no permit's code, which begins"
            f" with {' or '.join(CODE_PREFIXES)}; as a code this is {kind_of_foreign(file_or_text)}"
        ) from error
    if len(data) > MAX_INPUT_BYTES:
        raise click.UsageError(f"a file of more than {MAX_INPUT_BYTES} bytes")
    if data.startswith(_PICTURES):
        return data
    try:
        return data.decode("utf-8-sig")  # with the mark that Windows puts before a text
    except UnicodeDecodeError as error:
        raise click.UsageError(
            "neither a text nor a picture (PNG, JPEG) or document (PDF); save it as one of these"
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
