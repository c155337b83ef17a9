"""``python -m verifier items``: what counters may ask for, and whether a file of it is sound."""

import os
from pathlib import Path

import click

from verifier.knowledge import items_file
from verifier.service_items import ServiceItem, load_items
from verifier.settings import load_settings


@click.group(invoke_without_command=True)
@click.pass_context
def items(context: click.Context) -> int:
    """List the service items: what each asks for, where it holds, and what is kept."""
    if context.invoked_subcommand is None:
        for item in load_items(items_file(load_settings(os.environ))).values():
            click.echo(_lines(item))
    return 0


@items.command("check")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check_file(file: Path) -> int:
    """Look through FILE before it is named in VERIFIER_SERVICE_ITEMS.

    All faults are told, each with its line and what to do. Exit code 0: sound; 64: not.
    """
    found = load_items(file)
    click.echo(f"{file.name}: {len(found)} service items, nothing wrong")
    return 0


def _lines(item: ServiceItem) -> str:
    asks = ", ".join(item.claims) or "-"
    about = f"{item.area}: {asks}" if item.may_ask else f"may not ask ({item.basis})"
    lines = [item.id, f"    {item.name_zh} / {item.name_en}", f"    {about}"]
    if item.may_ask:
        lasting = f" for {item.retention_days} days" if item.retention_days else ""
        case = "; asks for case number and purpose" if item.asks_case else ""
        lines.append(f"    keeps {item.retention}{lasting}{case}")
    return "\n".join(lines)
